// Improves pages that already work: menus, worklist keys, parts that stay fresh. No page needs it.
// A part of a page that was put in later is announced by the event "nintei:content" on it.

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
window.addEventListener("pageshow", () => {
  for (const form of reads(document, "form[data-sent]")) delete form.dataset.sent;
  for (const button of reads(document, "[aria-busy]")) button.removeAttribute("aria-busy");
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
}
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-select]");
  if (!form) return;
  if (event.target.matches("[data-select-all]")) {
    for (const box of reads(form, "tbody input[type=checkbox]")) box.checked = event.target.checked;
  }
  countTicks(form);
});

/* J and K move through the list, X ticks, Enter opens (it is a link). */
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
  const step = { j: 1, k: -1 }[event.key];
  const links = reads(document, "[data-worklist] .row-link");
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

/* The task beside the list, where there is room for it; elsewhere the link is a link. */
const wide = window.matchMedia("(min-width: 80rem)");
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-pane-link]");
  if (!link || !wide.matches || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  const panes = link.closest("[data-panes]");
  const pane = panes?.querySelector(".panes__detail");
  if (!pane) return;
  event.preventDefault();
  const fresh = await part(link.href, "#main").catch(() => null);
  if (!fresh) {
    window.location.assign(link.href);
    return;
  }
  pane.replaceChildren(...(fresh.querySelector(".wrap") ?? fresh).childNodes);
  pane.hidden = false;
  panes.classList.add("panes--open");
  for (const row of reads(panes, "tr.is-open")) row.classList.remove("is-open");
  for (const open of reads(panes, "a[aria-current]")) open.removeAttribute("aria-current");
  link.closest("tr").classList.add("is-open");
  link.setAttribute("aria-current", "true");
  pane.scrollTop = 0;
  (pane.querySelector("h1[tabindex]") ?? pane).focus({ preventScroll: true });
  begin(pane);
  pane.dispatchEvent(new CustomEvent("nintei:content", { bubbles: true }));
});

/** The part of another page that `selector` names; null when that page is not the one asked for. */
async function part(url, selector) {
  const answer = await fetch(url, { headers: { Accept: "text/html" }, credentials: "same-origin" });
  if (!answer.ok || answer.redirected) return null;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return document.adoptNode(page.querySelector(selector));
}

/* <div id="x" data-live="/address" data-live-seconds="20">: the element of the same id is fetched again and put in its place when it says
   something else. Waits while the page is hidden, and while somebody works inside it; backs off when the server does not answer. */
function keepFresh(id) {
  let wait = Number(document.getElementById(id).dataset.liveSeconds || 20) * 1000;
  const usual = wait;
  const look = async () => {
    const old = document.getElementById(id);
    if (!old) return;
    if (!document.hidden && !old.contains(document.activeElement)) {
      try {
        const fresh = await part(old.dataset.live || window.location.href, `#${CSS.escape(id)}`);
        if (!fresh) return;
        wait = usual;
        if (fresh.innerHTML !== old.dataset.was && fresh.innerHTML !== old.innerHTML) {
          const was = fresh.innerHTML;
          old.replaceChildren(...fresh.childNodes);
          old.dataset.was = was;
          begin(old);
          old.dispatchEvent(new CustomEvent("nintei:content", { bubbles: true }));
        }
      } catch {
        wait = Math.min(wait * 2, 300_000);
      }
    }
    window.setTimeout(look, wait);
  };
  window.setTimeout(look, wait);
}

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
  for (const button of reads(root, "[data-copy], [data-print], [data-select-all]")) button.hidden = false;
  for (const form of reads(root, "form[data-select]")) countTicks(form);
  for (const live of reads(root, "[data-live][id]")) {
    if (live.dataset.liveOn) continue;
    live.dataset.liveOn = "yes";
    keepFresh(live.id);
  }
}

begin(document);
/* On a phone the menu is one row; the page one is on stays in sight. */
const here = document.querySelector(".nav [aria-current]");
if (here) here.closest("ul").scrollLeft = here.offsetLeft - 64;
document.querySelector("[data-focus], .done h1")?.focus();
