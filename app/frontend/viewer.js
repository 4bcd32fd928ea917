// The pages of a PDF or a picture, with numbered marks where points are pinned; whoever reviews pins new ones by pressing
// the spot. Without this script the file opens by itself and pages are named by their numbers.
//
//   <div data-viewer data-file="/cases/…" data-mime="application/pdf" data-worker="…" data-parts="…" data-texts="{…}" data-pins>
//   <div data-point="1" data-page="3" data-x="0.25" data-y="0.4" id="point-12">   a point in the list beside it
import { AnnotationMode, getDocument, GlobalWorkerOptions } from "pdfjs-dist/legacy/build/pdf.mjs";
import "./css/viewer.css";
import { make } from "./files.js";

const MOST_PIXELS = 12e6; // of one page's canvas: phones give no more memory
const MOST_PAGES = 1000;
const KEPT = 12; // pages that stay drawn

class Viewer {
  constructor(host) {
    this.host = host;
    this.texts = JSON.parse(host.dataset.texts);
    this.status = host.querySelector("[data-viewer-status]");
    this.form = document.getElementById("new-point");
    this.pages = [];
    this.drawn = [];
  }

  text(name, facts = {}) {
    return Object.entries(facts).reduce((text, [key, value]) => text.replace(`{${key}}`, value), this.texts[name]);
  }

  async start() {
    this.status.textContent = this.texts.loading;
    let why = "missing";
    try {
      if (this.host.dataset.mime !== "application/pdf") {
        why = "broken";
        await this.picture();
      } else {
        const reply = await fetch(this.host.dataset.file);
        if (!reply.ok) throw new Error(String(reply.status));
        const data = new Uint8Array(await reply.arrayBuffer());
        why = "broken";
        await this.pdf(data);
      }
    } catch (error) {
      this.status.className = "f-error";
      this.status.textContent = this.texts[error?.name === "PasswordException" ? "locked" : why];
      return;
    }
    this.status.textContent = this.host.dataset.pins === undefined ? "" : this.texts.pin_here;
    this.marks();
    this.writing();
    this.goTo(location.hash);
    addEventListener("hashchange", () => this.goTo(location.hash));
  }

  /* ---- What is shown */

  async picture() {
    const picture = make("img", { src: this.host.dataset.file, alt: "" });
    await picture.decode();
    const page = this.add(1, 1, picture.naturalWidth, picture.naturalHeight);
    page.sheet.append(picture);
  }

  async pdf(data) {
    const parts = new URL(this.host.dataset.parts, location.href).href;
    GlobalWorkerOptions.workerSrc = this.host.dataset.worker;
    this.document = await getDocument({
      data,
      // Nothing that a file brings is run: no scripts, no generated code (the page's own rules forbid that as well).
      isEvalSupported: false,
      enableXfa: false,
      useWasm: false,
      cMapUrl: `${parts}cmaps/`,
      standardFontDataUrl: `${parts}fonts/`,
      wasmUrl: `${parts}decoders/`,
      maxImageSize: 1 << 26,
      canvasMaxAreaInBytes: MOST_PIXELS * 4,
      verbosity: 0,
    }).promise;
    const count = Math.min(this.document.numPages, MOST_PAGES);
    const first = (await this.document.getPage(1)).getViewport({ scale: 1 });
    const near = new IntersectionObserver((seen) => {
      for (const each of seen) {
        const page = this.pages[each.target.dataset.number - 1];
        page.near = each.isIntersecting;
        if (page.near) this.draw(page);
      }
    }, { rootMargin: "100% 0px" });
    for (let number = 1; number <= count; number += 1) {
      // Most files have pages of one size; where not, the page's own size is set before it is drawn.
      const page = this.add(number, this.document.numPages, first.width, first.height);
      near.observe(page.box);
    }
    let settled = 0;
    addEventListener("resize", () => {
      clearTimeout(settled);
      settled = setTimeout(() => this.sharpen(), 250);
    });
  }

  /** A phone that was turned, a window that grew: pages that were drawn small are drawn again. */
  sharpen() {
    const small = this.drawn.filter((page) => page.state === "drawn" && page.width < page.sheet.clientWidth * 0.8);
    this.drawn = this.drawn.filter((page) => !small.includes(page));
    for (const page of small) {
      page.state = "blank";
      if (page.near) this.draw(page);
    }
  }

  add(number, count, width, height) {
    const strip = make("div", { class: "sheet__head" }, make("h2", { class: "sheet__number" }, this.text("page", { number })),
      make("span", { class: "soft small" }, this.text("of", { count })), make("span", { class: "sheet__marks" }));
    if (this.host.dataset.pins !== undefined) {
      const button = make("button", { type: "button", class: "btn btn--small", "aria-controls": "new-point" }, this.texts.pin);
      button.append(make("span", { class: "sr" }, ` ${this.text("page", { number })}`));
      button.addEventListener("click", () => this.write(number));
      strip.append(button);
    }
    const sheet = make("div", { class: "sheet__paper" });
    sheet.style.aspectRatio = `${width} / ${height}`;
    const box = make("section", { class: "sheet", id: `page-${number}`, "data-number": number, tabindex: "-1", "aria-label": this.text("page", { number }) }, strip, sheet);
    sheet.addEventListener("click", (event) => {
      if (this.host.dataset.pins === undefined || event.target.closest("a")) return;
      const area = sheet.getBoundingClientRect();
      this.write(number, (event.clientX - area.left) / area.width, (event.clientY - area.top) / area.height);
    });
    this.host.append(box);
    const page = { number, box, sheet, strip, near: false, state: "blank" };
    this.pages.push(page);
    return page;
  }

  async draw(page) {
    if (page.state !== "blank") return;
    page.state = "drawing";
    page.width = page.sheet.clientWidth;
    try {
      const source = await this.document.getPage(page.number);
      const plain = source.getViewport({ scale: 1 });
      page.sheet.style.aspectRatio = `${plain.width} / ${plain.height}`;
      const wanted = (page.sheet.clientWidth / plain.width) * Math.min(devicePixelRatio || 1, 2);
      const viewport = source.getViewport({ scale: Math.min(wanted, Math.sqrt(MOST_PIXELS / (plain.width * plain.height))) });
      const canvas = make("canvas", { width: Math.ceil(viewport.width), height: Math.ceil(viewport.height), "aria-hidden": "true" });
      await source.render({ canvas, viewport, annotationMode: AnnotationMode.ENABLE }).promise;
      page.sheet.querySelector("canvas")?.remove();
      page.sheet.prepend(canvas);
      await this.read(source, page);
      source.cleanup();
      page.state = "drawn";
    } catch {
      page.state = "broken";
      page.sheet.prepend(make("p", { class: "f-error" }, this.texts.page_broken));
    }
    this.drawn.push(page);
    while (this.drawn.length > KEPT) {
      const far = this.drawn.find((each) => !each.near && each.state === "drawn");
      if (!far) break;
      this.drawn.splice(this.drawn.indexOf(far), 1);
      far.sheet.querySelector("canvas")?.remove();
      far.state = "blank";
    }
  }

  /** The page's words, for those who do not see the picture of them. */
  async read(source, page) {
    if (page.sheet.querySelector(".sheet__words")) return;
    const { items } = await source.getTextContent();
    const words = items.map((each) => (each.str ?? "") + (each.hasEOL ? "\n" : "")).join("").slice(0, 20000);
    if (words.trim()) page.sheet.append(make("p", { class: "sr sheet__words" }, words));
  }

  /* ---- Points */

  /** A numbered mark for each point of the list: on its spot, or at the head of its page. */
  marks() {
    for (const point of document.querySelectorAll("[data-point]")) {
      const { point: number, page: at, x, y, state } = point.dataset;
      const page = this.pages[at - 1];
      const link = point.querySelector("[data-to-page]");
      if (!page) continue;
      if (link) link.href = `#page-${at}`;
      const mark = make("a", { class: "mark", href: `#${point.id}`, "data-state": state }, make("span", { class: "sr" }, this.text("point", { number })), make("span", { "aria-hidden": "true" }, number));
      if (x === undefined) page.strip.querySelector(".sheet__marks").append(mark);
      else {
        mark.classList.add("mark--spot");
        mark.style.left = `${x * 100}%`;
        mark.style.top = `${y * 100}%`;
        page.sheet.append(mark);
        link?.addEventListener("click", (event) => {
          event.preventDefault();
          mark.scrollIntoView({ block: "center" });
          mark.focus({ preventScroll: true });
        });
      }
    }
  }

  writing() {
    if (!this.form) return;
    const { page, x, y } = this.form.elements;
    page.addEventListener("input", () => this.place(0));
    const close = this.form.querySelector("[data-viewer-close]");
    close.addEventListener("click", () => this.rest());
    this.form.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.rest();
    });
    if (page.value && x.value) this.write(Number(page.value), Number(x.value), Number(y.value));
  }

  /** Write a point about a page, or about a spot of it. */
  write(number, x = null, y = null) {
    const fields = this.form.elements;
    this.from = document.activeElement;
    fields.page.value = number;
    this.place(number, x, y);
    this.form.classList.add("is-writing");
    this.form.querySelector("[data-viewer-close]").hidden = false;
    fields.text.focus({ preventScroll: true });
    // On a phone the form covers the lower half: what it is about moves into the upper.
    if (matchMedia("(max-width: 63.99rem)").matches) (this.fresh ?? this.pages[number - 1].box).scrollIntoView({ block: "start" });
  }

  place(number, x = null, y = null) {
    const fields = this.form.elements;
    this.fresh?.remove();
    this.fresh = null;
    fields.x.value = x === null ? "" : x.toFixed(4);
    fields.y.value = y === null ? "" : y.toFixed(4);
    this.form.querySelector("[data-spot]").textContent = x === null ? "" : this.texts.spot;
    if (x === null) return;
    this.fresh = make("span", { class: "mark mark--spot mark--new", role: "img", "aria-label": this.texts.here }, "＋");
    this.fresh.style.left = `${x * 100}%`;
    this.fresh.style.top = `${y * 100}%`;
    this.pages[number - 1].sheet.append(this.fresh);
  }

  rest() {
    this.place(0);
    this.form.classList.remove("is-writing");
    this.form.querySelector("[data-viewer-close]").hidden = true;
    this.from?.focus?.();
  }

  goTo(hash) {
    const [, kind, id] = /^#(page|point)-(\d+)$/.exec(hash) ?? [];
    if (!kind) return;
    const point = kind === "point" ? document.getElementById(`point-${id}`) : null;
    const page = this.pages[(kind === "page" ? id : point?.dataset.page) - 1];
    const mark = point && document.querySelector(`.mark[href="#${point.id}"]`);
    for (const each of document.querySelectorAll(".mark.is-chosen")) each.classList.remove("is-chosen");
    mark?.classList.add("is-chosen");
    // A point is found where it is on the page; beside the page its text is marked already.
    (mark ?? page?.box)?.scrollIntoView({ block: mark ? "center" : "start" });
  }
}

for (const host of document.querySelectorAll("[data-viewer]")) new Viewer(host).start();
