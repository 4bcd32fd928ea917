// Renaming: wherever the name stands it changes, in one change of the draft, after all places were shown.
import { dialog } from "./dialog.js";
import { make } from "./dom.js";

/** Nothing else names it: the editor at hand changes it by itself. */
export const ALONE = "alone";

/** A line of a diagram or table without its tags: a parameter or property as name: value, else its text. */
function plain(line) {
  if (!line.trim().startsWith("<")) return line;
  const of = (name) => line.match(new RegExp(`\\b${name}="([^"]*)"`))?.[1];
  const value = of("value");
  return value !== undefined ? `${of("name") ?? of("id") ?? ""}: ${value}` : line.replace(/<[^>]*>/g, "").trim() || line;
}

/**
 * True once it is done, false where it stays; with `home` (the file in which it stands) ALONE where nothing but the thing itself would change.
 *
 * POST …/renames {kind, old, new, of, apply} → {places: [{file, title, line, before, after}], left: [the same], problems: [text], changed: [path]}
 */
export async function renamed({ t, shell, tell }, { kind, old, wanted, of = "", home = "" }) {
  await shell.save?.();
  const asked = { kind, old, new: wanted, of };
  let said;
  try {
    said = await shell.api("POST", "renames", { ...asked, apply: false });
  } catch (error) {
    if (home && error.status === 404) return ALONE; // nobody can name what is not saved yet
    tell?.(error.said?.error ?? error.message);
    return false;
  }
  if (home && !said.left.length && said.places.length < 2) return ALONE;
  const rows = said.places.map(({ file, title, line, before, after }) => make("tr", {}, make("td", {}, title && title !== file ? [title, make("br"), make("small", {}, line ? `${file} : ${line}` : file)] : line ? `${file} : ${line}` : file), make("td", {}, make("del", {}, plain(before))), make("td", {}, make("ins", {}, plain(after)))));
  const table = make("table", { class: "dc-table" }, make("thead", {}, make("tr", {}, make("th", {}, t("Place")), make("th", {}, t("Now")), make("th", {}, t("Then")))), make("tbody", {}, rows));
  const left = said.left.length ? make("p", {}, t("These say the same name and may mean another one. They stay as they are: %(places)s", { places: said.left.map(({ file, line }) => `${file} : ${line}`).join("、") })) : "";
  const wrong = said.problems.length ? [make("p", {}, t("This would then be wrong:")), make("ul", { class: "dc-wrongs" }, said.problems.map((text) => make("li", { class: "is-error" }, text)))] : [];
  const title = t("Rename %(old)s to %(new)s", { old, new: wanted });
  const ok = await dialog(title, [make("p", {}, t("It is named in %(count)s places. All of them change together.", { count: said.places.length })), wrong, left, table], [
    { value: "", title: t("Cancel") }, { value: "yes", title: t("Change all of them"), primary: true },
  ]);
  if (!ok) return false;
  const done = await shell.api("POST", "renames", { ...asked, apply: true });
  await shell.reload?.(done.changed);
  return true;
}
