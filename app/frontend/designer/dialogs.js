// Dialogs: a question, a line of text, two texts beside each other. Each gives what was chosen, or null when it was left.
import { h, moment, t } from "./words.js";

export function dialog(title, content, choices) {
  return new Promise((resolve) => {
    const box = h("dialog", { class: "dz-dialog", "aria-labelledby": "dz-dialog-title" });
    const buttons = choices.map(({ label, value, kind }) => h("button", { type: "button", class: `btn${kind ? ` btn--${kind}` : ""}`, onclick: () => box.close(value) }, label));
    box.append(h("h2", { id: "dz-dialog-title" }, title), content, h("div", { class: "dz-dialog__do" }, ...buttons));
    box.addEventListener("close", () => {
      box.remove();
      resolve(box.returnValue || null);
    });
    document.body.append(box);
    box.showModal();
  });
}

export const ask = (text, yes = t("Yes")) =>
  dialog(text, "", [{ label: yes, value: "yes", kind: "primary" }, { label: t("Cancel"), value: "" }]).then((found) => found === "yes");

export async function line(title, label, help = "") {
  const field = h("input", { class: "f-input", id: "dz-line", maxlength: "200", autocapitalize: "none", spellcheck: "false", autofocus: true, "aria-describedby": "dz-line-help" });
  const box = h("div", { class: "f-field" }, h("label", { class: "f-label", for: "dz-line" }, label), h("p", { class: "f-help", id: "dz-line-help" }, help), field);
  const found = await dialog(title, box, [{ label: t("Make it"), value: "yes", kind: "primary" }, { label: t("Cancel"), value: "" }]);
  return found ? field.value.trim() : null;
}

/** Two texts, line by line: what differs is marked in both. */
export function sides(left, right, titles) {
  const [a, b] = [left ?? "", right ?? ""].map((text) => text.split("\n"));
  const mark = (lines, others) => {
    const known = new Set(others);
    const area = h("div", { class: "dz-side__text", tabindex: "0", role: "region" });
    for (const text of lines) area.append(h("div", { class: known.has(text) ? "" : "is-other" }, text || " "));
    return area;
  };
  const one = (title, lines, others, gone) => {
    const area = gone ? h("p", {}, t("It was removed.")) : mark(lines, others);
    area.setAttribute("aria-label", title);
    return h("section", { class: "dz-side" }, h("h3", {}, title), area);
  };
  return h("div", { class: "dz-sides" }, one(titles[0], a, b, left === null), one(titles[1], b, a, right === null));
}

/** Somebody saved first. Gives "mine" or "theirs"; null, where the dialog was left, is theirs too: the file is as they saved it. */
export function clashed(title, clash) {
  const who = clash.own ? t("You saved this file in another window at %(time)s. Nothing is lost: both texts are kept.", { time: moment(clash.at) })
    : t("%(name)s saved this file at %(time)s, while you were writing. Nothing is lost: both texts are kept.", { name: clash.by, time: moment(clash.at) });
  const content = h("div", {}, h("p", {}, who), sides(clash.mine, clash.removed ? null : clash.theirs, [t("Yours"), t("Theirs")]),
    h("p", { class: "small soft" }, t("Changed lines are marked."), " ", t("The other text stays under “kept versions” of this file.")));
  return dialog(`${t("Somebody was faster")}: ${title}`, content, [
    { label: t("Keep mine"), value: "mine", kind: "primary" }, { label: t("Take theirs"), value: "theirs" }]);
}
