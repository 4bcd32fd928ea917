// What is wrong with the draft: asked of the portal after each save, listed by file, gone to and mended by a press.
import { anew } from "./anew.js";
import { h, t } from "./words.js";

const WAIT = 300; // milliseconds after the last save

export class Problems {
  /** `host`: the section of the page; `given`: {api, page, openFile, title, reopen, tell, ready, readOnly}. */
  constructor(host, given) {
    this.host = host;
    this.given = given;
    this.found = [];
    this.asked = 0;
    this.timer = 0;
    this.list = h("div", {});
    this.head = h("h2", { id: "dz-problems-title" }, t("Problems"));
    this.state = h("p", { role: "status" });
    host.replaceChildren(this.head, this.state, this.list);
  }

  /** Something was saved: look again soon. */
  later() {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.look(), WAIT);
  }

  async look() {
    const mine = ++this.asked;
    const said = await this.given.api("GET", "problems").catch(() => null);
    if (!said || mine !== this.asked) return;
    this.found = said.problems;
    this.given.tell(this.found);
    this.draw();
  }

  draw() {
    const errors = this.found.filter((each) => each.severity === "error").length;
    const warnings = this.found.length - errors;
    this.state.textContent = this.found.length
      ? t("%(errors)s errors, %(warnings)s warnings", { errors, warnings })
      : t("No problem is known");
    anew(this.list, () => this.list.replaceChildren(...this.rows()), (each) => `${each.className} ${each.closest("li").textContent}`);
  }

  rows() {
    return Array.from(new Set(this.found.map((each) => each.file)), (file) => {
      const rows = this.found.filter((each) => each.file === file).map((each) => this.row(each));
      return [h("h3", {}, this.given.title(file)), h("ul", { class: "plain dz-problems__list" }, ...rows)];
    }).flat();
  }

  row(each) {
    const kind = each.severity === "error" ? t("Error (must be mended)") : t("Warning");
    const go = h("button", { type: "button", class: `dz-problem dz-problem--${each.severity}`, onclick: () => this.go(each) },
      h("strong", {}, kind), " ", each.text);
    const mend = each.mend && !this.given.readOnly
      ? h("button", { type: "button", class: "btn btn--small", onclick: () => this.mend(each) }, each.mend.title)
      : null;
    return h("li", {}, go, mend);
  }

  go(each) {
    return this.given.openFile(each.file, { element: each.element, part: each.part, line: each.line, column: each.column });
  }

  async mend(each) {
    try {
      await this.given.ready(); // what is being written is saved first
      const said = await this.given.api("POST", "mend", { action: each.mend.action, page: this.given.page });
      for (const { path } of said.files) await this.given.reopen(path);
      await this.look();
      this.host.focus();
    } catch (error) {
      this.state.textContent = error.message;
      await this.look();
    }
  }
}
