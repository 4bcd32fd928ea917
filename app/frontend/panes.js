// The task beside the list, where there is room for it: opened, filled in, checked and sent without leaving the list, which follows.
// Elsewhere, and without this script, its links and forms lead to pages of their own.
//
//   <div data-panes><div class="panes__list">… <a data-pane-link> …</div><section class="panes__detail" hidden></section></div>
//   Addresses fetched for the pane say beside=1, so that pages which need the whole width know to lead back to /tasks?…&open=<task>.

const reads = (root, selector) => Array.from(root.querySelectorAll(selector));
const wide = window.matchMedia("(min-width: 80rem)");
const mount = document.documentElement.dataset.mount ?? ""; // where the site stands, if not at the root (a Play)
const HERE = new RegExp(`^${mount}/tasks/([^/]+)(/check|/done|/comments|/recall|/take)?$`); // what is shown in the pane

export function panes({ begin, renew, pageAt, unpressed }) {
  const host = document.querySelector("[data-panes]");
  const pane = host?.querySelector(".panes__detail");
  if (!pane) return;
  const list = host.querySelector(".panes__list");
  let current = "";
  let asked = 0; // counts what the pane was asked to show: an answer that is overtaken shows nothing

  const beside = (href) => {
    const url = new URL(href, window.location.href);
    url.searchParams.set("beside", "1");
    return url;
  };

  /** Points that were typed and not pinned yet. */
  const pins = () => reads(pane, "textarea[name^='pin:']").filter((area) => area.value.trim() && area.value !== area.defaultValue);

  function mark() {
    for (const link of reads(list, "a[data-pane-link]")) {
      const open = current !== "" && link.pathname === `${mount}/tasks/${current}`;
      link.closest("tr").classList.toggle("is-open", open);
      if (open) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  /** What is done in the pane changes the list; ticks stay. */
  async function follow() {
    const page = await pageAt(window.location.href).catch(() => null);
    if (!page) return;
    await unpressed(list);
    const at = list.contains(document.activeElement) && document.activeElement.getAttribute("href");
    const ticked = new Set(reads(list, "tbody input:checked").map((box) => box.value));
    const fresh = page.querySelector(".panes__list");
    for (const box of reads(fresh, "tbody input[type=checkbox]")) if (ticked.has(box.value)) box.toggleAttribute("checked", true);
    renew(list, document.adoptNode(fresh));
    if (at && !list.contains(document.activeElement)) reads(list, "a").find((link) => link.getAttribute("href") === at)?.focus();
    const tabs = document.getElementById("worklist-tabs");
    if (tabs) renew(tabs, document.adoptNode(page.getElementById("worklist-tabs")));
    for (const select of reads(document, ".filters select")) {
      const now = page.querySelector(`.filters select[name="${select.name}"]`);
      if (!now || document.activeElement === select) continue; // who is choosing chooses on
      const chosen = select.value;
      select.replaceChildren(...document.adoptNode(now).childNodes);
      select.value = chosen;
    }
    mark();
  }

  /** Shows the answer to a request in the pane; false when it belongs to a page of its own, which then opens. */
  async function show(url, request = {}) {
    const mine = (asked += 1);
    const answer = await fetch(url, { ...request, headers: { Accept: "text/html" }, credentials: "same-origin" });
    const at = new URL(answer.url);
    const task = HERE.exec(at.pathname)?.[1];
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const main = page.querySelector("#main .wrap");
    if (mine !== asked) return true;
    if (!task || !main) {
      window.location.assign(task ? url : answer.url);
      return false;
    }
    current = task;
    pane.replaceChildren(closer(), ...document.adoptNode(main).childNodes);
    pane.hidden = false;
    host.classList.add("panes--open");
    mark();
    const address = new URL(window.location.href);
    address.searchParams.set("open", task);
    address.hash = "";
    window.history.replaceState(window.history.state, "", address);
    begin(pane);
    pane.dispatchEvent(new CustomEvent("nintei:content", { bubbles: true }));
    const hash = at.hash || new URL(url, window.location.href).hash;
    const place = hash && document.getElementById(decodeURIComponent(hash.slice(1)));
    pane.scrollTop = 0;
    if (place && pane.contains(place)) place.scrollIntoView({ block: "center" });
    else if (host.getBoundingClientRect().top < 0) host.scrollIntoView({ block: "start" });
    (pane.querySelector("#error-summary, h1[tabindex], .done h1") ?? pane).focus({ preventScroll: true });
    return true;
  }

  /** The button by which the pane is closed, as by Escape. */
  function closer() {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn--quiet btn--small panes__close" });
    button.textContent = pane.dataset.close;
    button.addEventListener("click", close);
    return button;
  }

  /** Another page takes the pane: what was typed is kept first, and what was typed beside the answers as points. */
  async function leave() {
    const form = pane.querySelector("#task-form");
    if (!form) return;
    await form.keepDraft?.();
    if (!pins().length) return;
    const url = new URL(form.getAttribute("action"), window.location.href); // `form.action` may be a button of that name
    await fetch(`${url.pathname}/comments${url.search}`, { method: "POST", body: new FormData(form), credentials: "same-origin" });
  }

  /** The list has the whole width again; what was typed is kept as a draft. */
  async function close() {
    await leave().catch(() => null);
    const row = reads(list, "a[data-pane-link]").find((link) => link.pathname === `${mount}/tasks/${current}`);
    asked += 1;
    current = "";
    pane.hidden = true;
    pane.replaceChildren();
    host.classList.remove("panes--open");
    mark();
    const address = new URL(window.location.href);
    address.searchParams.delete("open");
    window.history.replaceState(window.history.state, "", address);
    row?.focus();
    await follow();
  }

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || event.isComposing || current === "") return;
    const at = document.activeElement;
    if (document.querySelector("dialog[open], details[data-menu][open]") || (at !== document.body && !host.contains(at))) return;
    event.preventDefault();
    close();
  });

  async function open(href) {
    try {
      await leave();
      await show(beside(href));
    } catch {
      window.location.assign(href);
    }
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.button || link.target) return;
    const inside = pane.contains(link);
    if (!(inside || (link.matches("[data-pane-link]") && wide.matches)) || !HERE.test(link.pathname)) return;
    event.preventDefault();
    open(link.href);
  });

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (event.defaultPrevented || !pane.contains(form) || form.method !== "post") return;
    const url = new URL(event.submitter?.getAttribute("formaction") ?? form.getAttribute("action"), window.location.href);
    if (!HERE.test(url.pathname)) return;
    event.preventDefault();
    try {
      if (await show(beside(url), { method: "POST", body: new FormData(form, event.submitter) })) await follow();
    } catch {
      // No answer: the browser sends it itself, and says what is wrong.
      const pressed = event.submitter;
      if (pressed?.name) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: pressed.name, value: pressed.value }));
      form.setAttribute("action", url);
      HTMLFormElement.prototype.submit.call(form);
    }
  });

  const wanted = new URL(window.location.href).searchParams.get("open");
  if (!wanted) return;
  const task = new URL(`${mount}/tasks/${encodeURIComponent(wanted)}${window.location.search}${window.location.hash}`, window.location.href);
  task.searchParams.delete("open");
  if (wide.matches) open(task.href);
  else window.location.replace(task);
}
