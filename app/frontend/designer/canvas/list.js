// The diagram as a list: every step in the order of the flow, for ears and keys. A step can be added after another, changed and removed here.
import { getBusinessObject, is } from "bpmn-js/lib/util/ModelUtil";
import { make } from "./dom.js";

const GAP = 50; // between two steps

export class StepList {
  constructor(modeler, { t, title, choose, problems }) {
    Object.assign(this, { modeler, t, title, choose, problems, chosen: null });
    this.items = make("ol", { class: "dc-list__items", role: "listbox", "aria-label": t("Steps of the diagram") });
    this.kind = make("select", { class: "dc-input", "aria-label": t("Kind of the new step") });
    const button = (label, action, attributes = {}) => make("button", { type: "button", class: "btn btn--small", onclick: action, ...attributes }, label);
    this.node = make("section", { class: "dc-list", hidden: true, "aria-label": t("Steps as a list") },
      make("div", { class: "dc-list__bar" }, this.kind, button(t("Add after this step"), () => this.add()), button(t("Remove this step"), () => this.remove())),
      make("p", { class: "dc-help" }, t("Arrow keys choose a step, Enter opens what it says, Delete removes it, + adds one after it.")),
      this.items);
    this.items.addEventListener("keydown", (event) => this.key(event));
  }

  kinds(choices) {
    this.kind.replaceChildren(...choices.map(({ id, title }) => make("option", { value: id }, title)));
  }

  steps() {
    const registry = this.modeler.get("elementRegistry");
    const nodes = registry.filter((each) => is(each, "bpmn:FlowNode") && each.type !== "label" && !each.labelTarget);
    const [seen, order] = [new Set(), []];
    const walk = (node) => {
      if (seen.has(node.id)) return;
      seen.add(node.id);
      order.push(node);
      for (const inner of starts((node.children ?? []).filter((each) => nodes.includes(each)))) walk(inner);
      for (const border of node.attachers ?? []) walk(border);
      for (const { target } of node.outgoing.filter((each) => is(each, "bpmn:SequenceFlow"))) if (target) walk(target);
    };
    for (const node of starts(nodes.filter((each) => !is(each.parent, "bpmn:SubProcess")))) walk(node);
    for (const node of nodes) walk(node);
    return order;
  }

  draw() {
    if (this.node.hidden) return;
    const held = this.items.contains(document.activeElement);
    const steps = this.steps();
    if (!steps.some(({ id }) => id === this.chosen)) this.chosen = steps[0]?.id ?? null;
    this.items.replaceChildren(...steps.map((step) => this.item(step)));
    if (held) this.items.querySelector("[aria-selected=true]")?.focus();
  }

  item(step) {
    const bo = getBusinessObject(step);
    const wrong = this.problems(step.id).length;
    const next = step.outgoing.filter((each) => is(each, "bpmn:SequenceFlow") && each.target).map(({ target }) => getBusinessObject(target).name || target.id);
    let depth = 0;
    for (let around = step.parent; around && is(around, "bpmn:SubProcess"); around = around.parent) depth += 1;
    const on = step.id === this.chosen;
    return make("li", {
      role: "option", tabindex: on ? "0" : "-1", "aria-selected": on ? "true" : "false", "data-step": step.id, class: `dc-step dc-step--${Math.min(depth, 3)}`,
      onclick: () => this.pick(step.id, true),
    },
    make("span", { class: "dc-step__kind" }, this.title(step)),
    make("span", { class: "dc-step__name" }, bo.name || step.id),
    make("span", { class: "dc-step__next" }, next.length ? this.t("then: %(next)s", { next: next.join("、") }) : ""),
    wrong ? make("span", { class: "dc-step__wrong" }, this.t("Problems: %(count)s", { count: wrong })) : "");
  }

  pick(id, open = false) {
    this.chosen = id;
    for (const item of this.items.children) {
      const on = item.dataset.step === id;
      item.setAttribute("aria-selected", on ? "true" : "false");
      item.tabIndex = on ? 0 : -1;
      if (on && this.items.contains(document.activeElement)) item.focus();
    }
    this.choose(id, open);
  }

  key(event) {
    const items = [...this.items.children];
    const at = items.findIndex(({ dataset }) => dataset.step === this.chosen);
    const go = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (go !== undefined && items[go]) {
      items[go].focus();
      this.pick(items[go].dataset.step);
    } else if (event.key === "Enter" || event.key === "F2") this.choose(this.chosen, true, true);
    else if (event.key === "Delete") this.remove();
    else if (event.key === "+" || event.key === "Insert") this.add();
    else return;
    event.preventDefault();
  }

  /** Behind the chosen step, in the place of the arrow that leads on where there is just one. */
  add() {
    const registry = this.modeler.get("elementRegistry");
    const source = registry.get(this.chosen);
    if (!source) return;
    const type = this.kind.value;
    const made = this.modeler.get("room").making(() => after(this.modeler, source, { type: `bpmn:${type.charAt(0).toUpperCase()}${type.slice(1)}` }));
    if (!made) return;
    this.chosen = made.id;
    this.draw();
    this.choose(made.id, true, true);
  }

  remove() {
    const step = this.modeler.get("elementRegistry").get(this.chosen);
    if (!step) return;
    const steps = this.steps();
    const at = steps.indexOf(step);
    this.chosen = (steps[at + 1] ?? steps[at - 1])?.id ?? null;
    this.modeler.get("modeling").removeElements([step]);
    this.draw();
    if (this.chosen) this.items.querySelector("[aria-selected=true]")?.focus();
  }
}

/** Those that nothing leads to come first, then from left to right. */
function starts(nodes) {
  const into = (node) => node.incoming?.some((each) => is(each, "bpmn:SequenceFlow")) || node.host;
  return nodes.filter((node) => !into(node)).sort((a, b) => a.y - b.y || a.x - b.x);
}

/** A new step behind another. The one arrow that leads on is taken over: everything to the right makes room. */
export function after(modeler, source, attributes) {
  const [modeling, factory, canvas] = [modeler.get("modeling"), modeler.get("elementFactory"), modeler.get("canvas")];
  if (is(source, "bpmn:EndEvent")) return null;
  const flows = source.outgoing.filter((each) => is(each, "bpmn:SequenceFlow"));
  const shape = factory.createShape(attributes);
  if (flows.length !== 1) return modeler.get("autoPlace").append(source, shape);
  const [flow] = flows;
  const { target } = flow;
  const way = between(source, target, shape);
  if (way) {
    const { axis, sign, direction, start, room, at } = way;
    if (room > 0) {
      const tool = modeler.get("spaceTool");
      const { movingShapes, resizingShapes } = tool.calculateAdjustments(canvas.getRootElement().children.concat(modeler.get("elementRegistry").filter((each) => each.parent && !each.waypoints)), axis, sign * room, start);
      tool.makeSpace([...new Set(movingShapes)], [...new Set(resizingShapes)], { x: 0, y: 0, [axis]: sign * room }, direction, start);
    }
    const made = modeling.createShape(shape, at, source.parent);
    modeling.reconnectEnd(flow, made, { x: made.x + made.width / 2, y: made.y + made.height / 2 });
    modeling.connect(made, target, { type: "bpmn:SequenceFlow" });
    for (const each of [flow, ...made.outgoing]) modeling.layoutConnection(each);
    return made;
  }
  const made = modeler.get("autoPlace").append(source, shape);
  const added = made.incoming.find((each) => each !== flow && each.source === source);
  if (added) modeling.removeConnection(added);
  modeling.reconnectEnd(flow, made, { x: made.x, y: made.y + made.height / 2 });
  modeling.connect(made, target, { type: "bpmn:SequenceFlow" });
  return made;
}

/**
 * Where a shape goes between two others: beside the first, towards the second, in the first one's line and so in its lane.
 * `room`: by how much what lies beyond `start` has to make way; null where the two lie on top of each other.
 */
function between(source, target, shape) {
  const middle = ({ x, y, width, height }) => ({ x: x + width / 2, y: y + height / 2 });
  const [from, to] = [middle(source), middle(target)];
  for (const axis of Math.abs(to.x - from.x) >= Math.abs(to.y - from.y) ? ["x", "y"] : ["y", "x"]) {
    const size = axis === "x" ? "width" : "height";
    const sign = Math.sign(to[axis] - from[axis]);
    const gap = Math.abs(to[axis] - from[axis]) - (source[size] + target[size]) / 2;
    if (!sign || gap <= 0) continue;
    const edge = from[axis] + sign * (source[size] / 2);
    const at = { ...from, [axis]: edge + sign * (GAP + shape[size] / 2) };
    const direction = axis === "x" ? (sign > 0 ? "e" : "w") : sign > 0 ? "s" : "n";
    return { axis, sign, direction, start: edge + sign * 5, room: shape[size] + 2 * GAP - gap, at };
  }
  return null;
}
