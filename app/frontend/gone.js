// The pages of somebody whose session is over are cleared, in every window of the browser, whoever ended it (OWASP ASVS 5.0, 14.3.1): a
// window in which nobody, or somebody else, is signed in says so to the others; one that is looked at again asks, and so does one that has
// been idle for as long as a session may be. Asking is no use of the session. Whoever signs in again has the page back; what they were
// filling in when the session ended by itself, with the files that they had chosen, as they left it. Who signed out has left nothing.
//
//   <body data-whose="/here" data-who="7" data-idle="720" data-gone="…" data-gone-again="…">
//     where one asks; whose page it is (empty: nobody's); after how many minutes of idleness a session ends; what is left of a page
//   "nintei:gone"   the event on the document, before the page goes; its detail collects promises that it waits for

const ASK_AGAIN = 30_000;
const LEFT = "left";
const LEAVE = "nintei:leave"; // pressed without network: done as soon as a page can do it
const { whose, who = "", idle, gone, goneAgain } = document.body?.dataset ?? {};
const windows = whose && globalThis.BroadcastChannel ? new BroadcastChannel(`nintei:${whose}`) : null;
let asked = Date.now();
let cleared = false;
let left = false; // they signed out, in whichever window
let held = null; // a form that was being filled in
let timer = 0;

function stored(act) {
  try {
    return act(window.localStorage);
  } catch {
    return null; // no storage: then it is for this page alone
  }
}

async function ask() {
  asked = Date.now();
  const answer = await fetch(whose, { headers: { Accept: "application/json" }, credentials: "same-origin" }).catch(() => null);
  const said = answer?.ok ? await answer.json().catch(() => null) : null;
  if (!said) return wait(); // it cannot be told now
  const same = `${said.account ?? ""}` === who;
  if (cleared && same) back();
  else if (!cleared && !same) await clear();
  else wait();
}

/** What could not be sent is sealed first; then nothing of the page is left, whether or not a server answers. */
async function clear() {
  cleared = true;
  const last = [];
  document.dispatchEvent(new CustomEvent("nintei:gone", { detail: last }));
  await Promise.allSettled(last);
  const again = Object.assign(document.createElement("a"), { href: window.location.href, textContent: goneAgain, className: "btn btn--primary" });
  const main = document.createElement("main");
  main.className = "main wrap flow";
  if (!left && document.querySelector("form[data-form]")) {
    held = { title: document.title, content: document.createDocumentFragment() };
    held.content.append(...document.body.childNodes);
  }
  main.append(Object.assign(document.createElement("h1"), { textContent: gone }), again);
  document.body.replaceChildren(main);
  document.title = gone;
}

function back() {
  if (!held) return window.location.reload();
  document.body.replaceChildren(held.content);
  document.title = held.title;
  held = null;
  cleared = false;
  wait();
}

function wait() {
  clearTimeout(timer);
  if (!cleared) timer = setTimeout(ask, Math.min(Number(idle) * 60_000 + 1000, 2 ** 31 - 1));
}

if (who) {
  wait();
  windows?.addEventListener("message", ({ data }) => {
    if (data === LEFT) {
      left = true;
      held = null;
    } else if ((data === who) === cleared) ask();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && Date.now() - asked > ASK_AGAIN) ask();
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) ask();
  });
  const out = document.querySelector("form[action$='/logout']");
  if (out && stored((all) => all.getItem(LEAVE))) {
    stored((all) => all.removeItem(LEAVE));
    out.requestSubmit();
  }
  // Before away.js, which would keep the page: whoever signs out without network leaves nothing to be seen.
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[action$='/logout']")) return;
    stored((all) => all.removeItem("nintei.designer.clipboard"));
    left = true;
    windows?.postMessage(LEFT);
    if (navigator.onLine !== false) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    stored((all) => all.setItem(LEAVE, "yes"));
    const body = new FormData(event.target);
    const address = event.target.action;
    window.addEventListener("online", () => fetch(address, { method: "POST", body }).then(() => stored((all) => all.removeItem(LEAVE)), () => {}));
    clear();
  }, true);
}
windows?.postMessage(who);
