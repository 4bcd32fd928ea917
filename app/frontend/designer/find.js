// Finding and replacing in a text, on Ctrl-F. The editor draws only the lines that are seen, so the browser's own search misses the rest.
import { StateEffect, StateField } from "@codemirror/state";
import { EditorView, showPanel } from "@codemirror/view";
import { button, el } from "./dom.js";

const toggled = StateEffect.define();

function bar(t) {
  return (view) => {
    const wanted = el("input", { class: "ed-input", "aria-label": t("Find"), placeholder: t("Find"), keydown: (event) => {
      if (event.key === "Enter") {
        event.preventDefault();
        next(event.shiftKey ? -1 : 1);
      }
    } });
    const instead = el("input", { class: "ed-input", "aria-label": t("Replace with"), placeholder: t("Replace with") });
    const said = el("span", { role: "status" });
    const places = () => {
      const text = view.state.doc.toString().toLowerCase();
      const found = [];
      const what = wanted.value.toLowerCase();
      for (let at = what ? text.indexOf(what) : -1; at >= 0; at = text.indexOf(what, at + what.length)) found.push(at);
      return found;
    };
    const show = (at) => view.dispatch({ selection: { anchor: at, head: at + wanted.value.length }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
    function next(way) {
      const found = places();
      const here = view.state.selection.main.from;
      const at = way > 0 ? found.find((each) => each > here) ?? found[0] : found.findLast((each) => each < here) ?? found.at(-1);
      said.textContent = t("%(count)s found", { count: found.length });
      if (at !== undefined) show(at);
    }
    function replace(all) {
      const { from, to } = view.state.selection.main;
      const mine = places().filter((at) => all || (at === from && at + wanted.value.length === to));
      view.dispatch({ changes: mine.map((at) => ({ from: at, to: at + wanted.value.length, insert: instead.value })), userEvent: "input.replace" });
      next(1);
    }
    const close = () => {
      view.dispatch({ effects: toggled.of(false) });
      view.focus();
    };
    const dom = el("div", { class: "ed-bar ed-find", keydown: ({ key }) => key === "Escape" && close() },
      wanted, button(t("Previous"), () => next(-1)), button(t("Next"), () => next(1)),
      ...(view.state.readOnly ? [] : [instead, button(t("Replace"), () => replace(false)), button(t("Replace all"), () => replace(true))]),
      button(t("Close"), close), said);
    return { dom, top: true, mount: () => wanted.focus() };
  };
}

/** The extension; `t` gives words. */
export function finding(t) {
  const panel = bar(t);
  const open = StateField.define({
    create: () => false,
    update: (value, { effects }) => effects.reduce((now, each) => (each.is(toggled) ? each.value : now), value),
    provide: (field) => showPanel.from(field, (shown) => (shown ? panel : null)),
  });
  return {
    extension: open,
    keys: [{ key: "Mod-f", run: (view) => {
      view.dispatch({ effects: toggled.of(false) });
      view.dispatch({ effects: toggled.of(true) });
      return true;
    } }],
  };
}
