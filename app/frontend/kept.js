// What was typed and could not be saved is kept in the browser until it is: after a lost network, a browser's error page, a closed window.
//
// A task's form keeps it in localStorage under the address of its draft, for its owner (`data-owner`) and seven days, and hands it to the
// server when the page is opened again. A visitor's form, which has no draft, keeps it in sessionStorage and puts it back itself.
// Passwords, connection data (`data-secrets`) and files are never kept; what is kept is sealed (sealed.js).
import { all } from "./files.js";
import { sealer } from "./sealed.js";

const DAYS = 7;
const OURS = /^(csrf_token|revision|step|form_release|page:.*)$/;

/** What the form holds: [[name, text], …]. */
function entries(form) {
  const secret = new Set((form.dataset.secrets ?? "").split(",").map((name) => name.trim()));
  for (const input of all(form, "input[type=password]")) secret.add(input.name);
  return Array.from(new FormData(form)).filter(([name, value]) => typeof value === "string" && !OURS.test(name) && !secret.has(name));
}

/** As the server writes what it was sent: width and white space are made even, what is empty says nothing. */
const even = (list) => list.map(([name, text]) => [name, text.normalize("NFKC").replace(/\s+/g, " ").trim()]).filter(([, text]) => text !== "");
const same = (some, others) => JSON.stringify(even(some)) === JSON.stringify(even(others));

function store(form) {
  const drafted = Boolean(form.dataset.draftUrl);
  const key = `nintei:kept:${drafted ? form.dataset.draftUrl : new URL(form.action, location.href).pathname}`;
  return {
    read() {
      try {
        return JSON.parse((drafted ? localStorage : sessionStorage).getItem(key));
      } catch {
        return null;
      }
    },
    write(value) {
      try {
        const place = drafted ? localStorage : sessionStorage;
        if (value) place.setItem(key, JSON.stringify(value));
        else place.removeItem(key);
      } catch {
        // No storage, or it is full: the page itself still has what was typed.
      }
    },
  };
}

/** {keep(), forget()} of a task's form; `post(form data)` saves and gives the answer. */
export function kept(form, texts, status, post) {
  const box = store(form);
  const { seal, open } = sealer(form.dataset.keptKey);
  const me = crypto.getRandomValues(new Uint32Array(2)).join("-");
  let turn = 0; // sealing takes a moment: what was forgotten, or is kept anew meanwhile, is not written after it
  // Each window of the form has a place of its own: none writes over, or forgets, what another could not save.
  const read = () => box.read() ?? [];
  const write = (by, ...mine) => {
    const all = [...read().filter((one) => one.by !== by), ...mine];
    box.write(all.length ? all : null);
  };
  const keep = async () => {
    const mine = (turn += 1);
    const about = { by: me, owner: form.dataset.owner, at: Date.now(), revision: form.dataset.revision };
    const sealed = await seal(entries(form));
    if (sealed && mine === turn) write(me, { ...about, sealed });
  };
  const forget = (by = me) => {
    if (by === me) turn += 1;
    write(by);
  };
  // A page that answers a press has what was typed; so has one that shows the same.
  const answers = form.querySelector("[aria-invalid]");
  const shown = entries(form);
  const fresh = (one) => Date.now() - one.at < DAYS * 864e5 && one.owner === form.dataset.owner;
  begin();

  /** One after the other: what one of them saves is what the next is compared with. */
  async function begin() {
    const found = [];
    for (const one of read()) {
      const typed = fresh(one) && !answers && one.sealed ? await open(one.sealed) : null;
      if (!typed || same(typed, shown)) forget(one.by);
      else found.push({ ...one, entries: typed });
    }
    for (const one of found) if (await offer(one)) return;
  }

  async function put(found, revision) {
    const body = new FormData(form);
    for (const name of new Set([...body.keys()])) if (!OURS.test(name)) body.delete(name);
    for (const [name, value] of found.entries) body.append(name, value);
    body.set("revision", revision);
    return post(body).catch(() => null);
  }

  /** Whether the page is about to be drawn anew. */
  async function offer(found) {
    // What was typed into the page as the server still has it needs no question.
    const answer = found.revision === form.dataset.revision ? await put(found, found.revision) : { status: 409 };
    if (answer?.ok) {
      forget(found.by);
      location.reload();
      return true;
    }
    if (answer?.status !== 409) return false; // away, or signed out: it stays where it is
    const say = document.createElement("div");
    say.className = "notice notice--warning kept";
    say.setAttribute("role", "alert");
    const button = (text, press) => {
      const one = Object.assign(document.createElement("button"), { type: "button", className: "btn btn--small", textContent: text });
      one.addEventListener("click", press);
      return one;
    };
    const at = new Date(found.at).toLocaleString(form.dataset.lang, { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" });
    const words = Object.assign(document.createElement("p"), { textContent: texts.kept.replace("{at}", at) });
    const row = Object.assign(document.createElement("p"), { className: "cluster" });
    row.append(
      button(texts.take_kept, async () => {
        if ((await put(found, form.dataset.revision))?.ok) {
          forget(found.by);
          location.reload();
        } else status.textContent = texts.unsaved;
      }),
      button(texts.drop_kept, () => {
        forget(found.by);
        say.remove();
      }),
    );
    const body = Object.assign(document.createElement("div"), { className: "notice__body" });
    body.append(words, row);
    say.append(body);
    form.before(say);
    return false;
  }
  return { keep, forget };
}

/** A visitor's form: what was typed in this window is there again after "Back" or a page that was lost. */
export async function remembered(form) {
  const box = store(form);
  const { seal, open } = sealer(form.dataset.keptKey);
  let turn = 0;
  const keep = async () => {
    const mine = (turn += 1);
    const sealed = await seal(entries(form));
    if (sealed && mine === turn) box.write({ sealed });
  };
  form.addEventListener("input", keep);
  form.addEventListener("change", keep);
  form.addEventListener("submit", keep);
  const sealed = form.querySelector("[aria-invalid]") ? "" : box.read()?.sealed;
  const found = sealed ? await open(sealed) : null;
  if (!found || turn) return; // nothing, or something else is typed by now
  for (const field of all(form, "input, select, textarea")) {
    if (!field.name || field.type === "hidden" || field.type === "password" || OURS.test(field.name)) continue;
    const given = found.filter(([name]) => name === field.name).map(([, value]) => value);
    if (field.type === "checkbox" || field.type === "radio") field.checked ||= given.includes(field.value);
    else if (given.length && !field.value) field.value = given[0];
  }
  form.dispatchEvent(new CustomEvent("nintei:filled"));
}

/** <… data-forget="/apply">: what was kept under this address has arrived. */
export function forgetArrived(root) {
  for (const node of all(root, "[data-forget]")) {
    for (const place of ["localStorage", "sessionStorage"]) {
      try {
        window[place].removeItem(`nintei:kept:${node.dataset.forget}`);
      } catch {
        // Without storage nothing was kept.
      }
    }
  }
}
