// The panel of a form's component, made from the declarations (GET …/panels): what each kind has, with words and help.
import { conditionBox } from "./canvas/conditionfield.js";
import { ALONE, renamed } from "./canvas/renaming.js";
import { button, el, labelled, placed } from "./dom.js";
import { rowsEditor } from "./rows.js";

const ON = new Set(["allowAddRemove"]); // flags that hold where nothing is said
const INSIDE = "components";

const read = (field, name) => name.split(".").reduce((from, key) => from?.[key], field);

/** What a component is called in lists. */
export function called(field, kinds) {
  const words = field.label || field.dateLabel || field.timeLabel || field.alt || (field.text ?? field.content ?? "").replace(/<[^>]*>|[#*_`>\n]/g, " ").trim().slice(0, 40);
  return words || kinds.get(field.type)?.title || field.type;
}

export function formPanel(place, editor, panels, file, shell) {
  const t = shell.t;
  const selection = editor.get("selection");
  const modeling = editor.get("modeling");
  const registry = editor.get("formFieldRegistry");
  const kinds = new Map(panels.components.map((kind) => [kind.id, kind]));
  const folded = new Map(panels.sorts.map(({ id }, index) => [id, index >= 3])); // headings, as the reader left them
  const [, element = ""] = /^forms\/(.+)\.form$/.exec(file.path) ?? []; // the step whose form this is
  let shown = null;

  const root = () => registry.getAll().find((each) => each.type === "default");
  const parentOf = (field) => registry.getAll().find((each) => each[INSIDE]?.some(({ id }) => id === field.id));
  const selected = () => {
    const found = registry.get(selection.get()?.id);
    return found && found.type !== "default" ? found : null;
  };

  // ---- changing

  /** Once the next field has the focus: a field tells of its change while it loses it. */
  function change(name, value, id = shown) {
    setTimeout(() => registry.get(id) && edit(registry.get(id), name, value));
  }

  function edit(field, name, value) {
    const [key, inner] = name.split(".");
    if (!inner) return modeling.editFormField(field, key, value === "" ? undefined : value);
    const part = { ...field[key] };
    if (value === "" || value === undefined) delete part[inner];
    else part[inner] = value;
    return modeling.editFormField(field, key, Object.keys(part).length ? part : undefined);
  }

  /**
   * True where the editor at hand makes the change. What is named elsewhere, too, is renamed there after all places were shown: null once that
   * is done, false where it stays as it was.
   */
  async function own(asked, part, at) {
    const tell = (text) => {
      const row = [...place.querySelectorAll("[data-attribute]")].find((each) => each.dataset.attribute === part);
      row?.append(el("p", { class: "ed-problem ed-error", role: "alert" }, text));
    };
    if (!element || !asked.old || !asked.wanted) return true;
    const done = await renamed({ t, shell, tell }, { ...asked, home: file.path });
    if (done === true) await shell.openFile(file.path, { part: `field:${at}.${part}` }); // in another editor by now
    return done === ALONE ? true : done ? null : false;
  }

  /** Somebody may have gone on to another component before it is known who else names it. */
  async function rekey(name, value, input) {
    const id = shown;
    const old = read(registry.get(id), name) ?? "";
    if (value === old) return;
    const mine = await own({ kind: "field", of: element, old, wanted: value }, name, id);
    if (mine) rename(id, name, value);
    else if (mine === false) input.value = old;
  }

  /** One option that is called otherwise; everything else is changed as it stands. */
  async function options(name, rows) {
    const id = shown;
    const field = registry.get(id);
    const before = read(field, name) ?? [];
    const other = rows.length === before.length ? rows.filter((row, at) => row.value !== before[at].value) : [];
    const old = other.length === 1 ? before[rows.indexOf(other[0])].value : "";
    const mine = !old || !other[0].value || (await own({ kind: "option", of: `${element}.${field.key}`, old, wanted: other[0].value }, name, id));
    if (mine) change(name, rows.length ? rows : undefined, id);
    else if (mine === false && id === shown) draw();
  }

  function rename(id, name, value) {
    if (!registry.get(id)) return; // removed meanwhile
    edit(registry.get(id), name, value);
    const field = registry.get(id);
    const wanted = `Field_${value}`;
    // The editor's own ids say nothing to a reader of the file; a person's are left alone.
    if (/^Field_[0-9a-z]{7}$/.test(field.id) && value && !registry.get(wanted)) {
      const here = id === shown;
      modeling.editFormField(field, "id", wanted);
      if (!here) return;
      shown = wanted;
      selection.set(registry.get(wanted));
    }
  }

  const answering = () =>
    registry.getAll().filter((each) => each.key && each.id !== shown && kinds.get(each.type)?.compared).map((each) => ({
      id: each.key, title: called(each, kinds), kind: kinds.get(each.type).compared,
      values: (each.values ?? []).map(({ value, label }) => ({ id: value, title: label })),
    }));

  // ---- widgets, by kind

  function conditionAt(name, value, ties) {
    const place = el("div", ties);
    const held = {};
    const draw = (now) => place.replaceChildren(conditionBox(now.replace(/^=/, ""), (next) => {
      change(name, next ? `=${next}` : "");
      draw(next);
    }, { t, comparisons: panels.comparisons, language: "feel", names: Object.fromEntries(answering().map((each) => [each.id, each])), held }));
    draw(String(value ?? ""));
    return place;
  }

  const text = (name, value, type, more = {}) => (ties) =>
    el("input", { ...ties, class: "ed-input", type, value: value ?? "", ...more, change: ({ target }) => {
      const given = target.value.trim();
      if (name === "key" || name === "path") rekey(name, given, target);
      else change(name, more.number && given !== "" ? Number(given) : given);
    } });

  const widgets = {
    text: (name, value) => text(name, value, "text"),
    new: (name, value) => text(name, value, "text", { pattern: "[A-Za-z_][A-Za-z0-9_]*", spellcheck: "false" }),
    name: (name, value) => text(name, value, "text", { spellcheck: "false" }),
    whole: (name, value, property) => text(name, value, "number", { step: "1", number: !property }),
    number: (name, value, property) => text(name, value, "number", { step: "any", number: !property }),
    lines: (name, value) => (ties) => el("textarea", { ...ties, class: "ed-input", rows: "6", change: ({ target }) => change(name, target.value) }, value ?? ""),
    condition: (name, value) => ({ id, "aria-describedby": describedBy }) =>
      conditionAt(name, value, { id, role: "group", tabindex: "-1", "aria-describedby": describedBy }),
    options: (name, value) => ({ id }) => rowsEditor(id, value ?? [], optionColumns(), t, (rows) => options(name, rows)),
    columns: (name, value) => ({ id }) =>
      rowsEditor(id, value ?? [], [["label", t("Label")], ["key", t("Key")], ["label_en", t("English")]], t, (rows) => change(name, rows.length ? rows : undefined)),
  };

  const optionColumns = () => {
    const field = registry.get(shown);
    const more = kinds.get(field.type).option.map((id) => panels.component_properties[id]).filter(({ id }) => id !== "label_en");
    return [["label", t("Label")], ["value", t("Value")], ["label_en", t("English")], ...more.map(({ id, title }) => [id, title, "flag"])];
  };

  function chosen(name, value, options) {
    return (ties) => {
      const made = el("select", { ...ties, class: "ed-input", change: ({ target }) => change(name, target.value) }, el("option", { value: "" }, t("(none)")));
      const known = options.some(({ id }) => id === value) || !value ? options : [...options, { id: value, title: value }];
      for (const { id, title } of known) made.append(el("option", { value: id, selected: id === value }, title));
      return made;
    };
  }

  function flag(name, declared, value, property) {
    const holds = value === true || value === "true" || (value === undefined && ON.has(name));
    const kept = (on) => (property ? (value === true || value === false ? on : on ? "true" : "") : on);
    const { row, input } = labelled(declared.title, declared.help, (ties) =>
      el("input", { ...ties, type: "checkbox", checked: holds, change: ({ target }) => change(name, target.checked ? (ON.has(name) ? "" : kept(true)) : ON.has(name) ? false : "") }));
    row.classList.add("ed-flag");
    return { row, input };
  }

  function one(declared, property) {
    const name = property ? `properties.${declared.id}` : declared.id;
    const value = read(registry.get(shown), name);
    let made;
    if (declared.kind === "flag") made = flag(name, declared, value, property);
    else if (declared.kind === "one_of") made = labelled(declared.title, declared.help, chosen(name, value, declared.choices));
    else if (declared.kind === "field") made = labelled(declared.title, declared.help, chosen(name, value, answering()));
    else if (panels.things[declared.kind]) made = labelled(declared.title, declared.help, chosen(name, value, panels.things[declared.kind]));
    else made = labelled(declared.title, declared.help, (widgets[declared.kind] ?? widgets.text)(name, value, property));
    made.row.dataset.attribute = name;
    return made.row;
  }

  // ---- drawing

  function settings(field) {
    const kind = kinds.get(field.type);
    if (!kind) return [el("p", { class: "ed-wrong" }, t("The portal has no such component: remove it."))];
    const declared = [
      ...kind.attributes.map((id) => panels.attributes[id]).filter((each) => each && !each.drawn && each.id !== INSIDE).map((each) => [each, false]),
      ...kind.properties.map((id) => [panels.component_properties[id], true]),
    ];
    return panels.sorts.map(({ id, title }) => {
      const of = declared.filter(([each]) => each.sort === id);
      if (!of.length) return null;
      return el("details", { class: "ed-group", open: !folded.get(id), toggle: ({ target }) => folded.set(id, !target.open) }, el("summary", {}, title), ...of.map(([each, property]) => one(each, property)));
    });
  }

  function move(field, by) {
    const parent = parentOf(field);
    const index = parent[INSIDE].findIndex((each) => each.id === field.id);
    const target = index + by;
    if (target < 0 || target >= parent[INSIDE].length) return;
    const layouter = editor.get("formLayouter");
    const row = layouter.getRowForField(parent[INSIDE][target]);
    modeling.moveFormField(field, parent, parent, index, target, null, null);
    if (row) selection.set(registry.get(field.id));
    draw();
  }

  function head(field) {
    const parent = parentOf(field);
    const index = parent[INSIDE].findIndex((each) => each.id === field.id);
    return el("div", { class: "ed-head" },
      el("button", { type: "button", class: "ed-link", click: () => selection.set(root()) }, t("All components")),
      el("h2", { class: "ed-title", tabindex: "-1" }, kinds.get(field.type)?.title ?? field.type),
      file.readOnly ? null : el("div", { class: "ed-bar" },
        button(t("Up"), () => move(field, -1), { disabled: index === 0 }),
        button(t("Down"), () => move(field, 1), { disabled: index === parent[INSIDE].length - 1 }),
        button(t("Remove"), () => {
          modeling.removeFormField(field, parent, index);
          draw();
          place.querySelector(".ed-title")?.focus();
        })));
  }

  function listed(parent) {
    const list = el("ul", { class: "ed-list" });
    for (const each of parent[INSIDE] ?? []) {
      const item = el("li", {}, el("button", { type: "button", class: "ed-link", click: () => {
        selection.set(registry.get(each.id));
        place.querySelector(".ed-title")?.focus();
      } }, called(each, kinds)), el("span", { class: "ed-kind" }, kinds.get(each.type)?.title ?? each.type));
      if (each[INSIDE]) item.append(listed(each));
      list.append(item);
    }
    return list;
  }

  function problems() {
    for (const each of place.querySelectorAll(".ed-problem")) each.remove();
    if (!shown) return;
    for (const problem of shell.problems?.(file.path) ?? []) {
      const [, id, attribute] = /^field:([^.]*)\.?(.*)$/.exec(problem.part ?? "") ?? [];
      if (id !== shown) continue;
      const row = [...place.querySelectorAll("[data-attribute]")].find((each) => each.dataset.attribute === attribute) ?? place.querySelector(".ed-head");
      row?.append(el("p", { class: `ed-problem ed-${problem.severity}` }, problem.text));
    }
  }

  function draw() {
    // What is typed belongs to the component that is shown: a field that goes with it tells of its change only as it goes.
    if (place.contains(document.activeElement)) document.activeElement.blur();
    const field = selected();
    shown = field?.id ?? null;
    if (field) {
      const body = el("div", { class: "ed-component" }, ...settings(field).filter(Boolean));
      body.inert = file.readOnly;
      place.replaceChildren(head(field), body);
    } else {
      const form = root();
      place.replaceChildren(el("h2", { class: "ed-title", tabindex: "-1" }, t("Components of this form")), form ? listed(form) : "");
    }
    problems();
  }

  return {
    draw,
    problems,
    /** After a change: what is being typed stays as it is, the rest follows. */
    refresh() {
      if ((selected()?.id ?? null) !== shown) draw();
      else setTimeout(() => place.contains(document.activeElement) || draw()); // with Tab the next field has the focus only then
    },
    goTo(where) {
      const [, id, attribute] = /^(?:field:)?([^.]*)\.?(.*)$/.exec(placed(where).part || placed(where).element) ?? [];
      const field = registry.get(id) ?? registry.getAll().find((each) => each.key === id || each.path === id);
      if (!field) return;
      selection.set(field);
      draw();
      const row = [...place.querySelectorAll("[data-attribute]")].find((each) => each.dataset.attribute === attribute);
      row?.closest("details")?.setAttribute("open", "");
      (row?.querySelector("input, select, textarea") ?? place.querySelector(".ed-title"))?.focus();
    },
  };
}
