// The properties panel: what stands in the chosen element, by name and with choices, made from the declarations (GET …/panels). Each field
// carries the part of a Problem that it mends (data-part), so that a click on a problem leads into it.
import { getBusinessObject, is } from "bpmn-js/lib/util/ModelUtil";
import { conditionField } from "./canvas/conditionfield.js";
import { Controls } from "./canvas/controls.js";
import { make, unique } from "./canvas/dom.js";
import { Facts, definitionOf, eventOf, tagOf } from "./canvas/facts.js";
import { allowed, free, fromTitle } from "./canvas/ids.js";
import { loopFields } from "./canvas/loops.js";


const PAUSE = 4000; // milliseconds after a press for which a half-made choice stands as it is

export class Panel {
  /** `known`: {panels, names, fixed, english, …} as canvas.js keeps it fresh. */
  constructor(modeler, shell, known, marks, actions) {
    Object.assign(this, { modeler, shell, known, marks, actions, t: shell.t, closed: new Set() });
    this.node = make("aside", { class: "dc-panel", "aria-label": this.t("What the chosen element says") });
    this.controls = new Controls(this);
    this.element = this.typed = null;
    this.touched = 0;
    for (const kind of ["click", "input", "change"]) this.node.addEventListener(kind, () => { this.touched = Date.now(); });
    this.node.addEventListener("input", ({ target }) => { this.typed = target; });
    this.node.addEventListener("change", () => { this.typed = null; }, true); // before the field tells what it says: it may be drawn anew then
    this.node.addEventListener("change", () => this.waiting && !this.pressed && this.draw());
    this.node.addEventListener("pointerdown", () => this.press());
    this.node.addEventListener("keydown", ({ key }) => key === "Tab" && this.leave());
    this.node.addEventListener("focusout", ({ relatedTarget }) => {
      if (this.waiting) setTimeout(() => this.waiting && this.draw());
      if (this.stale && !this.node.contains(relatedTarget)) setTimeout(() => this.stale && this.refresh());
    });
  }

  get readOnly() {
    return this.actions.readOnly;
  }

  /** What is drawn anew between press and release would swallow the click: whoever leaves a field for a button has changed something. */
  press() {
    this.pressed = true;
    const release = () => this.release();
    for (const kind of ["pointerup", "pointercancel"]) document.addEventListener(kind, release, { once: true });
  }

  /** The same with Tab: a field tells of its change before the next one has the focus. */
  leave() {
    this.pressed = true;
    this.release();
  }

  release() {
    setTimeout(() => {
      this.pressed = false;
      if (this.waiting) this.draw();
    });
  }

  show(element) {
    this.element = element;
    this.typed = null;
    this.draw();
  }

  /** Somebody is in the middle of a word; half of one may be waiting for its kanji. */
  get typing() {
    return this.typed !== null && this.typed === document.activeElement && this.node.contains(this.typed);
  }

  /** Again, because something was written: the focus stays in the field in which it was, and what is being typed is let be until it is whole. */
  draw() {
    this.waiting = this.pressed || this.typing;
    if (this.waiting) return;
    this.stale = false;
    const part = this.node.contains(document.activeElement) ? document.activeElement.closest("[data-part]")?.dataset.part : null;
    const nth = part ? [...this.fieldOf(part).querySelectorAll("input,select,textarea,button")].indexOf(document.activeElement) : -1;
    const heading = document.activeElement?.matches("h2") && this.node.contains(document.activeElement);
    const top = this.node.scrollTop;
    this.node.replaceChildren(...this.contents());
    this.node.scrollTop = top;
    if (heading) this.node.querySelector("h2")?.focus();
    if (part && nth >= 0) this.fieldOf(part)?.querySelectorAll("input,select,textarea,button")[nth]?.focus();
  }

  /** Again, because something was learnt elsewhere: what somebody is at stays as it is, and the rest waits until they have left. */
  refresh() {
    const at = document.activeElement;
    const left = PAUSE - (Date.now() - this.touched);
    this.stale = (this.node.contains(at) && at.matches("input,textarea,select")) || left > 0;
    window.clearTimeout(this.later);
    if (left > 0) this.later = setTimeout(() => this.stale && this.refresh(), left);
    if (!this.stale) this.draw();
    else this.node.querySelector(".dc-panel__wrongs")?.replaceChildren(this.wrongs(this.bo()));
  }

  fieldOf(part) {
    return [...this.node.querySelectorAll("[data-part]")].find((each) => each.dataset.part === part);
  }

  /** To the field of a part; the heading where there is none. */
  goTo(part) {
    const field = part ? this.fieldOf(part) ?? this.fieldOf(part.split(":")[0]) ?? this.fieldOf(part.split(".")[0]) : null;
    const group = field?.closest("details");
    if (group) group.open = true;
    const target = field?.querySelector("input:not([disabled]),select:not([disabled]),textarea:not([disabled]),button:not([disabled])") ?? this.node.querySelector("h2");
    target?.focus();
    field?.scrollIntoView?.({ block: "nearest" });
  }

  /** What is typed and not yet taken over, taken over; nothing else: a field that says again what it says would be a change without end. */
  flush() {
    if (this.typed && this.node.contains(this.typed)) this.typed.dispatchEvent(new Event("change", { bubbles: true }));
  }

  contents() {
    if (!this.element) return [make("p", { class: "dc-help" }, this.t("Choose a step in the diagram or in the list to see and change what it says."))];
    const facts = new Facts(this.modeler, this.element);
    const { bo } = facts;
    const tag = tagOf(bo);
    const kind = this.known.panels.elements.find(({ id }) => id === tag);
    const found = [
      make("header", { class: "dc-panel__head" },
        make("h2", { tabindex: "-1" }, bo.name || kind?.title || this.plainTitle(bo)),
        make("p", { class: "dc-help" }, kind ? `${kind.title}：${kind.help}` : this.plainTitle(bo))),
      make("div", { class: "dc-panel__wrongs" }, this.wrongs(bo.id)),
      this.group("basics", this.t("Basics"), this.basics(facts, kind)),
    ];
    if (kind) found.push(...this.declared(facts, kind));
    if (is(bo, "bpmn:Participant") && bo.processRef) found.push(this.group("process", this.t("Process of this pool"), this.process(facts, bo.processRef)));
    if (is(bo, "bpmn:Process")) found.push(this.group("process", this.t("Process"), this.process(facts, bo)));
    return found;
  }

  plainTitle(bo) {
    const t = this.t;
    const titles = {
      "bpmn:Participant": t("Pool"), "bpmn:Lane": t("Lane"), "bpmn:Process": t("Process"), "bpmn:Collaboration": t("Diagram"), "bpmn:TextAnnotation": t("Note in the diagram"),
      "bpmn:MessageFlow": t("Message flow"), "bpmn:Association": t("Line to a note"), "bpmn:Group": t("Frame"), "bpmn:DataObjectReference": t("Data object (a picture)"),
      "bpmn:DataStoreReference": t("Data store (a picture)"),
    };
    return titles[bo.$type] ?? t("Not a step that runs");
  }

  wrongs(id) {
    const all = this.marks.of(id);
    return all.length ? make("ul", { class: "dc-wrongs" }, all.map(({ text, part, severity }) => make("li", { class: severity === "error" ? "is-error" : "is-warning" },
      part ? make("button", { type: "button", class: "dc-wrongs__go", onclick: () => this.goTo(part) }, text) : text))) : "";
  }

  group(id, title, fields) {
    const shown = fields.flat().filter(Boolean);
    if (!shown.length) return "";
    const node = make("details", { class: "dc-group", open: !this.closed.has(id), "data-group": id }, make("summary", {}, title), make("div", { class: "dc-group__fields" }, shown));
    node.addEventListener("toggle", () => (node.open ? this.closed.delete(id) : this.closed.add(id)));
    return node;
  }

  /** One line of the panel: what it is called, what stands in it, what it means, what is wrong with it. */
  field(part, title, control, help = "", { required = false } = {}) {
    const id = unique("dc");
    const input = control.matches?.("input,select,textarea") ? control : control.querySelector?.(":scope > input[list]");
    const wrong = this.marks.of(this.bo(part)).filter((each) => each.part === part);
    const described = help ? `${id}-help` : undefined;
    if (input) {
      input.id = id;
      if (described) input.setAttribute("aria-describedby", described);
      if (wrong.length) input.setAttribute("aria-invalid", "true");
    }
    const name = required ? `${title} ${this.t("(needed)")}` : title;
    for (const each of [control, ...(control.querySelectorAll?.("input,select,textarea,button") ?? [])]) if (this.readOnly && "disabled" in each) each.disabled = true;
    return make(input ? "div" : "fieldset", { class: "dc-field", "data-part": part },
      input ? make("label", { for: id }, name) : make("legend", {}, name), control,
      help ? make("p", { class: "dc-help", id: `${id}-help` }, this.controls.help(help)) : "",
      wrong.map(({ text }) => make("p", { class: "dc-field__wrong" }, text)));
  }

  bo() {
    return getBusinessObject(this.element).id;
  }

  // ---- what every element has

  basics(facts, kind) {
    const { bo } = facts;
    const text = is(bo, "bpmn:TextAnnotation");
    const parts = this.known.panels.parts;
    const fields = [];
    if (!is(bo, "bpmn:Association") && !is(bo, "bpmn:Group") && !is(bo, "bpmn:Collaboration")) {
      const said = () => (text ? bo.text : bo.name) ?? "";
      fields.push(this.field("name", text ? this.t("Text of the note") : parts.name.title, this.controls.lines(said(), (value) => this.rename(facts, said(), value, text)), kind ? parts.name.help : ""));
      if (said()) fields.push(this.field("english", this.t("English"), this.controls.lines(this.known.english.of(said()), (value) => this.actions.english(said(), value)),
        this.t("What readers of English see in its place, wherever these words stand.")));
    }
    if (!is(bo, "bpmn:Collaboration")) fields.push(this.identity(facts));
    if (kind) fields.push(this.field("documentation", parts.documentation.title, this.controls.lines(facts.documentation(), (value) => facts.setDocumentation(value)),
      kind.id === "userTask" ? this.t("What people read on the task's page, above the form.") : parts.documentation.help));
    return fields;
  }

  rename(facts, before, value, text) {
    if (before === value) return;
    facts.modeling.updateLabel(facts.element, value);
    if (text) facts.set({ text: value });
    this.actions.worded(before, value);
  }

  identity(facts) {
    const { bo } = facts;
    const fixed = this.known.fixed.has(bo.id);
    const input = make("input", { class: "dc-input dc-code", value: bo.id, maxlength: "80", spellcheck: "false", disabled: fixed || this.readOnly });
    const said = make("p", { class: "dc-field__wrong", role: "alert" });
    const take = (wanted) => {
      said.replaceChildren();
      if (wanted === bo.id) return;
      if (!allowed(wanted)) return said.append(this.t("Small letters, digits and underscores, beginning with a letter."));
      if (free(facts.moddle, wanted, bo.id) !== wanted) return said.append(this.t("Another element of the package has this id already."));
      return this.actions.identify(this.element, wanted);
    };
    input.addEventListener("change", () => take(input.value.trim()));
    const english = fromTitle(this.known.english.of(bo.name ?? ""));
    const button = !fixed && english ? make("button", { type: "button", class: "btn btn--small", onclick: () => take(free(facts.moddle, english, bo.id)) }, this.t("Take it from the English")) : "";
    const wrong = this.marks.of(bo.id).filter(({ part }) => part === "id").map(({ text }) => make("p", { class: "dc-field__wrong" }, text));
    const id = unique("dc");
    input.id = id;
    return make("div", { class: "dc-field", "data-part": "id" }, make("label", { for: id }, this.t("Id")), make("div", { class: "dc-row" }, input, button), said, wrong,
      make("p", { class: "dc-help" }, fixed ? this.t("It stands in a release: cases, files and history know it by this, so it does not change any more.") : is(bo, "bpmn:FlowNode") ? this.t("What files, mails and history call it. It can change until the first release.") : this.t("What files and problems call it. It can change at any time.")));
  }

  process(facts, process) {
    const runs = process.isExecutable !== false;
    return [
      is(facts.bo, "bpmn:Participant") ? this.field("process.id", this.t("Id of the process"), make("input", { class: "dc-input dc-code", value: process.id, disabled: true })) : "",
      this.field("executable", this.t("It runs"), this.controls.flag(runs, (on) => facts.set({ isExecutable: on }, process)), this.t("A pool that does not run is a picture of what others do.")),
    ];
  }

  // ---- what the declarations say of its kind

  declared(facts, kind) {
    const { panels } = this.known;
    const event = eventOf(facts.bo);
    const parts = kind.parts.map((id) => panels.parts[id]).filter(({ id, events }) => !["name", "documentation"].includes(id) && (!events.length || events.includes(event) || isTask(kind.id, id)));
    const found = [this.group("what", this.t("What it does"), [this.who(facts, kind), this.form(facts, kind), this.names(facts), ...parts.map((part) => this.part(facts, part))])];
    const side = this.side(facts);
    for (const { id, title } of panels.groups) {
      const fields = kind.properties.map((name) => panels.properties[name]).filter((each) => each.group === id && each.id !== "lane" && (!each.side || !side || each.side === side));
      found.push(this.group(`group-${id}`, title, fields.map((each) => this.property(facts, each))));
    }
    return found;
  }

  side(facts) {
    const id = facts.property("lane") || facts.lane()?.id;
    return this.known.sides?.[id] ?? "";
  }

  /** Whose task it is: the lane in which it is drawn; inside a subprocess it says so itself. */
  who(facts, kind) {
    if (kind.id === "sequenceFlow") return "";
    const lane = facts.lane();
    const said = facts.property("lane");
    const part = this.known.panels.properties.lane;
    const lanes = this.known.panels.things.lane;
    const title = (id) => lanes.find((each) => each.id === id)?.title ?? id;
    const inside = is(facts.bo.$parent, "bpmn:SubProcess");
    if (!inside && !said) {
      return lane ? this.field("lane", this.t("Who does it"), make("p", { class: "dc-said" }, title(lane.id) || lane.name), this.t("Move the shape into another lane to give it to somebody else.")) : "";
    }
    const around = lane ? this.t("as the lane around it: %(lane)s", { lane: title(lane.id) }) : this.t("nobody");
    return this.field("property:lane", this.t("Who does it"), this.controls.one("lane", said, (value) => facts.setProperty("lane", value), { none: around }), part.help);
  }

  form(facts, kind) {
    if (kind.id !== "userTask") return "";
    const { id } = facts.bo;
    const path = `forms/${id}.form`;
    const has = this.known.forms.has(id);
    const others = [...this.known.forms].sort();
    const buttons = has
      ? [make("button", { type: "button", class: "btn btn--small", onclick: () => this.shell.openFile(path) }, this.t("Open the form"))]
      : [make("button", { type: "button", class: "btn btn--small", onclick: () => this.actions.newForm(id, null) }, this.t("Make it")),
        others.length ? this.like(others, id) : ""];
    return this.field("form", this.t("Form of the task"), make("div", { class: "dc-row" }, has ? make("span", { class: "dc-code" }, path) : make("span", {}, this.t("There is none yet.")), buttons));
  }

  /** Keys and options of its form, called otherwise wherever they are named. */
  names(facts) {
    const { id } = facts.bo;
    const fields = Object.entries(this.known.fieldNames(id));
    if (facts.bo.$type !== "bpmn:UserTask" || !fields.length) return "";
    const choices = fields.flatMap(([key, { title, values }]) => [{ id: `field ${id} ${key}`, title: title || key },
      ...values.map((each) => ({ id: `option ${id}.${key} ${each.id}`, title: `${title || key}｜${each.title}` }))]);
    const list = make("select", { class: "dc-input", "aria-label": this.t("Field or option") }, make("option", { value: "" }, this.t("Choose a field or an option")),
      choices.map((each) => make("option", { value: each.id }, `${each.title}（${each.id.split(" ")[2]}）`)));
    const input = make("input", { class: "dc-input dc-code", "aria-label": this.t("New name"), spellcheck: "false" });
    list.addEventListener("change", () => { input.value = list.value.split(" ")[2] ?? ""; });
    const go = () => {
      const [kind, of, old] = list.value.split(" ");
      if (kind && input.value.trim() && input.value.trim() !== old) this.actions.renamed({ kind, of, old, wanted: input.value.trim() });
    };
    return this.field("names", this.t("Names of fields and options"), make("div", { class: "dc-row" }, list, input, make("button", { type: "button", class: "btn btn--small", onclick: go }, this.t("Rename it"))),
      this.t("Wherever the name stands it changes: in conditions, tables, texts and scenarios. All places are shown first."));
  }

  like(others, id) {
    const titles = new Map(this.known.panels.things.user_task.map((each) => [each.id, each.title]));
    const list = make("select", { class: "dc-input", "aria-label": this.t("Copy one that is alike") }, make("option", { value: "" }, this.t("Copy one that is alike")),
      others.map((each) => make("option", { value: each }, titles.get(each) ? `${titles.get(each)}（${each}）` : each)));
    list.addEventListener("change", () => list.value && this.actions.newForm(id, list.value));
    return list;
  }

  part(facts, part) {
    const { bo } = facts;
    const { id, title, help, kind } = part;
    const c = this.controls;
    switch (id) {
      case "operator": return this.operator(facts, part);
      case "result": return facts.operator && this.connector(facts)?.result !== "nothing"
        ? this.field("result", title, c.text(facts.operator.resultVariable, (value) => facts.setOperator(facts.operator.id, facts.parameters(), value), { code: true }), this.connector(facts)?.left || help) : "";
      case "decision": return this.field(id, title, c.one(kind, facts.text("CalledDecisionId"), (value) => facts.setText("CalledDecisionId", value)), help);
      case "called": return this.field(id, title, c.one(kind, bo.calledElement ?? "", (value) => facts.set({ calledElement: value || undefined })), help);
      case "script": return this.field(id, title, c.code(bo.script ?? "", (value) => facts.set({ script: value || undefined })), help);
      case "script.before": return this.more(id, facts.text("PreScript"), () => this.field(id, title, c.code(facts.text("PreScript"), (value) => facts.setText("PreScript", value)), help), title);
      case "script.after": return this.more(id, facts.text("PostScript"), () => this.field(id, title, c.code(facts.text("PostScript"), (value) => facts.setText("PostScript", value)), help), title);
      case "condition": return this.condition(facts, part);
      case "default": return this.defaultFlow(facts, part);
      case "time": return this.time(facts, part);
      case "message": case "signal": case "error": case "escalation":
        return this.field(id, title, c.named(kind, facts.reference(id), (value) => facts.setReference(id, value)), help);
      case "link": return this.field(id, title, c.named(kind, definitionOf(bo).name ?? "", (value) => facts.set({ name: value || undefined }, definitionOf(bo))), help);
      case "interrupting": return this.interrupting(facts, part);
      case "loop": return loopFields(this, facts, part);
      default: return "";
    }
  }

  /** What few need stays folded until somebody asks for it or something stands in it. */
  more(id, value, field, title) {
    if (value || this.marks.of(this.bo()).some((each) => each.part === id) || this.asked === id) return field();
    return make("button", { type: "button", class: "dc-more", disabled: this.readOnly, onclick: () => {
      this.asked = id;
      this.draw();
      this.goTo(id);
    } }, `＋ ${title}`);
  }

  connector(facts) {
    return this.known.panels.connectors.find(({ id }) => id === facts.operator?.id);
  }

  operator(facts, part) {
    const chosen = facts.operator?.id ?? "";
    const connectors = this.known.panels.connectors;
    const list = this.controls.select(connectors, chosen, (value) => this.changeOperator(facts, value), { none: this.t("Choose what the portal does") });
    const connector = this.connector(facts);
    return [
      this.field("operator", part.title, list, connector?.help ?? part.help, { required: facts.bo.$type === "bpmn:ServiceTask" }),
      ...(connector?.parameters ?? []).map((each) => this.parameter(facts, each)),
    ];
  }

  changeOperator(facts, id) {
    const connector = this.known.panels.connectors.find((each) => each.id === id);
    const before = new Map(facts.parameters().map((each) => [each.id, each]));
    const parameters = (connector?.parameters ?? []).flatMap((each) => before.get(each.id) ?? (each.required ? [{ id: each.id, type: "str", value: "" }] : []));
    facts.setOperator(id, parameters, connector?.result === "nothing" ? "" : (facts.operator?.resultVariable ?? ""));
  }

  parameter(facts, each) {
    const value = facts.parameters().find(({ id }) => id === each.id)?.value ?? "";
    const set = (text) => {
      const others = facts.parameters();
      const at = others.findIndex(({ id }) => id === each.id);
      const made = text === "" && !each.required ? [] : [{ id: each.id, type: others[at]?.type ?? "str", value: text }];
      others.splice(at < 0 ? others.length : at, at < 0 ? 0 : 1, ...made);
      facts.setOperator(facts.operator.id, others, facts.operator.resultVariable);
    };
    const control = each.quoted ? this.controls.quoted(each, value, set) : this.controls.expression(value, set);
    return this.field(`parameter:${each.id}`, each.title, control, each.help, { required: each.required });
  }

  property(facts, each) {
    const value = facts.property(each.id);
    const set = (text) => facts.setProperty(each.id, text);
    const part = `property:${each.id}`;
    const title = each.title;
    if (each.kind === "condition") return this.more(part, value, () => conditionField(this, part, title, value, set, { help: each.help, language: "feel", names: this.known.fieldNames(this.bo()) }), title);
    const field = () => this.field(part, title, this.controls.of(each, value, set, this.bo()), each.help);
    return each.kind === "flag" || value ? field() : this.more(part, value, field, title);
  }

  condition(facts, part) {
    const { bo } = facts;
    const source = bo.sourceRef;
    if (!source || ["bpmn:ParallelGateway", "bpmn:EventBasedGateway"].includes(source.$type)) return "";
    if (source.default === bo) return make("p", { class: "dc-help" }, this.t("This way is taken when no condition of the others holds, so it has none itself."));
    const value = bo.conditionExpression?.body ?? "";
    const set = (text) => facts.set({ conditionExpression: facts.expression(text, bo) });
    return conditionField(this, "condition", part.title, value, set, { help: part.help, language: "python", names: this.known.namesBefore(source) });
  }

  defaultFlow(facts, part) {
    const source = facts.bo.sourceRef;
    if (!source || !("default" in source || is(source, "bpmn:Activity") || ["bpmn:ExclusiveGateway", "bpmn:InclusiveGateway"].includes(source.$type))) return "";
    if (["bpmn:ParallelGateway", "bpmn:EventBasedGateway"].includes(source.$type)) return "";
    const element = this.element.source;
    const set = (on) => facts.modeling.updateProperties(element, { default: on ? facts.bo : undefined });
    return this.field("default", part.title, this.controls.flag(source.default === facts.bo, set), part.help);
  }

  time(facts, part) {
    const definition = definitionOf(facts.bo);
    const kinds = ["timeDuration", "timeDate", "timeCycle"];
    const kind = kinds.find((each) => definition[each]) ?? kinds[0];
    const set = (name, text) => facts.set(Object.fromEntries(kinds.map((each) => [each, each === name ? facts.expression(text, definition) : undefined])), definition);
    return this.field("time", part.title, this.controls.time(kind, definition[kind]?.body ?? "", set), part.help);
  }

  interrupting(facts, part) {
    const { bo } = facts;
    const border = is(bo, "bpmn:BoundaryEvent");
    if (!border && !bo.$parent?.triggeredByEvent) return "";
    if (eventOf(bo) === "error") return "";
    const name = border ? "cancelActivity" : "isInterrupting";
    return this.field("interrupting", part.title, this.controls.flag(bo[name] !== false, (on) => facts.set({ [name]: on })), part.help);
  }
}

const isTask = (kind, part) => part === "message" && ["sendTask", "receiveTask"].includes(kind);
