// The editor of decision tables: dmn-js, tables alone, in Japanese; holes and overlaps are the server's to find.
import "dmn-js/dist/assets/dmn-js-shared.css";
import "dmn-js/dist/assets/dmn-js-decision-table.css";
import "dmn-js/dist/assets/dmn-js-decision-table-controls.css";
import "dmn-js/dist/assets/dmn-font/css/dmn.css";
import "./editors.css";
import TableEditor from "dmn-js-decision-table/lib/Editor";
import TableViewer from "dmn-js-decision-table/lib/Viewer";
import { HIT_POLICIES } from "dmn-js-decision-table/lib/features/hit-policy/HitPolicies";
import Manager from "dmn-js-shared/lib/base/EditingManager";
import { is } from "dmn-js-shared/lib/util/ModelUtil";
import { anew } from "./anew.js";
import { button, el, placed, segmented } from "./dom.js";
import words from "./words/decisions.ja.json";

// What the portal reads: one rule fits, the first that fits counts, all that fit are collected.
const POLICIES = { UNIQUE: "Unique", FIRST: "First", COLLECT: "Collect" };

function keepPolicies(said) {
  const kept = HIT_POLICIES.filter(({ value }) => value.hitPolicy in POLICIES && !value.aggregation);
  for (const each of kept) {
    each.label = said(POLICIES[each.value.hitPolicy]);
    each.explanation = said(each.explanation);
  }
  HIT_POLICIES.splice(0, HIT_POLICIES.length, ...kept);
}

class Tables extends Manager {
  _getViewProviders() {
    return [{ id: "decisionTable", constructor: this._options?.readOnly ? TableViewer : TableEditor, opens: (element) => is(element, "dmn:Decision") && is(element.decisionLogic, "dmn:DecisionTable") }];
  }

  _init(options) {
    this._options = options;
    super._init(options);
  }
}

/** The XML now, with what the file said and the library leaves out because it goes without saying. */
function settled(original, xml) {
  if (!/<decisionTable\b[^>]*hitPolicy="UNIQUE"/.test(original)) return xml;
  return xml.replace(/<decisionTable\b(?![^>]*hitPolicy=)([^>]*?)(\/?)>/g, '<decisionTable$1 hitPolicy="UNIQUE"$2>');
}

export async function open(host, file, shell) {
  const t = shell.t;
  const said = (text) => (shell.language === "ja" ? words[text] ?? text : text);
  const translate = (text, places = {}) => said(text).replace(/\{([^}]+)\}/g, (all, name) => places[name.trim()] ?? all);
  keepPolicies(said);
  const place = el("div", { class: "ed-table" });
  const meanings = el("dl", { class: "ed-facts", "aria-label": t("What the values stand for") });
  const list = el("ul", { class: "ed-list", "aria-label": t("Problems of this table") });
  const bar = el("div", { class: "ed-bar" });
  host.replaceChildren(el("div", { class: "ed ed-decisions" }, el("div", { class: "ed-work" }, bar, place, meanings, list)));
  const manager = new Tables({ container: place, readOnly: file.readOnly, decisionTable: { additionalModules: [{ translate: ["value", translate] }] } });
  await manager.importXML(file.content);
  const opened = (await manager.saveXML({ format: true })).xml;
  const save = async () => {
    const { xml } = await manager.saveXML({ format: true });
    return xml === opened ? file.content : settled(file.content, xml);
  };

  let held = file.content;
  async function changed() {
    const now = await save();
    if (now === held) return;
    held = now;
    explain();
    shell.changed();
  }

  function listen() {
    const viewer = manager.getActiveViewer();
    if (!viewer || viewer.nintei) return;
    viewer.nintei = true;
    viewer.on("elements.changed", changed);
    const commands = viewer.get("commandStack", false);
    if (!commands) return;
    const undo = button(t("Undo"), () => commands.undo());
    const redo = button(t("Redo"), () => commands.redo());
    const show = () => {
      undo.disabled = !commands.canUndo();
      redo.disabled = !commands.canRedo();
    };
    viewer.on("commandStack.changed", () => {
      show();
      changed();
    });
    show();
    const views = manager.getViews();
    bar.replaceChildren(undo, redo, views.length > 1 ? segmented(t("Table"), views.map((view) => [view.id, view.name || view.id]), manager.getActiveView().id, async (id) => {
      await manager.open(views.find((view) => view.id === id));
      listen();
      problems();
    }) : "");
  }

  /** What stands in the cells is written as the table reads it: beside it stands what people call it. */
  let names = {};
  function explain() {
    const logic = manager.getActiveView()?.element.decisionLogic;
    const columns = [...(logic?.input ?? []).map((each, at) => [each.inputExpression?.text?.trim(), "inputEntry", at]), ...(logic?.output ?? []).map((each, at) => [each.name, "outputEntry", at])];
    meanings.replaceChildren(...columns.flatMap(([name, kind, at]) => {
      const cells = (logic.rule ?? []).map((rule) => rule[kind]?.[at]?.text ?? "").join(" ");
      const said = (names[name]?.values ?? []).filter(({ id, title }) => title !== id && cells.includes(`"${id}"`));
      return names[name]?.title || said.length ? [el("dt", {}, `${names[name].title || name}（${name}）`), el("dd", {}, said.map(({ id, title }) => `"${id}"＝${title}`).join("、"))] : [];
    }));
  }
  shell.api("GET", "canvas").then((told) => {
    names = told.names;
    explain();
  }).catch(() => {});

  const rules = () => manager.getActiveView()?.element.decisionLogic.rule ?? [];
  const row = (number) => {
    const id = rules()[number - 1]?.id;
    return id ? place.querySelector(`[data-row-id="${CSS.escape(id)}"]`)?.closest("tr") : null;
  };

  function show(number) {
    const found = row(number);
    found?.scrollIntoView({ block: "center" });
    found?.querySelector("[data-element-id], td")?.click();
  }

  let watched = null;
  function mark(numbers) {
    watched?.disconnect();
    for (const each of place.querySelectorAll("tr.ed-marked")) each.classList.remove("ed-marked");
    for (const number of numbers) row(number)?.classList.add("ed-marked");
    watched = new MutationObserver(() => mark(numbers));
    const corner = place.querySelector("th.index-column");
    if (corner && !corner.firstChild) corner.append(el("span", { class: "sr" }, t("Row")));
    const body = place.querySelector("tbody");
    if (body) watched.observe(body, { childList: true });
  }

  function problems() {
    const element = manager.getActiveView()?.element.id;
    const mine = (shell.problems?.(file.path) ?? []).filter((problem) => !problem.element || problem.element === element);
    const rowOf = ({ part }) => Number(/^row:(\d+)/.exec(part ?? "")?.[1] ?? 0);
    const rows = mine.map((problem) => el("li", { class: `ed-problem ed-${problem.severity}` },
      rowOf(problem) ? el("button", { type: "button", class: "ed-link", click: () => show(rowOf(problem)) }, t("Row %(number)s", { number: rowOf(problem) })) : null, " ", problem.text));
    anew(list, () => list.replaceChildren(...rows), (each) => each.closest("li").textContent);
    mark(mine.map(rowOf).filter(Boolean));
  }

  listen();
  problems();
  shell.onProblems?.(problems);
  return {
    content: save,
    goTo(where) {
      const number = Number(/row:(\d+)/.exec(placed(where).part)?.[1] ?? 0);
      if (number) show(number);
    },
    close() {
      watched?.disconnect();
      manager.destroy();
      host.replaceChildren();
    },
  };
}
