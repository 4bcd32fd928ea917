// The editor of forms: form-js's, with our own panel and beside it the portal's real form.
import "@bpmn-io/form-js-editor/dist/assets/dragula.css";
import "@bpmn-io/form-js-viewer/dist/assets/form-js-base.css";
import "@bpmn-io/form-js-editor/dist/assets/form-js-editor-base.css";
import "./editors.css";
import { FormEditor } from "@bpmn-io/form-js-editor";
import { button, el } from "./dom.js";
import { written } from "./formfile.js";
import { formPanel } from "./formpanel.js";
import { formPreview } from "./formpreview.js";

/** What the palette offers, and what stands in for the editor's own panel. */
const ours = (kinds) => ({
  __init__: [["formFields", (formFields) => { formFields.offered = kinds; }]],
  propertiesPanel: ["value", { attachTo() {} }],
});

/** The library takes the focus to the chosen component after each change: whoever has gone on in the panel since their last key stays there. */
function staying(panel, place) {
  let landed = null;
  const root = panel.parentElement;
  for (const kind of ["keydown", "pointerdown"]) root.addEventListener(kind, () => { landed = null; }, true);
  panel.addEventListener("focusin", ({ target }) => { landed = target; });
  place.addEventListener("focusin", () => landed?.isConnected && landed.focus());
}

export async function open(host, file, shell) {
  const panels = await shell.panels();
  const kinds = panels.components.map(({ id }) => id);
  const place = el("div", { class: "ed-form-editor" });
  const panel = el("section", { class: "ed-panel", "aria-label": shell.t("Settings of the component") });
  let held = file.content;
  const schema = JSON.parse(file.content);
  const editor = new FormEditor({ additionalModules: [ours(kinds)], propertiesPanel: { parent: el("div") } });
  const content = () => written(file.content, editor.saveSchema());
  const preview = formPreview(file, shell, content);
  const commands = editor.get("commandStack");
  const undo = button(shell.t("Undo"), () => commands.undo());
  const redo = button(shell.t("Redo"), () => commands.redo());
  host.replaceChildren(
    el("div", { class: "ed ed-forms" },
      el("div", { class: "ed-work" }, file.readOnly ? null : el("div", { class: "ed-bar" }, undo, redo), place),
      panel, preview.pane));
  place.inert = file.readOnly;
  // Enter adds a component and puts the focus on it: the rest of the same press must not take the choice back.
  place.addEventListener("keydown", (event) => event.code === "Enter" && event.target.closest(".fjs-palette-field") && event.preventDefault());
  await editor.importSchema(schema);
  editor.attachTo(place);

  const settings = formPanel(panel, editor, panels, file, shell);
  staying(panel, place);
  const buttons = () => {
    undo.disabled = !commands.canUndo();
    redo.disabled = !commands.canRedo();
  };
  editor.on("selection.changed", () => settings.refresh());
  editor.on("commandStack.changed", () => {
    buttons();
    const now = content();
    settings.refresh();
    if (now === held) return;
    held = now;
    preview.later();
    shell.changed();
  });
  shell.onProblems?.(() => settings.problems());
  buttons();
  settings.draw();
  preview.draw();
  return {
    content: async () => content(),
    goTo: (where) => settings.goTo(where),
    close() {
      preview.stop();
      editor.destroy();
      host.replaceChildren();
    },
  };
}
