// What a mail or a document comes out as, on made-up data or with a chosen case.
import { button, el, newId, segmented, settled } from "./dom.js";
import { boot } from "./words.js";

const STORED = "nintei-designer-case";

function chooser(t, shell, chosen) {
  const list = newId();
  const cases = el("datalist", { id: list });
  const id = newId();
  const input = el("input", { id, class: "ed-input", list, placeholder: t("made-up data"), change: ({ target }) => chosen(target.value.trim()) });
  shell.api("GET", "preview/cases").then(({ cases: found }) => cases.append(...found.map(({ number, title }) => el("option", { value: number }, title)))).catch(() => {});
  return { input, row: el("span", { class: "ed-chooser" }, el("label", { for: id }, t("Shown with the case")), input, cases) };
}

/** A pane for a mail. */
function mailPane(t, file, shell, asked) {
  const frameName = newId();
  const head = el("dl", { class: "ed-facts" }); // the mail's words are its own
  const frame = el("iframe", { class: "ed-frame", name: frameName, title: t("The mail"), sandbox: "allow-popups allow-popups-to-escape-sandbox", referrerpolicy: "no-referrer" });
  const text = el("pre", { class: "ed-plain", "data-own": "" });
  async function draw() {
    const answer = await shell.api("POST", "preview/mail", asked());
    const rows = [[t("Subject"), answer.subject], [t("To"), answer.side], [t("Attachments"), answer.attachments.join("、")]];
    head.replaceChildren(...rows.filter(([, value]) => value).flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));
    text.textContent = answer.text;
    // Its own policy travels with it: a mail brings its styles, and the page's policy would refuse them.
    const post = el("form", { method: "post", action: answer.page, target: frameName, hidden: true },
      ...Object.entries({ ...asked(), csrf_token: answer.token }).map(([name, value]) => el("input", { type: "hidden", name, value })));
    document.body.append(post);
    post.submit();
    post.remove();
  }
  return { draw, body: [head, el("div", { class: "ed-frames" }, frame), el("details", {}, el("summary", {}, t("As plain text")), text)] };
}

/** A pane for a document: its pages, drawn by pdf.js, which is loaded now. */
function documentPane(t, file, shell, asked) {
  const pages = el("div", { class: "ed-frames ed-pages", tabindex: "0", role: "region", "aria-label": t("Pages of the document") });
  const save = el("a", { class: "btn btn--small", hidden: true }, t("Download"));
  let held = null;
  async function draw() {
    const answer = await shell.api("POST", "preview/document", asked());
    const bytes = Uint8Array.from(atob(answer.pdf), (each) => each.charCodeAt(0));
    if (held) URL.revokeObjectURL(held);
    held = URL.createObjectURL(new Blob([bytes], { type: "application/pdf" }));
    save.href = held;
    save.download = answer.filename;
    save.hidden = false;
    const { pages: drawn } = await import(boot.bundles.pdf.js);
    await drawn(pages, bytes, (number, count) => t("Page %(number)s of %(count)s", { number, count }));
  }
  return { draw, tools: [save], body: [pages], close: () => held && URL.revokeObjectURL(held) };
}

/** The pane beside the text; null for files that come out as nothing. */
export function textPreview(file, shell, content) {
  const t = shell.t;
  const kind = /^(mail\/|_shared\/mail\.|_shared\/.*\.md$)/.test(file.path) ? "mail" : /^pdf\/|^_shared\/.*\.html$/.test(file.path) ? "document" : "";
  if (!kind) return null;
  let number = sessionStorage.getItem(STORED) ?? "";
  let language = shell.language;
  const asked = () => ({ path: file.path, content: content(), case: number, language });
  const pane = (kind === "mail" ? mailPane : documentPane)(t, file, shell, asked);
  const said = el("p", { class: "ed-said", role: "status" });
  let running = Promise.resolve();
  let turn = 0;
  const draw = () => {
    const mine = (turn += 1);
    running = running.then(async () => {
      if (mine !== turn) return;
      try {
        await pane.draw();
        said.textContent = "";
      } catch (error) {
        said.textContent = error.message;
      }
    });
    return running;
  };
  const chosen = chooser(t, shell, (value) => {
    number = value;
    sessionStorage.setItem(STORED, value);
    draw();
  });
  chosen.input.value = number;
  const later = settled(draw, kind === "mail" ? 600 : 1500);
  const place = el("section", { class: "ed-preview", "aria-label": t("What it comes out as") },
    el("div", { class: "ed-bar" }, el("h2", { class: "ed-title" }, t("What it comes out as")),
      kind === "mail" ? segmented(t("Language"), [["ja", "日本語"], ["en", "English"]], language, (value) => {
        language = value;
        draw();
      }) : "", chosen.row, ...(pane.tools ?? []),
      button(t("Draw again"), draw)),
    said, ...pane.body);
  return { place, draw, later, stop() { later.stop(); pane.close?.(); } };
}
