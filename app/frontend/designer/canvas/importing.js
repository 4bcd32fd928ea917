// A BPMN file from elsewhere becomes a diagram of the package: first what becomes of each element is said, then it is taken in.
import { dialog } from "./dialog.js";
import { make } from "./dom.js";
import { drawn, laidOut } from "./files.js";

/** POST …/imports {content} → {name, elements: [{id, name, kind, fate: "kept" | "changed" | "dropped" | "idle", text}]} */
export async function imported(canvas, file) {
  const { t, shell } = canvas;
  const content = await file.text();
  let said;
  try {
    said = await shell.api("POST", "imports", { name: file.name, content });
  } catch (error) {
    canvas.tell(error.said?.error ?? error.message);
    return;
  }
  const words = { idle: t("kept, does not run"), changed: t("changed"), dropped: t("dropped"), kept: t("kept") };
  const rows = said.elements.map(({ id, name, fate, text, line }) => make("tr", { class: `is-${fate}` }, make("td", {}, words[fate]), make("td", {}, name || id || t("Line %(line)s", { line: line })), make("td", {}, text)));
  const list = said.elements.length
    ? make("table", { class: "dc-table" }, make("thead", {}, make("tr", {}, make("th", {}, t("What becomes of it")), make("th", {}, t("Element")), make("th", {}, t("Why, and what to draw instead")))), make("tbody", {}, rows))
    : make("p", {}, t("Everything in it runs here."));
  const name = make("input", { class: "dc-input dc-code", id: "dc-import-name", value: said.name });
  const intro = make("p", {}, t("%(runs)s elements run as they are. Nothing of the file is lost: what does not run stays in it.", { runs: said.runs }));
  const ok = await dialog(t("Take in %(file)s", { file: file.name }), [intro, list, make("p", { class: "dc-row" }, make("label", { for: "dc-import-name" }, t("Name of the new file")), name)], [
    { value: "", title: t("Cancel") }, { value: "yes", title: t("Add it to the draft"), primary: true },
  ]);
  if (!ok) return;
  const path = name.value.trim().endsWith(".bpmn") ? name.value.trim() : `${name.value.trim()}.bpmn`;
  await shell.write(path, drawn(said.content) ? said.content : await laidOut(said.content));
  await canvas.again();
  await shell.openFile(path);
}
