// What one can type and choose in the panel, by kind of value (app/declarations/kinds.py).
import { helped, make, select, unique } from "./dom.js";

// Kinds that a file or a line of package.toml stands for: where nothing fits, it is made there.
const FILES = { mail: (id) => `mail/${id}.md`, document: (id) => `pdf/${id}.html`, decision: null };
const SETTINGS = { group: "groups", fee: "fees", calendar: "calendars", cards: "cards", downloads: "downloads", setting: "settings", lane: "lanes" };
const UNITS = { D: "days", M: "months", H: "hours", Y: "years", W: "weeks" };

export class Controls {
  constructor(panel) {
    Object.assign(this, { panel, t: panel.shell.t });
  }

  get things() {
    return this.panel.known.panels.things;
  }

  help(text) {
    return helped(text);
  }

  listen(node, set, read = () => node.value) {
    node.addEventListener("change", () => set(read()));
    return node;
  }

  text(value, set, { code = false, ...more } = {}) {
    return this.listen(make("input", { class: `dc-input${code ? " dc-code" : ""}`, value: value ?? "", ...more }), (given) => set(given.trim()));
  }

  lines(value, set) {
    const node = make("textarea", { class: "dc-input", rows: String(Math.min(6, Math.max(1, (value ?? "").split("\n").length))), value: value ?? "" });
    return this.listen(node, set);
  }

  code(value, set) {
    return this.listen(make("textarea", { class: "dc-input dc-code", rows: "4", spellcheck: "false", value }), set);
  }

  expression(value, set) {
    const id = unique("dc-names");
    const names = Object.entries(this.panel.known.names).map(([name, { title }]) => make("option", { value: name }, title ?? ""));
    const input = this.text(value, set, { code: true, list: id, spellcheck: "false" });
    return names.length ? make("div", {}, input, make("datalist", { id }, names)) : input;
  }

  flag(on, set) {
    const box = make("input", { type: "checkbox", "aria-label": this.t("Yes") });
    box.checked = !!on;
    box.addEventListener("change", () => set(box.checked));
    return make("label", { class: "dc-check" }, box, this.t("Yes"));
  }

  select(choices, value, set, { none = this.t("None"), ...more } = {}) {
    return this.listen(select(choices, value, { class: "dc-input", none, missing: (id) => this.t("%(id)s (not there)", { id: id }), ...more }), set);
  }

  /** One of what the package has, and a way to make what it has not. */
  one(kind, value, set, { none } = {}) {
    const choices = this.things[kind] ?? [];
    const list = this.select(choices, value, set, none === undefined ? {} : { none });
    const there = choices.some(({ id }) => id === value);
    return make("div", { class: "dc-row" }, list, this.open(kind, there ? value : ""), this.make(kind, there ? "" : value, set));
  }

  open(kind, id) {
    const path = id && FILES[kind]?.(id);
    return path ? make("button", { type: "button", class: "btn btn--small", onclick: () => this.panel.shell.openFile(path) }, this.t("Open")) : "";
  }

  /** 作る: a mail and a document are files of their own, the rest is said in package.toml. */
  make(kind, wanted, set) {
    if (SETTINGS[kind]) {
      return make("button", { type: "button", class: "btn btn--small", onclick: () => this.panel.shell.openFile("package.toml", { part: SETTINGS[kind] }) }, this.t("Make another"));
    }
    if (kind !== "mail" && kind !== "document") return "";
    const box = make("span", { class: "dc-row" });
    const ask = () => {
      const name = make("input", { class: "dc-input dc-code", "aria-label": this.t("Name of the new file"), value: wanted || this.panel.actions.freeName(kind) });
      const done = async () => {
        if (!(await this.panel.actions.newThing(kind, name.value.trim()))) return name.setAttribute("aria-invalid", "true");
        return set(name.value.trim());
      };
      name.addEventListener("keydown", (event) => {
        if (event.key === "Enter") {
          event.preventDefault();
          done();
        }
      });
      box.replaceChildren(name, make("button", { type: "button", class: "btn btn--small", onclick: done }, this.t("Make it")));
      name.focus();
    };
    box.append(make("button", { type: "button", class: "btn btn--small", onclick: ask }, wanted ? this.t("Make it") : this.t("Make another")));
    return box;
  }

  /** A text in quotes that names something: the quotes are written here, never typed. */
  quoted(each, value, set) {
    const bare = unquoted(value);
    const quote = (text) => set(text === "" ? "" : `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`);
    if (bare === null) return this.expression(value, set); // an expression that somebody wrote: left as it is
    return each.kind === "one_of" ? this.select(each.choices, bare, quote) : this.one(each.kind, bare, quote);
  }

  /** By the declaration of a property. */
  of(each, value, set, element) {
    if (each.many) return this.several(each, value, set, element);
    switch (each.kind) {
      case "flag": return each.holds ? this.flag(value !== "false", (on) => set(on ? "" : "false")) : this.flag(value === "true", (on) => set(on ? "true" : ""));
      case "one_of": return this.select(each.choices, value, set);
      case "days": return this.days(value, set);
      case "text": return this.text(value, set);
      case "field": return this.select(this.fields(element), value, set);
      default: return this.things[each.kind] ? this.one(each.kind, value, set) : this.text(value, set, { code: true });
    }
  }

  fields(element) {
    return this.panel.known.panels.fields[element] ?? [];
  }

  choices(kind, element) {
    if (kind === "field") return this.fields(element);
    if (kind === "name") return Object.entries(this.panel.known.names).map(([id, { title }]) => ({ id, title }));
    if (kind === "shown") return this.panel.known.shown();
    return this.things[kind] ?? [];
  }

  /** Several, in their order: each chosen one with a way to take it out, and a list of those that are left. */
  several(each, value, set, element) {
    const chosen = value.split(",").map((part) => part.trim()).filter(Boolean);
    const choices = this.choices(each.kind, element);
    const write = (list) => set(list.join(","));
    const titled = (id) => choices.find((choice) => choice.id === id)?.title;
    const rows = chosen.map((id, at) => make("li", { class: "dc-chip" },
      titled(id) && titled(id) !== id ? `${titled(id)}（${id}）` : id, choices.some((choice) => choice.id === id) ? "" : make("em", {}, this.t(" (not there)")),
      this.open(each.kind, id),
      make("button", { type: "button", class: "dc-chip__out", "aria-label": this.t("Take out %(id)s", { id: id }), onclick: () => write(chosen.filter((_, other) => other !== at)) }, "✕")));
    const left = choices.filter(({ id }) => !chosen.includes(id) && !(each.kind === "user_task" && id === element));
    const add = left.length
      ? this.select(left, "", (id) => id && write([...chosen, id]), { none: this.t("Add…"), "aria-label": this.t("Add…") })
      : this.text("", (id) => id && write([...chosen, id]), { "aria-label": this.t("Add…") });
    return make("div", { class: "dc-several" }, rows.length ? make("ul", {}, rows) : "", make("div", { class: "dc-row" }, add, this.make(each.kind, "", (id) => write([...chosen, id]))));
  }

  /** Business days: a number, or the setting that says it. */
  days(value, set) {
    const from = value && !/^\d+$/.test(value);
    const how = make("select", { class: "dc-input", "aria-label": this.t("How it is said") },
      make("option", { value: "" }, this.t("None")), make("option", { value: "number" }, this.t("Number of business days")), make("option", { value: "setting" }, this.t("From a setting")));
    how.value = !value ? "" : from ? "setting" : "number";
    const box = make("div", { class: "dc-row" }, how);
    const number = () => this.text(from ? "" : value, (text) => /^\d*$/.test(text) && set(text), { type: "number", min: "0", max: "1000", "aria-label": this.t("Number of business days") });
    const setting = () => this.one("setting", from ? value : "", set);
    const draw = () => {
      box.replaceChildren(how, how.value === "number" ? number() : how.value === "setting" ? setting() : "");
    };
    how.addEventListener("change", () => {
      if (!how.value && value) set("");
      else draw();
    });
    draw();
    return box;
  }

  /** Of messages, signals and codes: one that is there already, or a new word. */
  named(kind, value, set) {
    const id = unique("dc-things");
    const input = this.text(value, set, { code: true, list: id });
    return make("div", {}, input, make("datalist", { id }, (this.things[kind] ?? []).map((each) => make("option", { value: each.id }, each.title))));
  }

  /** After so many days, at a moment that a name holds, or again and again. The text is Python; a span stands in quotes (ISO 8601). */
  time(kind, text, set) {
    const t = this.t;
    const span = /^\s*(['"])P(?:T)?(\d+)([DMHYW])\1\s*$/.exec(text);
    const minutes = /^\s*(['"])PT(\d+)M\1\s*$/.test(text);
    const easy = kind === "timeDuration" && (!text || (span && !minutes));
    const how = make("select", { class: "dc-input", "aria-label": t("Kind of time") },
      make("option", { value: "span" }, t("After a span of time")), make("option", { value: "timeDate" }, t("At a moment (expression)")),
      make("option", { value: "timeDuration" }, t("After a span (expression)")), make("option", { value: "timeCycle" }, t("Again and again (expression)")));
    how.value = easy ? "span" : kind;
    const box = make("div", { class: "dc-row" });
    const draw = () => {
      if (how.value === "span") {
        const count = make("input", { class: "dc-input", type: "number", min: "1", value: span?.[2] ?? "", "aria-label": t("How many") });
        const unit = make("select", { class: "dc-input", "aria-label": t("Unit") }, Object.entries(UNITS).map(([id, name]) => make("option", { value: id }, t(name))));
        unit.value = span?.[3] ?? "D";
        const write = () => /^\d+$/.test(count.value) && set("timeDuration", `"P${unit.value === "H" ? "T" : ""}${count.value}${unit.value}"`);
        this.listen(count, write);
        this.listen(unit, write);
        box.replaceChildren(how, count, unit);
      } else box.replaceChildren(how, this.expression(text, (given) => set(how.value, given)));
    };
    how.addEventListener("change", draw);
    draw();
    return box;
  }
}

/** The text that stands in quotes; null where something else stands there. */
export function unquoted(value) {
  if (!value) return "";
  const match = /^\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\s*$/.exec(value);
  return match ? (match[1] ?? match[2]).replace(/\\(.)/g, "$1") : null;
}
