// The files of the draft by kind, under people's names. Kinds open and close; the file that is shown is marked.
import { anew } from "./anew.js";
import { FRESH } from "./fresh.js";
import { h, t } from "./words.js";

const MARKS = { new: "New", changed: "Changed", removed: "Removed" };

export class Tree {
  /** `open(path)` shows a file, `make(kind, title)` makes a new one of a kind; null where nobody may. */
  constructor(host, open, make) {
    this.host = host;
    this.open = open;
    this.make = make;
    this.files = [];
    this.opened = new Set(["diagram"]);
  }

  draw(said, current) {
    this.files = said.files;
    anew(this.host, () => this.fill(said, current), (each) => each.dataset.path ?? `${each.tagName} ${each.closest("[data-kind]").dataset.kind}`);
  }

  fill(said, current) {
    const groups = said.kinds.map(({ kind, title }) => {
      const files = said.files.filter((file) => file.kind === kind);
      if (!files.length && !(this.make && FRESH[kind])) return null;
      const box = h("details", { class: "dz-kind", open: this.opened.has(kind) || files.some((file) => file.path === current), "data-kind": kind },
        h("summary", {}, title, " ", h("span", { class: "count" }, String(files.length))),
        h("ul", {}, ...files.map((file) => this.item(file, current))),
        this.make && FRESH[kind] ? h("button", { type: "button", class: "dz-new", onclick: () => this.make(kind, title) }, t("New file"), h("span", { class: "sr" }, ` ${title}`)) : null);
      box.addEventListener("toggle", () => (box.open ? this.opened.add(kind) : this.opened.delete(kind)));
      return box;
    });
    this.host.replaceChildren(...groups.filter(Boolean));
  }

  item(file, current) {
    const mark = MARKS[file.changed] ? h("span", { class: `dz-mark dz-mark--${file.changed}` }, t(MARKS[file.changed])) : null;
    const name = file.side ? `${file.title}（${file.side}）` : file.title;
    return h("li", {}, h("button", {
      type: "button", "data-path": file.path, title: file.path, "aria-current": file.path === current ? "true" : null, onclick: () => this.open(file.path),
    }, name, mark ? " " : null, mark));
  }

  title(path) {
    const file = this.files.find((each) => each.path === path);
    return file ? (file.side ? `${file.title}（${file.side}）` : file.title) : path;
  }

  entry(path) {
    return this.files.find((each) => each.path === path);
  }
}
