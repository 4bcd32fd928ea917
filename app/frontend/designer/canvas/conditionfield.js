// 項目 · は · 値, with the text beside it: both say the same, and either can be changed.
import { Conditions } from "./conditions.js";
import { make, select } from "./dom.js";

/** `names`: {name: {title, kind: text | number | flag | day | list | any, values: [{id, title}]}}; `language`: python | feel. */
export function conditionField(panel, part, title, value, set, { help, language, names }) {
  const box = conditionBox(value, set, { t: panel.shell.t, comparisons: panel.known.panels.comparisons, language, names, held: panel });
  return panel.field(part, title, box, help);
}

/** The widget alone, for any panel; `held.textOpen` remembers whether the text is looked at. */
export function conditionBox(value, set, { t, comparisons, language, names, held = {}, ...attributes }) {
  const conditions = new Conditions(comparisons, language);
  const box = make("div", { class: "dc-condition", ...attributes });
  const text = make("textarea", { class: "dc-input dc-code", rows: "2", spellcheck: "false", value, "aria-label": t("The same as text"), onchange: () => set(text.value.trim()) });
  let read = conditions.read(value);

  const fitting = (name) => {
    const kind = names[name]?.kind ?? "any";
    return conditions.comparisons.filter(({ of }) => kind === "any" || of.includes(kind));
  };
  const write = () => {
    if (read.rows.every(({ name, is, values }) => name && is && (values.length || !needs(is)))) set(conditions.write(read));
    else draw();
  };
  const needs = (is) => conditions.comparisons.find(({ id }) => id === is)?.places.includes("value");

  const row = (each, at) => {
    const known = names[each.name];
    const items = Object.entries(names).map(([id, { title: said }]) => ({ id, title: said ?? "" }));
    const name = select(items, each.name, { class: "dc-input", none: t("Choose an item"), "aria-label": t("Item") });
    name.addEventListener("change", () => {
      Object.assign(each, { name: name.value, values: [], to: "" });
      each.is = fitting(name.value)[0]?.id ?? "is";
      write();
    });
    const is = make("select", { class: "dc-input", "aria-label": t("How it is compared") }, fitting(each.name).map(({ id, title: said }) => make("option", { value: id }, said)));
    is.value = each.is;
    is.addEventListener("change", () => {
      each.is = is.value;
      if (!needs(each.is)) each.values = [];
      write();
    });
    const comparison = conditions.comparisons.find(({ id }) => id === each.is);
    const number = known?.kind === "number" || each.kinds?.includes("number");
    Object.assign(each, { number });
    const one = (now, take, label) => {
      const choices = known?.values ?? [];
      const node = choices.length
        ? select(choices, now, { class: "dc-input", none: t("Choose a value"), "aria-label": label })
        : make("input", { class: "dc-input", type: number ? "number" : known?.kind === "day" ? "date" : "text", step: "any", value: now ?? "", "aria-label": label });
      node.addEventListener("change", () => take(node.value));
      return node;
    };
    const several = comparison?.several;
    const values = !needs(each.is) ? [] : several
      ? severalOf(each, one, write, t)
      : [one(each.values[0], (given) => { each.values = given === "" ? [] : [given]; write(); }, t("Value"))];
    const to = comparison?.places.includes("to") ? [t("up to"), one(each.to, (given) => { each.to = given; write(); }, t("Last value"))] : [];
    const out = make("button", { type: "button", class: "dc-chip__out", "aria-label": t("Take out this condition"), onclick: () => {
      read.rows.splice(at, 1);
      if (read.rows.length) write();
      else set("");
    } }, "✕");
    return make("li", { class: "dc-condition__row" }, name, is, values, to, out);
  };

  function draw() {
    if (!read) return box.replaceChildren(make("p", { class: "dc-help" }, t("This condition says more than rows can show. It is changed as text.")), text);
    const join = make("select", { class: "dc-input", "aria-label": t("How the conditions go together") },
      make("option", { value: "and" }, t("all of them hold")), make("option", { value: "or" }, t("one of them holds")));
    join.value = read.join;
    join.addEventListener("change", () => {
      read.join = join.value;
      write();
    });
    const add = make("button", { type: "button", class: "btn btn--small", onclick: () => {
      read.rows.push({ name: "", is: "is", values: [], to: "" });
      draw();
      box.querySelector("li:last-of-type select")?.focus();
    } }, read.rows.length ? t("Another condition") : t("Choose a condition"));
    return box.replaceChildren(...[read.rows.length > 1 ? join : "", make("ul", {}, read.rows.map(row)), add,
      make("details", { class: "dc-condition__text", open: held.textOpen }, make("summary", {}, t("The same as text")), text)].filter(Boolean));
  }
  draw();
  box.addEventListener("toggle", (event) => { held.textOpen = event.target.open; }, true);
  return box;
}

function severalOf(each, one, write, t) {
  const rows = each.values.map((value, at) => make("span", { class: "dc-row" }, one(value, (given) => {
    if (given === "") each.values.splice(at, 1);
    else each.values[at] = given;
    write();
  }, t("Value"))));
  const more = one("", (given) => {
    if (given !== "") each.values.push(given);
    write();
  }, t("One more value"));
  return [...rows, more];
}
