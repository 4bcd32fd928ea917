// A condition by choice (field · is · value) with the text beside it; the text is what is kept.
import { el } from "./dom.js";

const PLACES = /\\\{(name|value|to)\\\}/g;
const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** The comparison that a text is, as {comparison, name, value, to}; null where it is more than one. */
export function read(text, comparisons, language = "feel") {
  const source = text.trim().replace(/^=/, "").trim();
  const patterns = { name: "(?<name>[A-Za-z_]\\w*)", value: "(?<value>\"[^\"]*\"|'[^']*'|[^\"'\\[\\]()]+?)", to: "(?<to>[^\\]\\[]+?)" };
  for (const comparison of comparisons) {
    const several = comparison.several ? { ...patterns, value: "(?<value>[^\\]]*)" } : patterns;
    const wanted = escaped(comparison[language]).replace(PLACES, (_, place) => several[place]).replaceAll(" ", "\\s*");
    const found = new RegExp(`^${wanted}$`).exec(source);
    if (found && !/\s(and|or)\s/.test(found.groups.value ?? "")) return { comparison, ...found.groups };
  }
  return null;
}

/** The text of a comparison; `language`: feel or python. */
export function write(comparison, name, value, to, language = "feel") {
  return comparison[language].replaceAll("{name}", name).replaceAll("{value}", value).replaceAll("{to}", to ?? "");
}

const bare = (constant) => (constant ?? "").trim().replace(/^date\((.*)\)$/, "$1").replace(/^["']|["']$/g, "");
const quoted = (kind, value) => (kind === "number" ? value || "0" : kind === "day" ? `date("${value}")` : `"${value.replaceAll('"', "")}"`);

/**
 * The widget. `fields`: [{id, title, kind: text|number|flag|day|list, options: [{id, title}]}]; `change(text)` takes the new text
 * ("" where there is no condition).
 */
export function conditionEditor(text, { fields, comparisons, t, id, describedBy, change }) {
  const place = el("div", { class: "ed-condition" });
  const written = el("input", { id, class: "ed-input ed-code", value: text.replace(/^=/, ""), "aria-describedby": describedBy, spellcheck: "false",
    change: ({ target }) => { change(target.value.trim()); draw(target.value); } });
  const select = (label, options, chosen, chose) => {
    const made = el("select", { class: "ed-input", "aria-label": label, change: ({ target }) => chose(target.value) });
    for (const [value, title] of options) made.append(el("option", { value, selected: value === chosen }, title));
    return made;
  };

  function draw(now) {
    const found = read(now, comparisons);
    place.replaceChildren();
    if (now.trim() && (!found || !fields.some((field) => field.id === found.name))) {
      place.append(el("p", { class: "ed-help" }, t("This condition is more than one comparison: change its text.")));
      return;
    }
    const field = fields.find((each) => each.id === found?.name);
    const settle = (part) => {
      const next = { comparison: found?.comparison, name: found?.name ?? "", value: bare(found?.value), to: bare(found?.to), ...part };
      const of = fields.find((each) => each.id === next.name);
      if (!of) return put("");
      const fitting = comparisons.filter((each) => each.of.includes(of.kind));
      const comparison = fitting.includes(next.comparison) ? next.comparison : fitting[0];
      const value = next.value || of.options?.[0]?.id || "";
      const constant = comparison.several ? value.split(/\s*,\s*/).map((each) => quoted(of.kind, bare(each))).join(", ") : quoted(of.kind, value);
      return put(write(comparison, of.id, constant, quoted(of.kind, next.to)));
    };
    const put = (next) => {
      written.value = next;
      change(next);
      draw(next);
    };
    place.append(select(t("Field"), [["", t("(none)")], ...fields.map((each) => [each.id, each.title])], found?.name ?? "", (name) => settle({ name, value: "", to: "" })));
    if (!field) return;
    const fitting = comparisons.filter((each) => each.of.includes(field.kind));
    place.append(select(t("Comparison"), fitting.map((each) => [each.id, each.title]), found.comparison.id, (chosen) => settle({ comparison: comparisons.find((each) => each.id === chosen) })));
    const asks = found.comparison.feel.includes("{value}");
    const type = { number: "number", day: "date" }[field.kind] ?? "text";
    const input = (label, part) => el("input", { class: "ed-input", type: found.comparison.several ? "text" : type, "aria-label": label, value: found.comparison.several ? found.value.replaceAll('"', "") : bare(found[part]), change: ({ target }) => settle({ [part]: target.value }) });
    if (asks && field.options?.length && !found.comparison.several) place.append(select(t("Value"), field.options.map((each) => [each.id, each.title]), bare(found.value), (value) => settle({ value })));
    else if (asks) place.append(input(t("Value"), "value"));
    if (found.comparison.feel.includes("{to}")) place.append(input(t("Up to"), "to"));
  }
  draw(written.value);
  return el("div", { class: "ed-condition-both" }, place, written);
}
