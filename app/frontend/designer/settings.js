// package.toml and english.toml as forms made from their declarations; comments and order stay, for the server changes the text in place.
import "./editors.css";
import { button, el, helped, labelled, placed, segmented } from "./dom.js";
import { fieldsOf } from "./fields.js";
import { boot } from "./words.js";

const AGAIN = 10_000; // milliseconds after which what could not be sent is sent again

/** The portal said nothing, or that it cannot just now: what was asked of it is still to be asked. */
const unreached = (error) => error.status === undefined;

/**
 * The text of a TOML file, changed one after the other. What the portal refuses is refused alone; what does not reach it waits, in its place, for
 * the next change.
 */
function textOf(file, shell, told) {
  const held = { text: file.content, values: {}, owed: [] };
  let turn = Promise.resolve();
  const one = async (changes) => {
    const before = held.text;
    const answer = await shell.api("POST", "tables", { path: file.path, content: before, changes });
    held.text = answer.content;
    held.values = answer.values;
    if (held.text !== before) told();
  };
  held.drop = (changes) => { held.owed = held.owed.filter((each) => each !== changes); };
  const all = async () => {
    while (held.owed.length) {
      const [first] = held.owed;
      await one(first).catch((error) => {
        if (!unreached(error)) held.drop(first);
        throw error;
      });
      held.drop(first);
    }
  };
  held.send = (changes) => {
    held.owed.push(changes);
    turn = turn.catch(() => {}).then(all);
    return turn;
  };
  held.settled = () => turn.catch(() => {});
  return held;
}

/** The values as they will be: what is drawn before the portal has answered shows what was typed. */
function assume(values, changes) {
  for (const { path, value } of changes) path.slice(0, -1).reduce((from, key) => (from[key] ??= {}), values)[path.at(-1)] = value;
}

const change = (path, value) => (value === undefined ? { path, act: "remove" } : { path, act: "set", value });

/**
 * The header of a mail or document as a form: for the editor of texts. `text()` gives the file, `replace(text)` takes it. One change is made after the
 * other, each to the text as it stands when the answer is there: somebody may be writing in it meanwhile.
 */
export async function headerForm(file, shell, text, replace) {
  const panels = await shell.panels();
  const section = panels.headers[file.path.startsWith("mail/") ? "mail" : "document"];
  const said = el("p", { class: "ed-said", role: "status" });
  const place = el("div", { class: "ed-table-form" });
  const ask = (changes) => shell.api("POST", "tables", { path: file.path, content: text(), changes });
  async function make(path, value) {
    const known = value !== undefined || (await ask([])).values[path[0]] !== undefined;
    while (known) {
      const before = text();
      const { content } = await ask([change(path, value)]);
      if (text() === before) return replace(content);
    }
    return undefined;
  }
  let turn = Promise.resolve();
  const rows = fieldsOf({ panels, language: shell.language, t: shell.t, change: (path, value) => {
    turn = turn.then(() => make(path, value)).then(() => { said.textContent = ""; }, (error) => { said.textContent = error.message; });
  } });
  return {
    place: el("div", {}, said, place),
    async draw() {
      try {
        const { values } = await ask([]);
        place.replaceChildren(...rows(section, [], values));
        said.textContent = "";
      } catch (error) {
        place.replaceChildren();
        said.textContent = error.message;
      }
      place.inert = Boolean(file.readOnly);
    },
  };
}

export async function open(host, file, shell) {
  const t = shell.t;
  const panels = await shell.panels();
  const english = file.path === "english.toml";
  const said = el("p", { class: "ed-said", role: "status" });
  const body = el("div", { class: "ed-settings-body" });
  const nav = el("nav", { class: "ed-sections", "aria-label": t("Sections") });
  const held = textOf(file, shell, () => shell.changed());
  let shown = 0;
  let textEditor = null;
  let later = 0;

  /** `again`: what is there becomes another, and the places of things with it; until it is known nothing is typed into what was there. */
  async function send(changes, again = false) {
    if (again) body.inert = true;
    else assume(held.values, changes);
    window.clearTimeout(later);
    try {
      await held.send(changes);
      said.textContent = "";
      if (again) draw();
    } catch (error) {
      said.textContent = error.message; // what was typed stands where it was typed
      if (again) held.drop(changes); // pressed, and not done: to be pressed again
      if (held.owed.length) later = window.setTimeout(() => textEditor ?? send([]), AGAIN);
    }
    if (again) body.inert = false;
  }

  const at = (path) => path.reduce((from, key) => from?.[key], held.values);
  const rows = fieldsOf({ panels, language: shell.language, t, change: (path, value) => {
    if (value === undefined && at(path) === undefined) return;
    send([change(path, value)]);
  } });

  // ---- sections

  function entry(section, path, title, values, tools) {
    return el("details", { class: "ed-group", "data-entry": path.join(".") }, el("summary", {}, title),
      el("div", { class: "ed-table-form" }, ...rows(section, path, values)), file.readOnly ? null : el("div", { class: "ed-bar" }, ...tools));
  }

  const starting = (section) => Object.fromEntries(section.keys.filter((key) => key.required && key.id !== "id").map((key) => [key.id, key.many ? [] : key.kind === "whole" ? key.least : key.kind === "flag" ? false : key.choices[0]?.id ?? ""]));
  const remove = (path) => button(t("Remove"), () => send([change(path, undefined)], true));

  function adding(section, path, taken, extra = {}) {
    if (file.readOnly) return null;
    const free = section.names !== "new" || section.fixed.length ? (section.fixed.length ? section.fixed : panels.things[section.names] ?? []).filter(({ id }) => !taken.includes(id)) : null;
    if (free && !free.length) return null;
    const { row, input } = labelled(t("Name of the new entry"), free ? "" : t("Small letters, digits and _: files know it by this name"), (ties) => (free
      ? el("select", { ...ties, class: "ed-input" }, ...free.map(({ id, title }) => el("option", { value: id }, title)))
      : el("input", { ...ties, class: "ed-input", pattern: "[a-z][a-z0-9_]*", title: t("Small letters, digits and _: files know it by this name"), spellcheck: "false" })));
    return el("form", { class: "ed-bar ed-adding", submit: (event) => {
      event.preventDefault();
      const name = input.value.trim();
      if (taken.includes(name)) {
        said.textContent = t("“%(name)s” is there already", { name });
        input.focus();
      } else if (name) fresh({ path: [...path, name], act: "set", value: { ...starting(section), ...extra } }, [...path, name]);
    } }, row, el("button", { class: "btn btn--small" }, t("Add")));
  }

  /** A new entry, opened, with the keys at its first field. */
  async function fresh(made, path) {
    await send([made], true);
    const found = [...body.querySelectorAll("[data-entry]")].find(({ dataset }) => dataset.entry === path.join("."));
    if (!found) return;
    found.open = true;
    found.querySelector("input, select, textarea")?.focus();
  }

  function named(section) {
    const found = at([section.id]) ?? {};
    const fixed = new Map([...section.fixed, ...(panels.things[section.names] ?? [])].map(({ id, title }) => [id, title]));
    return [...Object.entries(found).map(([name, values]) => entry(section, [section.id, name], values.title ? `${values.title}（${fixed.get(name) ?? name}）` : fixed.get(name) ?? name, values, [remove([section.id, name])])),
      adding(section, [section.id], Object.keys(found), { title: "" })];
  }

  function listed(section) {
    const found = at([section.id]) ?? [];
    const move = (place, by) => button(by < 0 ? t("Up") : t("Down"), () => send([{ path: [section.id, place], act: "move", value: by }], true), { disabled: place + by < 0 || place + by >= found.length });
    return [...found.map((values, place) => entry(section, [section.id, place], values.title || values.id, values, [move(place, -1), move(place, 1), remove([section.id, place])])),
      file.readOnly ? null : button(t("Add"), () => fresh(found.length
        ? { path: [section.id, found.length], act: "set", value: { id: `${section.id}_${found.length + 1}`, ...starting(section) } }
        : { path: [section.id], act: "set", value: [{ id: `${section.id}_1`, ...starting(section) }] }, [section.id, found.length]))];
  }

  function nested(section) {
    const found = at([section.id]) ?? {};
    const titles = new Map(panels.things.section.map(({ id, title }) => [id, title]));
    return [...Object.entries(found).map(([name, settings]) => el("details", { class: "ed-group", "data-entry": `${section.id}.${name}` }, el("summary", {}, titles.get(name) ?? name),
      ...Object.entries(settings).map(([key, values]) => entry(section, [section.id, name, key], values.title || key, values, [remove([section.id, name, key])])),
      adding(section, [section.id, name], Object.keys(settings), { value: "" }))),
    adding({ ...section, keys: [], names: "new" }, [section.id], Object.keys(found))];
  }

  const SHAPES = { one: (section) => rows(section, section.id ? [section.id] : [], section.id ? at([section.id]) : held.values), named, listed, nested };

  // ---- English

  function translations() {
    const missing = el("input", { type: "checkbox", id: "ed-missing", change: () => table() });
    const wanted = el("input", { class: "ed-input", type: "search", "aria-label": t("Find"), placeholder: t("Find"), input: () => table() });
    const place = el("tbody");
    const table = () => {
      const all = new Map(panels.english.map((each) => [each.words, each]));
      for (const words of Object.keys(held.values)) if (!all.has(words)) all.set(words, { words, elsewhere: false, unused: true });
      const shownRows = [...all.values()].filter(({ words, elsewhere }) => {
        const now = held.values[words] ?? "";
        return (!missing.checked || (!now && !elsewhere)) && `${words} ${now}`.toLowerCase().includes(wanted.value.toLowerCase());
      });
      place.replaceChildren(...shownRows.map(({ words, elsewhere, unused }) => el("tr", {}, el("th", { scope: "row", class: "ed-pre" }, words, unused ? el("span", { class: "ed-kind" }, t("No file says this any more")) : null),
        el("td", {}, el("input", { class: "ed-input", lang: "en", "aria-label": t("English of “%(words)s”", { words }), value: held.values[words] ?? "", placeholder: elsewhere ? t("stands in a title already") : "", disabled: file.readOnly,
          change: ({ target }) => (target.value || held.values[words] !== undefined) && send([change([words], target.value || undefined)]) })))));
    };
    table();
    return [el("div", { class: "ed-bar" }, wanted, el("label", { for: "ed-missing" }, missing, " ", t("Only what has no English"))),
      el("table", { class: "ed-english" }, el("thead", {}, el("tr", {}, el("th", { scope: "col" }, t("Japanese")), el("th", { scope: "col" }, t("English")))), place)];
  }

  /** Entries of a list are places in it; who leads here from elsewhere knows them by their ids. */
  function numbered(section, path) {
    if (section?.shape !== "listed") return path;
    const [name, id, ...rest] = path.split(".");
    const found = (at([name]) ?? []).findIndex((each) => each.id === id);
    return [name, found < 0 ? id : found, ...rest].join(".");
  }

  // ---- drawing

  function problems() {
    for (const each of body.querySelectorAll(".ed-problem")) each.remove();
    for (const problem of shell.problems?.(file.path) ?? []) {
      const where = (problem.part ?? "").replace(/^key:/, "");
      const row = [...body.querySelectorAll("[data-attribute]")].find((each) => each.dataset.attribute === where) ?? [...body.querySelectorAll("[data-entry]")].find((each) => where.startsWith(each.dataset.entry));
      row?.append(el("p", { class: `ed-problem ed-${problem.severity}` }, problem.text));
    }
  }

  function draw() {
    const openNow = new Set([...body.querySelectorAll("details[open]")].map((each) => each.dataset.entry));
    if (english) {
      body.replaceChildren(...translations());
      return;
    }
    const section = panels.package[shown];
    nav.replaceChildren(...panels.package.map(({ title }, place) => el("button", { type: "button", class: "ed-section", "aria-current": place === shown ? "true" : null, click: () => {
      shown = place;
      draw();
      body.querySelector("h2")?.focus();
    } }, title)));
    body.replaceChildren(el("h2", { class: "ed-title", tabindex: "-1" }, section.title), el("p", { class: "ed-help" }, helped(section.help ?? "")), ...SHAPES[section.shape](section).filter(Boolean));
    for (const each of body.querySelectorAll("details")) each.open = openNow.has(each.dataset.entry);
    if (file.readOnly) for (const each of body.querySelectorAll("input, select, textarea")) each.disabled = true;
    problems();
  }

  async function asText() {
    const bundle = boot.bundles.text;
    if (bundle.css && !document.querySelector(`link[href="${bundle.css}"]`)) document.head.append(el("link", { rel: "stylesheet", href: bundle.css }));
    const { open: openText } = await import(bundle.js);
    await held.settled();
    const place = el("div");
    main.replaceChildren(place);
    textEditor = await openText(place, { ...file, content: held.text }, shell);
  }

  async function asForm() {
    if (textEditor) {
      held.text = await textEditor.content();
      textEditor.close();
      textEditor = null;
    }
    try {
      await held.send([]);
      said.textContent = "";
    } catch (error) {
      said.textContent = error.message;
      return asText();
    }
    main.replaceChildren(...(english ? [body] : [nav, body]));
    draw();
    return undefined;
  }

  const main = el("div", { class: english ? "ed-settings ed-wide" : "ed-settings" });
  host.replaceChildren(el("div", { class: "ed-page" }, el("div", { class: "ed-bar" }, segmented(t("How it is shown"), [["form", t("As a form")], ["text", t("As text")]], "form", (how) => (how === "text" ? asText() : asForm())), said), main));
  await asForm();
  shell.onProblems?.(() => textEditor ?? problems());
  return {
    content: async () => {
      if (textEditor) return textEditor.content();
      await held.settled();
      return held.text;
    },
    goTo(where) {
      if (textEditor) return textEditor.goTo(where);
      const place = panels.package.findIndex(({ id }) => id && new RegExp(`^(?:key:)?${id}(?:\\.|$)`).test(placed(where).part));
      const path = numbered(panels.package[place], placed(where).part.replace(/^key:/, ""));
      shown = Math.max(place, 0);
      draw();
      for (const each of body.querySelectorAll("[data-entry]")) if (path.startsWith(each.dataset.entry)) each.open = true;
      const row = [...body.querySelectorAll("[data-attribute]")].find((each) => each.dataset.attribute === path);
      (row?.querySelector("input, select, textarea") ?? body.querySelector("h2"))?.focus();
      return undefined;
    },
    close() {
      textEditor?.close();
      host.replaceChildren();
    },
  };
}
