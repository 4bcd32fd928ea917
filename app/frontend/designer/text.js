// The editor of texts: mails, documents, skeletons, TOML, scenarios; beside mails and documents what they come out as.
import "./editors.css";
import { autocompletion, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { linter, lintGutter, lintKeymap, forceLinting } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { EditorView, drawSelection, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { colours } from "./colours.js";
import { el, placed } from "./dom.js";
import { finding } from "./find.js";
import { completions, nameTree, unknownNames } from "./templates.js";
import { textPreview } from "./textpreview.js";
import { boot } from "./words.js";
import phrases from "./words/text.ja.json";

const isTemplate = (path) => /^(mail|pdf|_shared)\/.*\.(md|html|txt)$/.test(path);

export async function open(host, file, shell) {
  const t = shell.t;
  const find = finding(t);
  let tree = null;
  let asked = null;
  const place = el("div", { class: "ed-editor" });
  const preview = textPreview(file, shell, () => view.state.doc.toString());

  /** Where a problem stands in the text as it is now. */
  function span(doc, { line, column }) {
    if (!line || line > doc.lines) return { from: 0, to: doc.line(1).to };
    const found = doc.line(line);
    return { from: Math.min(found.from + Math.max((column ?? 1) - 1, 0), found.to), to: found.to };
  }

  function wrongs({ state }) {
    const said = (shell.problems?.(file.path) ?? []).map((problem) => ({ ...span(state.doc, problem), severity: problem.severity === "error" ? "error" : "warning", message: problem.text }));
    if (!tree) return said;
    for (const { from, to, name, before, maybe } of unknownNames(state.doc.toString(), tree)) {
      if (said.some((each) => each.from <= from && each.to >= to && each.message.includes(name))) continue;
      const words = maybe ? "Some cases come here without “%(name)s”: ask with if first." : before ? "“%(before)s” has no “%(name)s”." : "There is no name “%(name)s”.";
      said.push({ from, to, severity: maybe ? "info" : "warning", message: t(words, { name, before }) });
    }
    return said;
  }

  const view = new EditorView({
    parent: place,
    state: EditorState.create({
      doc: file.content,
      extensions: [
        lineNumbers(), history(), drawSelection(), highlightActiveLine(), lintGutter(),
        find.extension, colours(file.path),
        EditorView.lineWrapping, EditorState.readOnly.of(Boolean(file.readOnly)), EditorState.lineSeparator.of(file.content.includes("\r\n") ? "\r\n" : "\n"),
        EditorState.phrases.of(shell.language === "ja" ? phrases : {}),
        EditorView.contentAttributes.of({ "aria-label": file.path, tabindex: "0" }),
        // Tab leaves the editor, as everywhere on the page (WCAG 2.1.2).
        keymap.of([...defaultKeymap, ...historyKeymap, ...find.keys, ...completionKeymap, ...lintKeymap]),
        isTemplate(file.path) ? [autocompletion({ override: [(context) => (tree ? completions(tree)(context) : null)] })] : [],
        linter(wrongs, { delay: 400 }),
        EditorView.updateListener.of(({ docChanged }) => {
          if (!docChanged) return;
          preview?.later();
          shell.changed();
        }),
      ],
    }),
  });
  host.replaceChildren(el("div", { class: preview ? "ed ed-text" : "ed" }, el("div", { class: "ed-work" }, place), preview?.place));
  if (isTemplate(file.path)) {
    asked = shell.api("GET", `names?file=${encodeURIComponent(file.path)}`).then((names) => {
      tree = nameTree(names);
      forceLinting(view);
    }).catch(() => {});
  }
  if (/^(mail|pdf)\//.test(file.path)) {
    const form = await import(boot.bundles.settings.js);
    const header = await form.headerForm(file, shell, () => view.state.doc.toString(), (now) => {
      const before = view.state.doc.toString();
      const most = Math.min(before.length, now.length);
      let from = 0;
      while (from < most && before[from] === now[from]) from += 1;
      let same = 0; // from the end
      while (same < most - from && before[before.length - 1 - same] === now[now.length - 1 - same]) same += 1;
      view.dispatch({ changes: { from, to: before.length - same, insert: now.slice(from, now.length - same) } });
    });
    const details = el("details", { class: "ed-header-form", toggle: () => details.open && header.draw() }, el("summary", {}, t("Write the header as a form")), header.place);
    place.before(details);
  }
  shell.onProblems?.(() => forceLinting(view));
  preview?.draw();
  return {
    content: async () => view.state.sliceDoc(),
    async goTo(where) {
      await asked;
      const { part, line, column } = placed(where);
      const text = view.state.doc;
      let at = null;
      if (line) at = span(text, { line, column }).from;
      else if (part) {
        const found = new RegExp(`^\\s*${part.replace(/^header:/, "").split(".").pop().replace(/\W/g, ".")}\\s*=`, "m").exec(text.toString());
        at = found ? found.index : null;
      }
      if (at !== null) view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
      view.focus();
    },
    close() {
      preview?.stop();
      view.destroy();
      host.replaceChildren();
    },
  };
}
