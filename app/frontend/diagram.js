// Draws the running case: the way it went, where it stands, what failed; a step that is chosen tells its story beside the picture.
//
//   <div data-diagram data-source="/cases/2026-0042/diagram.xml" data-state='{"done":[…]}' or "/cases/2026-0042/diagram.json">
//
// State: {done: [ids], open: [ids], failed: [ids], flows: [ids], badges: {id: text} (instead of the state's word),
//         details: {id: {title, side: "vendor"|"operator"|"system", lines: ["text" | {label, value, url}], url}}}
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "./css/diagram.css";

const WORDS = {
  fit: "Whole diagram", now: "Go to the open step", in: "Enlarge", out: "Reduce", list: "Steps as a list", done: "Done", open: "Now",
  vendor: "Vendor", operator: "Certifying body", failed: "Needs attention", todo: "Not yet", pick: "Choose a step to see who did what, and when.", close: "Close",
  error: "The diagram could not be loaded. The list below says the same.", more: "Open this step", keys: "Arrow keys move, + and − zoom.",
};
const STATES = ["failed", "open", "done"];
const STEP = /^bpmn:(\w*Task|Task|SubProcess|CallActivity|\w+Event)$/;

const make = (name, attributes = {}, ...children) => {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value !== undefined && value !== false) node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== undefined && child !== null && child !== ""));
  return node;
};

async function load(url, kind) {
  const answer = await fetch(url, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer[kind]();
}

class CaseDiagram {
  constructor(host) {
    this.host = host;
    this.words = { ...WORDS, ...(host.dataset.words ? JSON.parse(host.dataset.words) : {}) };
    this.chosen = null;
  }

  async draw() {
    const given = this.host.dataset.state?.trim() || "{}";
    const [xml, state] = await Promise.all([
      load(this.host.dataset.source, "text"),
      given.startsWith("{") ? JSON.parse(given) : load(given, "json"),
    ]);
    this.state = { done: [], open: [], failed: [], flows: [], details: {}, ...state };
    this.build();
    // Names in English have longer words than the boxes, drawn for Japanese, have room for.
    const small = document.documentElement.lang === "en" ? { textRenderer: { defaultStyle: { fontSize: 10, lineHeight: 1.15 }, externalStyle: { fontSize: 10 } } } : {};
    this.viewer = new NavigatedViewer({ container: this.canvasBox, zoomScroll: { enabled: false }, ...small });
    await this.viewer.importXML(xml);
    this.canvas = this.viewer.get("canvas");
    this.registry = this.viewer.get("elementRegistry");
    this.host.querySelector("[data-diagram-fallback]")?.remove();
    // To ears the picture is loose words; the list before it says the same in order. What is hidden to them takes no focus: keys belong to the box.
    const picture = this.canvasBox.querySelector("svg");
    picture?.setAttribute("aria-hidden", "true");
    picture?.removeAttribute("tabindex");
    this.mark();
    this.list();
    this.listen();
    this.home();
  }

  build() {
    const w = this.words;
    const tool = (label, text, action) => make("button", { type: "button", class: "btn btn--small diagram__tool", "aria-label": label, title: label, onclick: action }, text);
    this.canvasBox = make("div", { class: "diagram__canvas", role: "group", "aria-label": `${this.host.dataset.label || ""} ${w.keys}`, tabindex: "0" });
    this.panel = make("section", { class: "diagram__panel", "aria-live": "polite" }, make("p", { class: "soft" }, w.pick));
    const hasOpen = this.state.open.length + this.state.failed.length > 0;
    this.bar = make("div", { class: "diagram__bar" },
      make("ul", { class: "diagram__legend" }, ...["vendor", "operator", "done", "open", "failed"].filter((key) => w[key]).map((key) => make("li", { class: `is-${key}` }, w[key]))),
      make("div", { class: "diagram__tools" },
        hasOpen ? make("button", { type: "button", class: "btn btn--small", onclick: () => this.home(true) }, w.now) : "",
        make("button", { type: "button", class: "btn btn--small", onclick: () => this.canvas.zoom("fit-viewport", "auto") }, w.fit),
        tool(w.out, "−", () => this.viewer.get("zoomScroll").stepZoom(-1)),
        tool(w.in, "+", () => this.viewer.get("zoomScroll").stepZoom(1))));
    this.steps = make("ol", { class: "diagram__steps" });
    this.listBox = make("details", { class: "diagram__list" }, make("summary", {}, w.list), this.steps);
    this.host.classList.add("is-drawn");
    this.host.append(this.listBox, this.bar, make("div", { class: "diagram__body" }, this.canvasBox, this.panel));
  }

  stateOf(id) {
    return STATES.find((state) => this.state[state].includes(id)) ?? "todo";
  }

  mark() {
    for (const state of STATES.slice().reverse()) {
      for (const id of this.state[state]) if (this.registry.get(id)) this.canvas.addMarker(id, `is-${state}`);
    }
    for (const id of this.state.flows) if (this.registry.get(id)) this.canvas.addMarker(id, "is-walked");
    const overlays = this.viewer.get("overlays");
    for (const state of STATES) {
      for (const id of this.state[state]) {
        const element = this.registry.get(id);
        if (!element || !STEP.test(element.type) || (state !== "failed" && this.state.failed.includes(id))) continue;
        if (state === "done" && this.state.open.includes(id)) continue;
        const big = state !== "done" && /Task|Process|Activity/.test(element.type);
        overlays.add(id, `nintei-${state}`, {
          position: { top: -12, left: big ? 6 : Math.max(element.width - 14, 0) },
          html: make("span", { class: `diagram__badge is-${state}`, "aria-hidden": "true" }, this.state.badges?.[id] ?? (big ? this.words[state] : (this.words.marks ?? { done: "✓", open: "●", failed: "!" })[state])),
        });
      }
    }
  }

  /** Every step in reading order, with its state: the same as the picture, for ears, keys and small screens. */
  list() {
    // Boxes of one line of the chart differ by a few pixels.
    const row = (element) => Math.round((element.y + element.height / 2) / 40);
    const steps = this.registry
      .filter((element) => STEP.test(element.type) && element.businessObject.name && element.parent)
      .sort((a, b) => row(a) - row(b) || a.x - b.x);
    const known = steps.filter((step) => this.state.details[step.id] || this.stateOf(step.id) !== "todo");
    for (const step of known.length ? known : steps) {
      const state = this.stateOf(step.id);
      this.steps.append(make("li", {}, make("button", { type: "button", class: `diagram__step is-${state}`, "data-step": step.id, onclick: () => this.choose(step.id, true) },
        make("span", { class: "diagram__state" }, this.words[state]), this.nameOf(step.id))));
    }
    if (window.matchMedia("(max-width: 52rem)").matches) this.listBox.open = true;
  }

  nameOf(id) {
    return this.state.details[id]?.title || this.registry.get(id)?.businessObject.name || id;
  }

  choose(id, move = false) {
    if (this.chosen) this.canvas.removeMarker(this.chosen, "is-chosen");
    this.chosen = id;
    this.canvas.addMarker(id, "is-chosen");
    if (move) this.centre(id);
    for (const button of this.steps.querySelectorAll("button")) button.toggleAttribute("aria-current", button.dataset.step === id);
    const detail = this.state.details[id] ?? {};
    const state = this.stateOf(id);
    const lines = make("dl", { class: "diagram__lines" });
    for (const line of detail.lines ?? []) {
      const { label, value, url } = typeof line === "string" ? { value: line } : line;
      const text = url ? make("a", { href: url }, value) : value;
      lines.append(make("div", {}, label ? make("dt", {}, label) : "", make("dd", {}, text)));
    }
    this.panel.replaceChildren(
      make("p", { class: `diagram__state is-${state}` }, this.words[state]),
      make("h3", {}, this.nameOf(id)),
      lines,
      ...(detail.url ? [make("a", { class: "btn btn--small", href: detail.url }, this.words.more)] : []));
  }

  /** Large enough to read; the full width of the chart where that fits. */
  centre(id) {
    const element = this.registry.get(id);
    if (!element) return;
    const size = this.canvas.getSize();
    const all = this.canvas.viewbox().inner;
    const scale = Math.min(Math.max(size.width / (all.width + 40), 0.75), 1);
    const view = { width: size.width / scale, height: size.height / scale };
    const within = (middle, from, length, seen) => {
      if (length + 40 <= seen) return from + length / 2 - seen / 2;
      return Math.min(Math.max(middle - seen / 2, from - 20), from + length + 20 - seen);
    };
    view.x = within(element.x + element.width / 2, all.x, all.width, view.width);
    view.y = within(element.y + element.height / 2, all.y, all.height, view.height);
    this.canvas.viewbox(view);
  }

  /** The whole picture where it can be read; else the place where the case stands. */
  home(open = false) {
    const at = [...this.state.failed, ...this.state.open].find((id) => this.registry.get(id));
    this.canvas.zoom("fit-viewport", "auto");
    if (this.canvas.zoom() > 1) this.canvas.zoom(1, "auto");
    if (at && (open || this.canvas.zoom() < 0.55)) this.centre(at);
    else if (this.canvas.zoom() < 0.55) this.centre(this.registry.filter(({ type }) => type === "bpmn:StartEvent")[0]?.id); // words that can be read, from where it begins
    if (at && !this.chosen) this.choose(at);
    else if (at && open) this.choose(at);
  }

  listen() {
    const zoom = this.viewer.get("zoomScroll");
    this.viewer.on("element.click", ({ element }) => {
      const target = element.type === "label" ? element.labelTarget : element;
      if (target && STEP.test(target.type)) this.choose(target.id);
    });
    // The wheel belongs to the page until somebody works in the picture.
    this.canvasBox.addEventListener("pointerdown", () => zoom.toggle(true));
    this.canvasBox.addEventListener("mouseleave", () => zoom.toggle(false));
    this.canvasBox.addEventListener("keydown", (event) => {
      const far = event.shiftKey ? 200 : 60;
      const move = { ArrowLeft: [far, 0], ArrowRight: [-far, 0], ArrowUp: [0, far], ArrowDown: [0, -far] }[event.key];
      if (event.target !== this.canvasBox) return;
      if (move) this.canvas.scroll({ dx: move[0], dy: move[1] });
      else if (event.key === "+" || event.key === "=") zoom.stepZoom(1);
      else if (event.key === "-") zoom.stepZoom(-1);
      else if (event.key === "0") this.canvas.zoom("fit-viewport", "auto");
      else return;
      event.preventDefault();
    });
    this.touch();
  }

  /** bpmn-js moves with the mouse alone; fingers are ours: one pans, two zoom. */
  touch() {
    const fingers = new Map();
    let moved = 0;
    const spread = () => {
      const [a, b] = [...fingers.values()];
      return { distance: Math.hypot(a.x - b.x, a.y - b.y), x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
    };
    this.canvasBox.addEventListener("pointerdown", (event) => {
      if (event.pointerType === "mouse") return;
      fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
      moved = 0;
    });
    this.canvasBox.addEventListener("pointermove", (event) => {
      const from = fingers.get(event.pointerId);
      if (!from) return;
      const before = fingers.size === 2 ? spread() : null;
      const dx = event.clientX - from.x;
      const dy = event.clientY - from.y;
      fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
      moved += Math.abs(dx) + Math.abs(dy);
      if (before) {
        const after = spread();
        const box = this.canvasBox.getBoundingClientRect();
        const scale = Math.min(Math.max((this.canvas.zoom() * after.distance) / before.distance, 0.2), 3);
        this.canvas.zoom(scale, { x: after.x - box.left, y: after.y - box.top });
        this.canvas.scroll({ dx: after.x - before.x, dy: after.y - before.y });
      } else this.canvas.scroll({ dx, dy });
    });
    for (const end of ["pointerup", "pointercancel", "pointerleave"]) this.canvasBox.addEventListener(end, (event) => fingers.delete(event.pointerId));
    this.canvasBox.addEventListener("click", (event) => { if (moved > 12) event.stopPropagation(); moved = 0; }, true);
  }
}

async function begin(root) {
  for (const host of root.querySelectorAll("[data-diagram]:not(.is-drawn)")) {
    const diagram = new CaseDiagram(host);
    try {
      await diagram.draw();
      host.closest("details")?.addEventListener("toggle", () => { // drawn while it was folded, it had no size
        diagram.canvas.resized();
        diagram.home();
      });
    } catch (error) {
      console.error(error);
      diagram.bar?.remove();
      host.querySelector(".diagram__body")?.remove();
      host.querySelector(".diagram__list")?.remove();
      host.prepend(make("p", { class: "diagram__wait", role: "alert" }, diagram.words.error));
    }
  }
}

document.addEventListener("nintei:content", (event) => begin(event.target));
begin(document);
