// Diagrams: bpmn-js with the shapes that run here, Japanese, ids that a person would choose, our panel beside it and a list for keys and ears.
import Modeler from "bpmn-js/lib/Modeler";
import { getBusinessObject, is } from "bpmn-js/lib/util/ModelUtil";
import { CreateAppendAnythingModule } from "bpmn-js-create-append-anything";
import simulation from "bpmn-js-token-simulation";
import minimap from "diagram-js-minimap";
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "./canvas/icons.css";
import "diagram-js-minimap/assets/diagram-js-minimap.css";
import "bpmn-js-token-simulation/assets/css/bpmn-js-token-simulation.css";
import "./canvas/canvas.css";
import copying from "./canvas/copying.js";
import { make } from "./canvas/dom.js";
import extensions from "./canvas/extensions.json";
import { download, drawn, laidOut, openable, png } from "./canvas/files.js";
import ids, { belongs, holds } from "./canvas/ids.js";
import { imported } from "./canvas/importing.js";
import { differences, idle, lines, restored } from "./canvas/keeping.js";
import { Known } from "./canvas/known.js";
import { StepList } from "./canvas/list.js";
import { NAME, SKELETONS, form } from "./canvas/making.js";
import { Marks } from "./canvas/marks.js";
import menus from "./canvas/menus.js";
import { renamed } from "./canvas/renaming.js";
import room from "./canvas/room.js";
import { translating } from "./canvas/words.js";
import { Panel } from "./panel.js";

/** The editor of one diagram; see docs/designer.md, "For developers". */
export async function open(host, file, shell) {
  const editor = new Canvas(host, file, shell);
  await editor.begin();
  return { content: () => editor.content(), take: () => editor.panel.flush(), goTo: (where) => editor.goTo(where), close: () => editor.close() };
}

const LEGIBLE = 0.75; // the zoom from which the words of steps can be read
const KEYS_NOT_FOR_THE_CANVAS = "input,select,textarea,button,summary,[contenteditable]";

class Canvas {
  constructor(host, file, shell) {
    Object.assign(this, { host, file, shell, t: shell.t, written: null, ready: false });
    this.known = new Known(shell);
  }

  async begin() {
    const { t } = this;
    const known = this.known.load(); // on its way while the library begins
    known.catch(() => {});
    this.box = make("div", { class: "dc-canvas", "aria-label": t("Diagram. The list of steps says and does the same by keys.") });
    this.modeler = new Modeler({
      container: this.box,
      additionalModules: [translating(this.shell.language), CreateAppendAnythingModule, minimap, simulation, menus, ids, copying, room],
      moddleExtensions: { spiffworkflow: extensions },
    });
    belongs(this.modeler.get("moddle"), this.file.path);
    this.marks = new Marks(this.modeler, t, (id, part) => this.goTo({ element: id, part }));
    this.panel = new Panel(this.modeler, this.shell, this.known, this.marks, this);
    this.list = new StepList(this.modeler, {
      t, title: (step) => this.titleOf(step), choose: (id, centre, focus) => this.choose(id, { centre, focus }), problems: (id) => this.marks.of(id),
    });
    this.build();
    await known;
    this.list.kinds(this.known.panels.elements.filter(({ id }) => ADDED.has(id)));
    await this.load(this.file.content);
    this.listen();
    this.panel.draw();
    this.problems();
    this.stop = this.shell.onProblems(() => this.problems());
  }

  get readOnly() {
    return this.file.readOnly;
  }

  titleOf(step) {
    const tag = step.type.replace("bpmn:", "").replace(/^./, (letter) => letter.toLowerCase());
    return this.known.panels.elements.find(({ id }) => id === tag)?.title ?? this.t("Not a step that runs");
  }

  // ---- the frame around the canvas

  build() {
    const { t } = this;
    const tool = (label, action, attributes = {}) => make("button", { type: "button", class: "btn btn--small", onclick: action, ...attributes }, label);
    const stack = (name) => () => this.modeler.get("commandStack")[name]();
    this.undoing = tool(t("Undo"), stack("undo"), { disabled: true });
    this.redoing = tool(t("Redo"), stack("redo"), { disabled: true });
    this.listing = tool(t("Steps as a list"), () => this.toggleList(), { "aria-expanded": "false" });
    this.moving = tool(t("See it move"), () => this.simulate(), { "aria-pressed": "false" });
    const zoom = (by) => () => this.modeler.get("zoomScroll").stepZoom(by);
    const picker = make("input", { type: "file", accept: ".bpmn,.xml", hidden: true, "aria-label": t("BPMN file to take in"), onchange: () => this.import(picker) });
    const name = this.file.path.replace(/^.*\//, "").replace(/\.bpmn$/, "");
    const out = make("details", { class: "dc-menu" }, make("summary", { class: "btn btn--small" }, t("Save as, take in")), make("div", { class: "dc-menu__items" },
      tool(t("Diagram (BPMN)"), async () => download(`${name}.bpmn`, "application/xml", await this.content())),
      tool(t("Picture (SVG)"), async () => download(`${name}.svg`, "image/svg+xml", await this.svg())),
      tool(t("Picture (PNG)"), async () => download(`${name}.png`, "image/png", await png(await this.svg()))),
      this.readOnly ? "" : tool(t("Take in a BPMN file…"), () => picker.click())));
    this.said = make("p", { class: "dc-said", role: "status" });
    this.frame = make("div", { class: `dc${this.readOnly ? " is-read-only" : ""}` },
      make("div", { class: "dc-bar", role: "toolbar", "aria-label": t("Diagram") }, this.undoing, this.redoing, this.listing, this.moving, tool(t("Search"), () => this.search()),
        tool("−", zoom(-1), { "aria-label": t("Reduce"), title: t("Reduce") }), tool("＋", zoom(1), { "aria-label": t("Enlarge"), title: t("Enlarge") }),
        tool(t("Whole diagram"), () => this.fit()), out, picker, this.said),
      make("div", { class: "dc-body" }, this.list.node, this.box, this.panel.node));
    this.host.replaceChildren(this.frame);
    this.sizes = new ResizeObserver(() => this.resized());
    this.sizes.observe(this.box);
  }

  resized() {
    if (!this.box.clientWidth || !this.ready) return;
    this.modeler.get("canvas").resized();
    if (!this.fitted) this.fit();
    if (this.awaited) this.near(this.awaited);
  }

  fit() {
    if (!this.box.clientWidth) return;
    const canvas = this.modeler.get("canvas");
    this.fitted = true;
    canvas.zoom("fit-viewport", "auto");
    if (canvas.zoom() > 1) canvas.zoom(1, "auto");
  }

  search() {
    this.modeler.get("searchPad").toggle();
  }

  /** Tokens run over the drawing, which cannot be changed meanwhile. What is to be saved is taken before it is coloured. */
  async simulate() {
    await this.content();
    const on = this.moving.getAttribute("aria-pressed") !== "true";
    this.moving.setAttribute("aria-pressed", String(on));
    this.modeler.get("toggleMode").toggleMode(on);
    const canvas = this.modeler.get("canvas");
    const start = this.modeler.get("elementRegistry").find((each) => is(each, "bpmn:StartEvent") && !each.labelTarget);
    if (!on || !start || canvas.zoom() > 0.75) return;
    canvas.zoom(0.8); // smaller than half its size, the library draws nothing to press
    canvas.scrollToElement(start, 160);
  }

  toggleList() {
    const on = this.list.node.hidden;
    this.list.node.hidden = !on;
    this.listing.setAttribute("aria-expanded", String(on));
    this.frame.classList.toggle("has-list", on);
    this.fitted = false;
    this.list.draw();
    if (on) this.list.items.querySelector("[aria-selected=true]")?.focus();
  }

  // ---- reading and writing

  /** What the file says, on the canvas. A file without a drawing is given one, which is then a change. */
  async load(said) {
    const content = lines(said);
    const has = drawn(content);
    const base = has ? content : await laidOut(content);
    const { warnings } = await this.modeler.importXML(openable(base));
    if (warnings.length) console.warn("diagram", this.file.path, warnings.map(({ message }) => message));
    const { xml } = await this.modeler.saveXML({ format: true });
    const added = ({ extra, surplus, instead }) => extra || surplus || instead;
    // What was placed here has come to stay: what else has come is told by the placed file.
    this.differences = has ? differences(content, xml) : [...differences(base, xml).filter(added), ...differences(content, xml).filter((each) => !added(each))];
    this.idle = idle(content);
    this.written = has ? said : null;
    this.ready = true;
    this.resized();
    if (this.readOnly) this.freeze();
    else if (!has) this.shell.changed();
  }

  async content() {
    if (this.written !== null) return this.written;
    const mine = (this.writing = {});
    const { xml } = await this.modeler.saveXML({ format: true });
    const written = restored(xml, this.differences, this.idle);
    if (mine === this.writing) this.written = written; // else it has been changed meanwhile
    return written;
  }

  async svg() {
    const { svg } = await this.modeler.saveSVG();
    return svg;
  }

  /** Nothing can be changed: it is looked at, searched and written out. */
  freeze() {
    const bus = this.modeler.get("eventBus");
    for (const event of ["shape.move.start", "connect.start", "create.start", "resize.start", "element.dblclick", "bendpoint.move.start", "connectionSegment.move.start"]) bus.on(event, 5000, () => false);
    this.modeler.get("keyboard").unbind();
    this.modeler.get("commandStack").execute = () => {};
  }

  listen() {
    const bus = this.modeler.get("eventBus");
    bus.on("commandStack.changed", () => this.changed());
    bus.on("selection.changed", ({ newSelection }) => this.selected(newSelection));
    bus.on("root.set", () => this.selected([]));
    this.box.addEventListener("keydown", (event) => {
      if (event.target.matches(KEYS_NOT_FOR_THE_CANVAS)) event.stopPropagation();
    });
  }

  changed() {
    const stack = this.modeler.get("commandStack");
    this.written = this.writing = null;
    holds(this.file.path, this.modeler.get("elementRegistry").filter(({ labelTarget }) => !labelTarget).map(({ id }) => id));
    this.undoing.disabled = !stack.canUndo();
    this.redoing.disabled = !stack.canRedo();
    if (this.panel.element && !this.modeler.get("elementRegistry").get(this.panel.element.id)) this.selected([]);
    else this.panel.draw();
    this.list.draw();
    this.shell.changed();
  }

  // ---- choosing

  selected([element]) {
    this.panel.flush();
    const chosen = element?.labelTarget ?? element ?? this.modeler.get("canvas").getRootElement();
    this.panel.show(chosen.type === "__implicitroot" ? null : chosen);
    if (element && element !== chosen.parent) this.list.chosen = chosen.id;
    this.list.draw();
  }

  choose(id, { centre = false, focus = false, part = "" } = {}) {
    const element = this.modeler.get("elementRegistry").get(id);
    if (!element) return false;
    const root = this.modeler.get("canvas").findRoot(element);
    if (root && root !== this.modeler.get("canvas").getRootElement()) this.modeler.get("canvas").setRootElement(root);
    this.modeler.get("selection").select(element);
    if (centre) this.near(element);
    if (focus || part) this.panel.goTo(part);
    return true;
  }

  /** The element where its words can be read: of a long diagram that is seen as a whole they cannot. */
  near(element) {
    this.awaited = this.box.clientWidth ? null : element; // its tab is not shown yet
    if (this.awaited) return;
    if (!this.fitted) this.resized();
    const canvas = this.modeler.get("canvas");
    if (canvas.zoom() < LEGIBLE) {
      const { x, y, width = 0, height = 0 } = element.waypoints?.[Math.floor(element.waypoints.length / 2)] ?? element;
      const [wide, high] = [this.box.clientWidth / LEGIBLE, this.box.clientHeight / LEGIBLE];
      canvas.viewbox({ x: x + (width - wide) / 2, y: y + (height - high) / 2, width: wide, height: high });
    }
    canvas.scrollToElement(element, { top: 80, bottom: 80, left: 120, right: 80 });
  }

  /** {element, part} of a problem, or an element's id alone. */
  goTo(where) {
    const { element, part = "" } = typeof where === "string" ? { element: where } : (where ?? {});
    if (element) this.choose(element, { centre: true, focus: true, part });
  }

  problems() {
    if (this.closed) return;
    this.marks.show(this.shell.problems(this.file.path).filter(({ element }) => element));
    this.panel.refresh();
    this.list.draw();
  }

  tell = (text) => {
    this.said.textContent = text;
  };

  // ---- what the panel asks for

  async again() {
    await this.known.load();
    this.panel.draw();
  }

  /** The English of some words; the file is there or is begun. */
  async english(wording, value) {
    const text = this.known.english.with(wording, value);
    await this.shell.write("english.toml", text);
    this.panel.draw();
  }

  /** Words have changed: their English goes with them, unless something else still says the old ones. */
  async worded(before, after) {
    const english = before && this.known.english.of(before);
    if (!english || this.known.english.of(after)) return;
    const still = this.known.saidElsewhere(before, this.file.path) || this.modeler.get("elementRegistry").filter((each) => (getBusinessObject(each)?.name ?? "") === before).length > 0;
    const text = this.known.english.with(after, english, still ? undefined : before);
    await this.shell.write("english.toml", text);
    this.panel.draw();
  }

  /** Another id: at once where nothing knows the old one, else after all places were shown. */
  async identify(element, wanted) {
    const old = element.id;
    if (!this.known.more.ids[old]) {
      this.modeler.get("modeling").updateProperties(element, { id: wanted });
      return this.choose(wanted, { part: "id" });
    }
    if (!(await renamed(this, { kind: is(element, "bpmn:FlowNode") ? "element" : "shape", old, wanted }))) return this.panel.draw();
    return this.shell.openFile(this.file.path, { element: wanted, part: "id" });
  }

  /** A field or an option; the diagram is then opened again where it was changed, too. */
  async renamed(wanted) {
    const chosen = this.panel.element?.id;
    if (await renamed(this, wanted)) await this.shell.openFile(this.file.path, { element: chosen, part: "names" });
  }

  async newForm(id, like) {
    const path = `forms/${id}.form`;
    const still = this.shell.undisturbed();
    this.tell(this.t("The form is being made …"));
    await this.shell.write(path, form(id, like && (await this.shell.read(`forms/${like}.form`))));
    await this.again();
    this.tell(still() ? "" : this.t("The form has been made: “Open the form” leads to it."));
    if (still()) await this.shell.openFile(path); // whoever went on working is not taken away from it
  }

  freeName(kind) {
    const has = new Set((this.known.panels.things[kind] ?? []).map(({ id }) => id));
    const base = this.panel.element.id.replace(/^mail_/, "").replaceAll("_", "-");
    let [name, number] = [kind === "document" ? base.replaceAll("-", "_") : base, 2];
    while (has.has(name)) name = `${base}-${(number += 1) - 1}`;
    return name;
  }

  /** Whether it could be made: the name is one, and nobody has it. */
  async newThing(kind, name) {
    if (!NAME.test(name) || (this.known.panels.things[kind] ?? []).some(({ id }) => id === name)) return false;
    const [path, content] = SKELETONS[kind](name, getBusinessObject(this.panel.element).name, this.t);
    await this.shell.write(path, content);
    await this.again();
    return true;
  }

  async import(picker) {
    const [chosen] = picker.files;
    picker.value = "";
    if (chosen) await imported(this, chosen);
  }

  close() {
    this.closed = true;
    if (typeof this.stop === "function") this.stop();
    this.sizes.disconnect();
    this.modeler.destroy();
    this.host.replaceChildren();
  }
}

// Kinds that the list adds.
const ADDED = new Set(["userTask", "serviceTask", "sendTask", "receiveTask", "businessRuleTask", "scriptTask", "exclusiveGateway", "parallelGateway", "intermediateThrowEvent", "callActivity", "endEvent"]);
