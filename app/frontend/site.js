// Improves pages that already work: menus, worklist keys, parts that stay fresh. No page needs it.
// A part of a page that was put in later is announced by the event "nintei:content" on it.
import "./gone.js";
import "./away.js";
import { natives } from "./natives.js";
import { panes } from "./panes.js";

const reads = (root, selector) => Array.from(root.querySelectorAll(selector));
const typing = (node) => node.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");

/* Menus: <details> opens by itself; here it also closes. */
document.addEventListener("click", (event) => {
  for (const menu of reads(document, "details[data-menu][open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of reads(document, "details[data-menu][open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

/* A form is sent once, however often it is pressed; back in the history it can be sent again. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  if (event.submitter) event.submitter.setAttribute("aria-busy", "true");
});
/* The answer to a press that stands at the form's own address (what is wrong, what was kept): asked for again or gone back to, it is asked
   for as a page, not sent once more. */
if (document.body.dataset.posted !== undefined) window.history.replaceState(window.history.state, "", window.location.href);

window.addEventListener("pageshow", () => {
  for (const form of reads(document, "form[data-sent]")) delete form.dataset.sent;
  for (const button of reads(document, "[aria-busy]")) button.removeAttribute("aria-busy");
});

/* A point that was typed beside an answer goes with the next press of a button; a page that is left otherwise asks first. */
window.addEventListener("beforeunload", (event) => {
  const typed = (area) => area.value.trim() && area.value !== area.defaultValue && !area.form?.dataset.sent;
  if (reads(document, "textarea[name^='pin:']").some(typed)) event.preventDefault();
});

/* Filters apply at once; search waits for Enter or the button. */
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-auto]");
  if (form && event.target.matches("select, input[type=checkbox], input[type=radio]")) form.requestSubmit();
});
document.addEventListener("submit", (event) => {
  // An address that holds only what was chosen can be read aloud and kept.
  if (!event.target.matches("form[data-auto]")) return;
  for (const field of event.target.elements) if (field.name && field.value === "") field.disabled = true;
});

/* Ticked rows and the bar that says what can be done with them. */
function countTicks(form) {
  const boxes = reads(form, "tbody input[type=checkbox]");
  const ticked = boxes.filter((box) => box.checked);
  for (const box of boxes) box.closest("tr").setAttribute("aria-selected", String(box.checked));
  const all = form.querySelector("[data-select-all]");
  if (all) {
    all.checked = boxes.length > 0 && ticked.length === boxes.length;
    all.indeterminate = ticked.length > 0 && !all.checked;
  }
  const bar = form.querySelector("[data-bulk]");
  if (!bar) return;
  const count = bar.querySelector("[data-bulk-count]");
  count.dataset.words ??= count.textContent;
  count.textContent = `${count.dataset.words} ${ticked.length}`;
  bar.classList.toggle("is-active", ticked.length > 0);
  for (const button of reads(bar, "button")) button.disabled = ticked.length === 0;
  if (bar.dataset.bulk === "after") for (const part of reads(bar, "[data-bulk-part]")) part.hidden = ticked.length === 0;
}
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-select]");
  if (!form) return;
  if (event.target.matches("[data-select-all]")) {
    for (const box of reads(form, "tbody input[type=checkbox]")) box.checked = event.target.checked;
  }
  countTicks(form);
});

/* J and K move through the list, X ticks, Enter opens (it is a link): while the focus is in the list (WCAG 2.2, 2.1.4), so that a word that
   is said to the computer, or a key that is meant for another part of the page, does nothing there. An account may switch them off. */
document.addEventListener("keydown", (event) => {
  if (document.body.dataset.keys === "off" || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
  const step = { j: 1, k: -1 }[event.key];
  const list = event.target.closest?.("[data-worklist]");
  const links = list ? reads(list, ".row-link") : [];
  if (!links.length) return;
  let at = links.findIndex((link) => link.closest("tr").contains(document.activeElement));
  if (at === -1) at = links.findIndex((link) => link.closest("tr.is-open"));
  if (step) {
    const next = links[at === -1 ? 0 : Math.min(Math.max(at + step, 0), links.length - 1)];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
    event.preventDefault();
  } else if (event.key === "x" && at !== -1) {
    links[at].closest("tr").querySelector("input[type=checkbox]")?.click();
    event.preventDefault();
  }
});

/** Another page; null when it is not the one asked for. */
async function pageAt(url) {
  const answer = await fetch(url, { headers: { Accept: "text/html" }, credentials: "same-origin" });
  if (!answer.ok || answer.redirected) return null;
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

/** The part of another page that `selector` names. */
async function part(url, selector) {
  const page = await pageAt(url);
  return page && document.adoptNode(page.querySelector(selector));
}

/** What is put in its place under a press would swallow the click. */
async function unpressed(old) {
  while (old.matches(":active")) await new Promise((over) => window.setTimeout(over, 50));
}

/** Puts the fresh element's content into the old one, when it says something else. */
function renew(old, fresh) {
  const was = fresh.innerHTML;
  if (was === old.dataset.was || was === old.innerHTML) return;
  old.replaceChildren(...fresh.childNodes);
  old.dataset.was = was;
  begin(old);
  old.dispatchEvent(new CustomEvent("nintei:content", { bubbles: true }));
}

/* <div id="x" data-live="/address" data-live-seconds="20">: the element of the same id is fetched again and put in its place when it says
   something else, until a fresh one is no longer live. With data-live-soon the first looks come sooner, each twice as late as the one before.
   Waits while the page is hidden, and while somebody works inside it; backs off when the server does not answer. */
function keepFresh(id) {
  const { liveSeconds, liveSoon } = document.getElementById(id).dataset;
  const usual = Number(liveSeconds || 20) * 1000;
  let wait = liveSoon === undefined ? usual : 500;
  const look = async () => {
    const old = document.getElementById(id);
    if (!old) return;
    if (!document.hidden && !old.contains(document.activeElement)) {
      try {
        const fresh = await part(old.dataset.live || window.location.href, `#${CSS.escape(id)}`);
        if (!fresh) return;
        wait = Math.min(wait * 2, usual);
        await unpressed(old);
        if (!old.contains(document.activeElement)) {
          renew(old, fresh);
          if (fresh.dataset.live === undefined) return;
        }
      } catch {
        wait = Math.min(wait * 2, 300_000);
      }
    }
    window.setTimeout(look, wait);
  };
  window.setTimeout(look, wait);
}

/* <p data-news="/cards/news" data-word="…">: that address answers when something of what the page shows is new. Then the page is fetched once and
   each <div id="x" data-fresh> gets what is new in it. A hidden page asks nothing; a part in which somebody works waits until they leave it. */
let following = false;
let missed = false;

async function renewAll() {
  const page = await pageAt(window.location.href);
  if (!page) return false;
  missed = false;
  for (const old of reads(document, "[data-fresh][id]")) {
    const fresh = page.getElementById(old.id);
    await unpressed(old);
    if (old.contains(document.activeElement)) missed = true;
    else if (fresh) renew(old, document.adoptNode(fresh));
  }
  return true;
}

async function followNews() {
  let word = document.querySelector("[data-news]").dataset.word;
  let failures = 0;
  let asking = new AbortController();
  let wake = () => {};
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) asking.abort();
    else wake();
  });
  for (let line; (line = document.querySelector("[data-news]")); ) {
    if (document.hidden) await new Promise((seen) => (wake = seen));
    asking = new AbortController();
    let pause = 0;
    try {
      const address = `${line.dataset.news}?after=${encodeURIComponent(word)}`;
      const answer = await fetch(address, { signal: asking.signal, credentials: "same-origin" });
      if (answer.redirected || (answer.status >= 400 && answer.status < 500)) return; // signed out
      const said = await answer.json();
      if (said.word !== word && !(await renewAll())) return;
      word = said.word;
      pause = said.pause * 1000;
      failures = 0;
    } catch {
      if (!document.hidden) pause = Math.min(1000 * 2 ** failures++, 60_000);
    }
    if (pause) await new Promise((over) => window.setTimeout(over, pause));
  }
  following = false;
}

document.addEventListener("focusout", () => {
  if (missed) window.setTimeout(renewAll);
});

/* Copy, print. Their buttons are hidden until there is a script to serve them. */
document.addEventListener("click", async (event) => {
  const copy = event.target.closest("[data-copy]");
  if (copy) {
    await navigator.clipboard.writeText(document.getElementById(copy.dataset.copy).textContent);
    const icon = copy.querySelector("svg path");
    icon?.setAttribute("d", "m5 13 4.500 4.500L19 7");
    copy.setAttribute("aria-pressed", "true");
  }
  if (event.target.closest("[data-print]")) window.print();
});

function begin(root) {
  natives(root);
  for (const button of reads(root, "[data-copy], [data-print], [data-select-all]")) button.hidden = false;
  for (const form of reads(root, "form[data-select]")) countTicks(form);
  for (const live of reads(root, "[data-live][id]")) {
    if (live.dataset.liveOn) continue;
    live.dataset.liveOn = "yes";
    keepFresh(live.id);
  }
  if (!following && document.querySelector("[data-news]")) {
    following = true;
    followNews();
  }
}

begin(document);
panes({ begin, renew, pageAt, unpressed });
/* On a phone the menu is one row; the page one is on stays in sight. */
const here = document.querySelector(".nav [aria-current]");
if (here) here.closest("ul").scrollLeft = here.offsetLeft - 64;
document.querySelector("[data-focus], .done h1")?.focus();
