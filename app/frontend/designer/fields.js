// Fields of a table as the declarations have them (GET …/panels: `package`, `headers`): what may stand there is chosen, not typed.
import { el, labelled } from "./dom.js";

const DAYS = (language) => Array.from({ length: 7 }, (_, day) => new Date(2024, 0, 1 + day).toLocaleDateString(language === "en" ? "en-GB" : "ja-JP", { weekday: "short" }));

/** `t` gives words, `panels` what there is, `change(path, value)` takes what was entered; undefined: it is left out. */
export function fieldsOf({ panels, language, t, change }) {
  const offered = (key) => {
    if (key.choices.length) return key.choices;
    if (key.kind === "receiver") return [["vendor", t("Vendor")], ["operator", t("Certifying body")]].map(([id, title]) => ({ id, title })).concat(panels.things.group.map(({ id, title }) => ({ id: `group:${id}`, title })));
    if (key.kind === "attachment") {
      const of = (kind, prefix) => (panels.things[kind] ?? []).map(({ id, title }) => ({ id: `${prefix}${id}`, title }));
      return [...of("document", ""), ...of("file", "file:"), ...of("calendar", "ics:")];
    }
    if (key.kind === "weekdays") return DAYS(language).map((title, id) => ({ id, title }));
    return panels.things[key.kind] ?? null;
  };

  function chosen(path, value, choices, required) {
    return (ties) => {
      const known = value === undefined || value === "" || choices.some(({ id }) => id === value) ? choices : [...choices, { id: value, title: value }];
      return el("select", { ...ties, class: "ed-input", required, change: ({ target }) => change(path, target.value === "" ? undefined : target.value) },
        el("option", { value: "" }, t("(none)")), ...known.map(({ id, title }) => el("option", { value: id, selected: id === value }, title)));
    };
  }

  function several(path, value, choices) {
    return ({ id, "aria-describedby": describedBy }) => {
      const kept = [...(value ?? [])];
      const known = [...choices, ...kept.filter((each) => !choices.some((choice) => choice.id === each)).map((each) => ({ id: each, title: String(each) }))];
      return el("div", { id, class: "ed-several", role: "group", tabindex: "-1", "aria-describedby": describedBy }, ...known.map((choice) =>
        el("label", {}, el("input", { type: "checkbox", checked: kept.includes(choice.id), change: ({ target }) => {
          if (target.checked) kept.push(choice.id);
          else kept.splice(kept.indexOf(choice.id), 1);
          change(path, kept.length ? (typeof choice.id === "number" ? kept.toSorted() : [...kept]) : undefined);
        } }), " ", choice.title)));
    };
  }

  const line = (path, value, more, read) => (ties) => el("input", { ...ties, class: "ed-input", ...more, value: value ?? "", change: ({ target }) => change(path, target.value === "" ? undefined : read(target.value)) });
  const numbers = (text) => text.split(/[,、\s]+/).filter(Boolean).map(Number).filter(Number.isInteger);
  const long = (path, value) => (ties) => el("textarea", { ...ties, class: "ed-input", rows: "3", change: ({ target }) => change(path, target.value) }, value);

  function widget(key, path, value) {
    const choices = offered(key);
    if (choices && key.many) return several(path, value, choices);
    if (choices) return chosen(path, value, choices, key.required);
    if (key.kind === "flag" || typeof value === "boolean") return (ties) => el("input", { ...ties, type: "checkbox", checked: value ?? key.default ?? false, change: ({ target }) => change(path, target.checked === (key.default ?? null) ? undefined : target.checked) });
    if (key.many && key.kind === "whole") return line(path, (value ?? []).join(", "), { type: "text", inputmode: "numeric" }, numbers);
    if (key.many) return line(path, (value ?? []).join(", "), { type: "text" }, (text) => text.split(/\s*[,、]\s*/).filter(Boolean));
    if (key.kind === "whole" || typeof value === "number") return line(path, value, { type: "number", step: "1", min: key.kind === "whole" ? key.least : null, max: key.kind === "whole" ? key.most : null, placeholder: key.default ?? null, required: key.required }, Number);
    if (key.kind === "clock") return line(path, value ?? key.default, { type: "time" }, String);
    if (typeof value === "string" && (value.length > 60 || value.includes("\n"))) return long(path, value);
    return line(path, value, { type: "text", placeholder: key.default || null, required: key.required }, String);
  }

  /** The rows of one table: `path` leads to it, `values` is what stands there. */
  return function rows(section, path, values = {}) {
    return section.keys.flatMap((key) => {
      const made = labelled(key.title, values[key.id] === undefined && key.without ? t("%(help)s. Without it: %(what)s", { help: key.help, what: key.without }) : key.help, widget(key, [...path, key.id], values[key.id]));
      made.row.dataset.attribute = [...path, key.id].join(".");
      if (made.input.type === "checkbox") made.row.classList.add("ed-flag");
      if (!key.english) return [made.row];
      const english = labelled(t("%(title)s (English)", { title: key.title }), "", line([...path, `${key.id}_en`], values[`${key.id}_en`], { type: "text", lang: "en" }, String));
      english.row.dataset.attribute = [...path, `${key.id}_en`].join(".");
      return [made.row, english.row];
    });
  };
}
