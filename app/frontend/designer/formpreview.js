// The portal's own form of the file as it stands, in both languages and at a phone's width.
import { el, segmented, settled } from "./dom.js";

/** `content()` gives the form's text; the pane is drawn again by `.later()`. */
export function formPreview(file, shell, content) {
  const t = shell.t;
  // Its scripts show and hide fields, so a sandbox would hold nothing (with scripts of the same origin it can be left); nothing in it leads away.
  const frame = el("iframe", { class: "ed-frame", title: t("The real form"), load: () => {
    for (const kind of ["submit", "click"]) frame.contentDocument.addEventListener(kind, (event) => (kind === "submit" || event.target.closest("a")) && event.preventDefault(), true);
  } });
  const said = el("p", { class: "ed-said", role: "status" });
  let language = shell.language;
  let asked = 0;

  async function draw() {
    const mine = (asked += 1);
    try {
      const answer = await shell.api("POST", "preview/form", { path: file.path, content: content(), language });
      if (mine !== asked) return;
      said.textContent = answer.left_out.join(" ");
      frame.srcdoc = answer.html;
    } catch (error) {
      if (mine === asked) said.textContent = error.message;
    }
  }

  const later = settled(draw, 500);
  const pane = el(
    "section", { class: "ed-preview", "aria-label": t("The real form") },
    el("div", { class: "ed-bar" },
      el("h2", { class: "ed-title" }, t("The real form")),
      segmented(t("Language"), [["ja", "日本語"], ["en", "English"]], language, (value) => {
        language = value;
        draw();
      }),
      segmented(t("Width"), [["wide", t("Computer")], ["phone", t("Phone")]], "wide", (value) => frame.classList.toggle("ed-phone", value === "phone"))),
    said, el("div", { class: "ed-frames" }, frame),
  );
  return { pane, draw, later, stop: later.stop };
}
