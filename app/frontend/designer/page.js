// The page of a draft: tree, tabs, editors, saving, who else is here, problems. Editors are loaded when a file of their kind is opened.
import "./page.css";
import { anew } from "./anew.js";
import { api, Answered, filePath } from "./server.js";
import { ask, clashed, dialog, line, sides } from "./dialogs.js";
import { FRESH, ID } from "./fresh.js";
import { forget } from "./kept.js";
import { open as plain } from "./plain.js";
import { Problems } from "./problems.js";
import { page, Saver } from "./saving.js";
import { renamed } from "./canvas/renaming.js";
import { Tree } from "./tree.js";
import { boot, h, moment, t } from "./words.js";

const at = (id) => document.getElementById(id);
const EDITORS = { diagram: "canvas", form: "forms", decision: "decisions" };
const tabs = new Map(); // path → {panel, host, editor, button, file}
const listeners = new Set();
let shown = null;
let problems = [];
let panelsSaid = null;

const saver = new Saver(told);
const tree = new Tree(at("dz-tree"), (path) => openFile(path), boot.readOnly ? null : newFile);
const check = new Problems(at("dz-problems"), {
  api, page, openFile, reopen, readOnly: boot.readOnly, tell: setProblems, title: (path) => tree.title(path), ready: () => saver.all(),
});

/* ---- saving, as people read it ---- */
function told(state, { path, at: time, clash, text, changed }) {
  const words = {
    saved: () => t("Saved at %(time)s", { time: moment(time) }), saving: () => t("Saving …"), waiting: () => t("Not saved yet"),
    away: () => t("Kept in this browser; it is sent as soon as the portal answers"), "signed-out": () => t("Not saved yet"), refused: () => text, clash: () => t("Somebody was faster"),
  };
  at("dz-saved").textContent = words[state]();
  const signIn = at("dz-signin");
  if (state === "signed-out" && !signIn) {
    const link = h("a", { href: `/login?next=${encodeURIComponent(window.location.pathname)}`, target: "_blank", rel: "opener" }, t("Sign in"));
    at("dz-notes").append(h("p", { id: "dz-signin", class: "notice notice--warning" }, t("You are signed out. What you write is kept in this browser and sent after you have signed in again."), " ", link));
  } else if (state === "saved") signIn?.remove();
  if (state === "saved" && changed) {
    panelsSaid = null;
    refresh();
    check.later();
  }
  if (state === "clash") settle(path, clash);
}

async function settle(path, clash) {
  const choice = await clashed(tree.title(path), clash);
  const editor = tabs.get(path)?.editor;
  const mine = (editor && (await unsaved(path))) ?? clash.mine; // typed since it was sent, too
  if (choice === "mine") await put(path, mine, clash.revision);
  else if (mine !== clash.mine) await aside(path, mine);
  await reopen(path);
  at("dz-saved").textContent = t("All changes are saved");
}

/** What its editor holds and nobody has sent, taken over from the saver: null where there is nothing. */
async function unsaved(path) {
  const file = saver.files.get(path);
  file?.take();
  if (!file?.dirty) return null;
  file.dirty = false;
  return file.content();
}

/** A text that is not the file's is kept beside it. */
async function aside(path, content) {
  await api("PUT", filePath(path), { content }, { revision: 0 }).then(() => {}, () => {});
  await forget(path, content);
}

async function put(path, content, revision) {
  const said = await api("PUT", filePath(path), { content, page }, { revision }).catch((error) => {
    if (error instanceof Answered && error.said.clash) return settle(path, error.said.clash);
    throw error;
  });
  panelsSaid = null; // what there is to choose from may be another now
  await refresh();
  check.later();
  return said;
}

/* ---- tree ---- */
async function refresh() {
  tree.draw(await api("GET", "tree"), shown);
}

async function newFile(kind, title) {
  const id = await line(`${t("New file")}: ${title}`, t("Its id"), t("Small letters, digits, _ and -; a form is called like its step."));
  if (id === null) return;
  const { path, content } = FRESH[kind];
  if (!ID.test(id)) told("refused", { text: t("“%(id)s” is no id: small letters, digits, _ and - alone.", { id }) });
  else if (tree.entry(path(id)) && tree.entry(path(id)).changed !== "removed") await openFile(path(id));
  else {
    await put(path(id), content(id), tree.entry(path(id))?.revision ?? 0);
    await openFile(path(id));
  }
}

/* ---- files and tabs ---- */
async function editorFor(path) {
  const kind = tree.entry(path)?.kind;
  const name = /^(package|english)\.toml$/.test(path) ? "settings" : EDITORS[kind] ?? "text";
  const bundle = boot.bundles[name];
  if (!bundle) return plain;
  if (bundle.css && !document.querySelector(`link[href="${bundle.css}"]`)) document.head.append(h("link", { rel: "stylesheet", href: bundle.css }));
  return (await import(bundle.js)).open;
}

const opening = new Map();
let wanted = 0; // counts what somebody asked to see: what was asked for earlier and comes later stays behind
function openFile(path, where) {
  const mine = ++wanted;
  if (!opening.has(path)) opening.set(path, openNow(path).finally(() => opening.delete(path)));
  return opening.get(path).then(() => {
    if (mine !== wanted) return;
    show(path);
    if (where) tabs.get(path)?.editor?.goTo(where);
  });
}

let touched = 0;
for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, () => (touched += 1), true);
/** For what takes its time: gives a question whether the person has done nothing since. */
function undisturbed() {
  const before = [touched, wanted];
  return () => before[0] === touched && before[1] === wanted;
}

async function openNow(path) {
  if (tabs.has(path)) return;
  const code = editorFor(path); // comes while the file does
  code.catch(() => {});
  const file = await api("GET", filePath(path));
  const host = h("div", { class: "dz-panel__host" });
  const tools = h("div", { class: "dz-panel__tools" });
  const panel = h("section", { class: "dz-panel", hidden: true, "aria-label": tree.title(path) }, tools, host);
  at("dz-panels").append(panel);
  const tab = { panel, host, tools, file, editor: null };
  tabs.set(path, tab);
  await fill(path, tab);
  drawTabs();
}

async function fill(path, tab) {
  const { file, host } = tab;
  drawTools(path, tab);
  if (file.content === null) {
    host.replaceChildren(file.removed ? h("p", {}, t("It was removed.")) : h("div", {}, h("p", {}, t("This file cannot be shown here. It can be fetched, and replaced by another one.")),
      h("p", {}, h("a", { href: `/designer/api/workspaces/${boot.workspace}/${filePath(path)}?raw=1` }, t("Fetch the file"))), replacer(path, tab)));
    return;
  }
  const open = await editorFor(path);
  tab.editor = await open(host, { path, content: file.content, revision: file.revision, readOnly: file.readOnly || boot.readOnly }, shellFor(path));
  saver.watch(path, file.revision, () => tab.editor.content(), () => tab.editor.take?.());
}

function replacer(path, tab) {
  const field = h("input", { type: "file", class: "sr", id: `dz-file-${tabs.size}` });
  field.addEventListener("change", async () => {
    const bytes = new Uint8Array(await field.files[0].arrayBuffer());
    let text = "";
    for (let start = 0; start < bytes.length; start += 0x8000) text += String.fromCharCode(...bytes.subarray(start, start + 0x8000));
    await api("PUT", filePath(path), { data: btoa(text), page }, { revision: tab.file.revision });
    await refresh();
    await reopen(path);
  });
  return h("p", { hidden: boot.readOnly }, field, h("label", { for: field.id, class: "btn btn--small f-choose" }, t("Replace it")));
}

function drawTools(path, tab) {
  const entry = tree.entry(path);
  const button = (label, run) => h("button", { type: "button", class: "btn btn--small", onclick: run }, label);
  const make = [h("code", {}, path), button(t("Kept versions"), () => showVersions(path))];
  if (!boot.readOnly) {
    if (tab.file.removed || entry?.changed === "changed") make.push(button(tab.file.removed ? t("Put it back") : t("As in the release again"), () => restore(path)));
    if (!tab.file.removed && nameOf(path)) make.push(button(t("Rename it"), () => rename(path)));
    if (!tab.file.removed && path !== "package.toml") make.push(button(t("Take the file out"), () => remove(path)));
  }
  tab.tools.replaceChildren(...make);
}

async function reopen(path) {
  const tab = tabs.get(path);
  if (!tab) return;
  const left = tab.editor && (await unsaved(path)); // written while the file was changed elsewhere
  tab.editor?.close();
  tab.editor = null;
  saver.files.delete(path);
  if (left !== null && left !== undefined) await aside(path, left);
  tab.file = await api("GET", filePath(path));
  await refresh();
  await fill(path, tab);
}

/** What a file is called elsewhere: {kind, before, name, after}; null where it has no name of its own (a form has that of its step). */
function nameOf(path) {
  const ways = [["mail", /^(mail\/)(.+)(\.md)$/], ["document", /^(pdf\/)(.+)(\.html)$/], ["file", /^(files\/|scenarios\/)(.+?)(\.\w+)$/], ["file", /^()([^/]+)(\.bpmn|\.dmn)$/]];
  for (const [kind, way] of ways) {
    const [, before, name, after] = way.exec(path) ?? [];
    if (name) return { kind, before, name, after };
  }
  return null;
}

async function rename(path) {
  const { kind, before, name, after } = nameOf(path);
  const field = h("input", { class: "dc-input dc-code", id: "dz-rename", value: name });
  const asked = await dialog(t("Rename it"), h("p", {}, h("label", { for: field.id }, t("New name")), field), [{ label: t("Continue"), value: "yes", kind: "primary" }, { label: t("Cancel"), value: "" }]);
  const wanted = field.value.trim();
  if (asked !== "yes" || !wanted || wanted === name) return;
  const whole = (said) => (kind === "file" ? `${before}${said}${after}` : said);
  const tell = (text) => dialog(t("Rename it"), h("p", {}, text), [{ label: t("Close"), value: "" }]);
  if (await renamed({ t, shell: shellFor(path), tell }, { kind, old: whole(name), wanted: whole(wanted) })) await openFile(`${before}${wanted}${after}`);
}

async function remove(path) {
  if (!(await ask(t("Take out %(title)s? What it holds is kept, and can be put back.", { title: tree.title(path) })))) return;
  await saver.save(path);
  await api("DELETE", filePath(path), undefined, { revision: saver.revision(path) ?? tabs.get(path).file.revision });
  await reopen(path);
}

async function restore(path) {
  const revision = saver.revision(path) ?? tabs.get(path).file.revision;
  if (tabs.get(path).file.removed && !tabs.get(path).file.inBase) {
    const last = (await api("GET", `versions?path=${encodeURIComponent(path)}`)).versions.find((each) => !each.removed);
    const said = await api("GET", `versions/${last.id}?path=${encodeURIComponent(path)}`);
    await put(path, said.content, revision);
  } else await api("POST", "restore", { path, page }, { revision });
  await reopen(path);
}

async function showVersions(path) {
  const { versions } = await api("GET", `versions?path=${encodeURIComponent(path)}`);
  const list = h("ul", { class: "plain" });
  for (const each of versions) {
    const words = each.kind === "aside" ? "Kept aside: %(name)s, %(time)s" : "Saved: %(name)s, %(time)s";
    const look = async () => {
      const said = await api("GET", `versions/${each.id}?path=${encodeURIComponent(path)}`);
      const now = tabs.get(path).editor ? await tabs.get(path).editor.content() : null;
      const titles = [t(words, { name: each.by, time: moment(each.at) }), tree.title(path)];
      const choices = boot.readOnly || said.content === null ? [] : [{ label: t("Use this one"), value: "use", kind: "primary" }];
      if ((await dialog(titles[0], sides(said.content, now, titles), [...choices, { label: t("Close"), value: "" }])) !== "use") return;
      box.close();
      await saver.save(path);
      await put(path, said.content, saver.revision(path) ?? tabs.get(path).file.revision);
      await reopen(path);
    };
    list.append(h("li", {}, t(words, { name: each.by, time: moment(each.at) }), " ", each.removed ? t("It was removed.") : h("button", { type: "button", class: "btn btn--small", onclick: look }, t("Show"))));
  }
  const shownNow = dialog(`${t("Kept versions")}: ${tree.title(path)}`, versions.length ? list : h("p", {}, t("There is no earlier version.")), [{ label: t("Close"), value: "" }]);
  const box = document.querySelector("dialog.dz-dialog:last-of-type");
  await shownNow;
}

function drawTabs() {
  const all = Array.from(tabs.keys()).map((path) => {
    const title = tree.title(path);
    return h("span", { class: `dz-tab${path === shown ? " is-shown" : ""}` },
      h("button", { type: "button", title: path, "aria-pressed": String(path === shown), onclick: () => choose(path) }, title),
      h("button", { type: "button", "aria-label": t("Close %(title)s", { title }), onclick: () => closeFile(path) }, "×"));
  });
  anew(at("dz-tabs"), () => at("dz-tabs").replaceChildren(...(all.length ? all : [h("p", {}, t("No file is open. Choose one on the left."))])), (each) => each.ariaLabel || each.title);
}

function show(path) {
  shown = path;
  for (const [each, tab] of tabs) tab.panel.hidden = each !== path;
  for (const node of at("dz-tree").querySelectorAll("[data-path]")) {
    if (node.dataset.path !== path) node.removeAttribute("aria-current");
    else {
      node.setAttribute("aria-current", "true");
      node.closest("details").open = true;
    }
  }
  drawTabs();
  const address = new URL(window.location.href);
  address.searchParams.delete("at");
  if (path) address.searchParams.set("file", path);
  else address.searchParams.delete("file");
  window.history.replaceState(null, "", address);
  here();
}

/** As somebody asks for it. */
function choose(path) {
  wanted += 1;
  show(path);
}

async function closeFile(path) {
  await saver.unwatch(path);
  const tab = tabs.get(path);
  tab.editor?.close();
  tab.panel.remove();
  tabs.delete(path);
  choose(Array.from(tabs.keys()).pop() ?? null);
}

/* ---- what editors are given ---- */
function shellFor(path) {
  return {
    changed: () => saver.changed(path),
    api: (method, where, body) => api(method, where, body),
    async read(other) {
      const open = tabs.get(other);
      if (open?.editor) return open.editor.content();
      return api("GET", filePath(other)).then((file) => file.content, (error) => { if (error.status === 404) return null; throw error; });
    },
    async write(other, content) {
      const open = tabs.get(other);
      await saver.save(other);
      const now = await api("GET", filePath(other)).catch((error) => { if (error.status === 404) return { revision: 0 }; throw error; });
      await put(other, content, saver.revision(other) ?? now.revision);
      if (open) await reopen(other);
    },
    /** All that is written and not yet sent. */
    async save() {
      for (const each of tabs.keys()) await saver.save(each);
    },
    /** Files were changed elsewhere than in their editors: they are opened again, what is gone is closed. */
    async reload(paths) {
      panelsSaid = null;
      await refresh();
      for (const each of paths.filter((other) => tabs.has(other))) await (tree.entry(each) ? reopen(each) : closeFile(each));
    },
    openFile,
    undisturbed,
    panels,
    names: (element) => api("GET", `names?element=${encodeURIComponent(element)}`),
    problems: (other) => problems.filter((each) => each.file === other),
    /** Calls whenever the problems were found anew; what comes back ends that. */
    onProblems(run) {
      listeners.add(run);
      return () => listeners.delete(run);
    },
    language: boot.language,
    t,
  };
}

/** What there is to choose from, asked for once; what failed is asked for anew the next time. */
function panels() {
  const said = (panelsSaid ??= api("GET", "panels").catch((error) => {
    if (panelsSaid === said) panelsSaid = null;
    throw error;
  }));
  return said;
}

/** For whoever knows of problems (the check while drawing): shown to the editors that listen. */
export function setProblems(found) {
  problems = found;
  for (const run of listeners) run(found);
}

/* ---- who else is here ---- */
async function here() {
  try {
    const said = await api("POST", "seen", { page, path: shown ?? "" });
    const others = said.others.filter((each) => each.path === shown && shown);
    const names = Array.from(new Set(others.filter((each) => !each.mine).map((each) => each.name)));
    const words = names.length ? [t("%(names)s also has this file open", { names: names.join("、") })] : [];
    if (others.some((each) => each.mine)) words.push(t("You have this file open in another window, too"));
    at("dz-here").textContent = words.join(" ");
    return said.again * 1000;
  } catch {
    return 15_000;
  }
}

/** Who only reads is not said to be here. */
async function keepHere() {
  if (!boot.watches) return;
  const wait = document.hidden ? 15_000 : await here();
  window.setTimeout(keepHere, wait);
}

window.addEventListener("pagehide", () => boot.watches && api("POST", "seen", { page, left: true }, { keepalive: true }).catch(() => {}));

/** The page that was here before this one, in the same window, is gone: a reload may be faster than its last word. */
async function returned() {
  const before = sessionStorage.getItem("nintei-designer-page");
  sessionStorage.setItem("nintei-designer-page", page);
  if (before && boot.watches) await api("POST", "seen", { page: before, left: true }).catch(() => {});
}

/* ---- begin ---- */
async function begin() {
  at("dz").hidden = false;
  await refresh();
  drawTabs();
  if (boot.readOnly) at("dz-notes").append(h("p", { class: "notice notice--info" }, t("This draft is not being written at the moment; it can be read.")));
  const left = boot.readOnly ? [] : await saver.left();
  if (left.length) {
    await refresh();
    at("dz-saved").textContent = t("The text was sent again after you came back: it is saved.");
  }
  await returned();
  if (boot.file) {
    panels().catch(() => {}); // every editor asks for them
    await openFile(boot.file, boot.at).catch(() => {});
  }
  check.look(); // the portal works longest at this: what somebody waits for comes first
  for (const { path, clash } of left) if (clash) await openFile(path).then(() => settle(path, clash));
  keepHere();
}

export { ask, line, openFile, saver };
await begin();
