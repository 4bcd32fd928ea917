// Improves the forms that app/web/templates/forms/fields.html draws; each works without it, by a plain post.
// Conditions, rows, postal codes, Japanese eras, uploads with progress, drafts. The steps of `settle` are those of app/forms/conditions.py.
import { holds } from "./feel.js";
import { all, begun, make, removeButton, renew, unsent } from "./files.js";
import { forgetArrived, kept, remembered } from "./kept.js";
import { natives, pick } from "./natives.js";

const scopeOf = (node, form) => node.parentElement.closest("[data-row]") ?? form;
const keyOf = (field) => field.dataset.field.slice(field.dataset.field.lastIndexOf("-") + 1);

/* ---- Conditions */

function number(text) {
  const plain = text.normalize("NFKC").replace(/[−‐‑–—―ー]/g, "-").replace(/[\s,、円¥]/g, "");
  return /^[+-]?\d{1,15}(\.\d{1,10})?$/.test(plain) ? Number(plain) : null;
}

/** The answer of one field as app/forms cleans it; undefined when the page does not ask for it (it is then among the facts). */
function answer(field, form) {
  const { kind, field: name } = field.dataset;
  if (kind === "dynamiclist") {
    return all(field, "[data-row]").filter((row) => row.parentElement.closest("[data-field]") === field).map((row) => answers(row, form));
  }
  if (field.querySelector(".f-locked")) return undefined;
  const inputs = all(field, "input, select, textarea").filter((input) => input.name === name);
  if (kind === "filepicker") return inputs.filter((input) => input.type === "hidden").map((input) => ({ id: input.value }));
  if (kind === "checkbox") return inputs.some((input) => input.checked);
  if (kind === "checklist" || kind === "taglist") return inputs.filter((input) => input.checked).map((input) => input.value);
  const input = kind === "radio" ? inputs.find((one) => one.checked) : inputs[0];
  const text = (input?.value ?? "").normalize("NFC").trim();
  return text === "" ? null : kind === "number" ? number(text) : text;
}

function answers(scope, form) {
  const found = {};
  for (const field of all(scope, "[data-field]")) {
    if (scopeOf(field, form) !== scope) continue;
    const value = answer(field, form);
    if (value !== undefined) found[keyOf(field)] = value;
  }
  return found;
}

/** Shows and hides in one scope, then in the rows inside it. Hidden answers count as null, which may hide or show more. */
function settle(scope, form, outer) {
  const values = answers(scope, form);
  const conditional = all(scope, "[data-hide-if]").filter((node) => scopeOf(node, form) === scope);
  const fields = all(scope, "[data-field]").filter((field) => scopeOf(field, form) === scope);
  let hidden = new Set();
  let names = { ...outer, ...values };
  for (let pass = 0; pass <= conditional.length; pass += 1) {
    names = { ...outer, ...values };
    for (const field of fields) if (conditional.some((node) => hidden.has(node) && node.contains(field))) names[keyOf(field)] = null;
    const found = new Set(conditional.filter((node) => holds(JSON.parse(node.dataset.hideIf), names)));
    if (found.size === hidden.size && [...found].every((node) => hidden.has(node))) break;
    hidden = found;
  }
  for (const node of conditional) node.hidden = hidden.has(node);
  for (const row of all(scope, "[data-row]")) if (scopeOf(row, form) === scope) settle(row, form, names);
}

/* ---- Rows */

function renumber(list) {
  all(list, ":scope > [data-row]").forEach((row, index) => {
    for (const place of all(row, ".f-row-number")) if (place.closest("[data-row]") === row) place.textContent = index + 1;
  });
}

function rowButton(button, form) {
  if (button.name === "remove_row") {
    const row = button.closest("[data-row]");
    const list = row.parentElement;
    row.remove();
    renumber(list);
    list.parentElement.querySelector(":scope > .f-add")?.focus();
  } else {
    const list = button.parentElement.querySelector(":scope > [data-rows]");
    const name = list.dataset.rows;
    const used = all(list, ":scope > [data-row]").map((row) => Number(row.dataset.row.slice(name.length + 1)));
    const index = Math.max(-1, ...used) + 1;
    if (index > 199) return false;
    const copy = document.createElement("template");
    copy.innerHTML = button.parentElement.querySelector(":scope > template").innerHTML.replaceAll(`${name}-9999`, `${name}-${index}`);
    const row = copy.content.querySelector("[data-row]");
    row.querySelector(`input[type=hidden][name="${name}"]`).value = index;
    list.append(row);
    renumber(list);
    enhance(row, form);
    row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  }
  form.dispatchEvent(new Event("input", { bubbles: true }));
  return true;
}

/* ---- Postal codes and dates */

async function fillPostal(input, form, texts, always) {
  const code = input.value.normalize("NFKC").replace(/[^0-9]/g, "");
  if (code.length !== 7 || (!always && input.dataset.asked === code)) return;
  input.dataset.asked = code;
  const status = statusOf(input.closest("[data-field]"));
  try {
    const reply = await fetch(form.dataset.postalUrl + code, { headers: { Accept: "application/json" } });
    status.textContent = reply.status === 404 ? texts.unknown_postal : "";
    if (!reply.ok) return;
    const place = await reply.json();
    for (const part of ["prefecture", "city"]) {
      const target = input.dataset[part] && form.elements[input.dataset[part]];
      if (target && place[part] && (always || !target.value.trim())) target.value = place[part];
    }
    form.dispatchEvent(new Event("input", { bubbles: true }));
  } catch {
    // Without the network the address is typed by hand.
  }
}

const ERAS = [["2019-05-01", "令和", 2019], ["1989-01-08", "平成", 1989], ["1926-12-25", "昭和", 1926], ["1912-07-30", "大正", 1912], ["1873-01-01", "明治", 1868]];

export function wareki(text) {
  const day = /^(\d{4})-(\d\d)-(\d\d)/.exec(text);
  const era = day && ERAS.find(([first]) => text.slice(0, 10) >= first);
  if (!era) return "";
  const year = Number(day[1]) - era[2] + 1;
  return `${era[1]}${year === 1 ? "元" : year}年${Number(day[2])}月${Number(day[3])}日`;
}

function statusOf(field) {
  let status = field.querySelector(":scope > .f-status");
  if (!status) field.append(status = make("p", { class: "f-status f-help", role: "status" }));
  return status;
}

/* ---- Uploads */

/** Sending is a script of its own (upload.js): pages without a file never load it. */
async function send(file, input, form, texts, old = null) {
  form.uploads = (form.uploads ?? 0) + 1; // a press of a button waits for the script, too (away.js)
  let sender;
  try {
    sender = await import(form.dataset.uploader);
  } catch {
    statusOf(input.closest("[data-field]")).textContent = texts.failed;
    unsent(form, texts.unsent);
    return;
  } finally {
    form.uploads -= 1;
  }
  sender.send(file, input, form, texts, old);
}

/** A file that is named here was not sent to its end: chosen again, it goes on. */
async function unfinished(input, form, texts) {
  const rows = (await begun(form, input.name)).map(([key, known]) => {
    const name = known.metadata?.filename ?? "";
    const row = make("p", { class: "f-begun", "data-begun": known.fingerprint }, texts.begun.replace("{name}", name), " ");
    const button = make("button", { type: "button", class: "btn btn--small btn--quiet", "aria-label": `${texts.discard} ${name}` }, texts.discard);
    button.addEventListener("click", () => {
      localStorage.removeItem(key);
      const headers = { "Tus-Resumable": "1.0.0", "X-CSRFToken": form.elements.csrf_token?.value ?? "" };
      if (known.uploadUrl) fetch(known.uploadUrl, { method: "DELETE", headers }).catch(() => {});
      row.remove();
      input.focus();
    });
    row.append(button);
    return row;
  });
  input.before(...rows);
}

/** Beside a file that is attached already: another one in its place. Of a single file every new one is that. */
function replaceButton(item, input, name, form, texts) {
  const button = make("button", { type: "button", class: "btn btn--small btn--quiet", "aria-label": `${texts.replace} ${name}` }, texts.replace);
  button.addEventListener("click", () => {
    const picker = make("input", { type: "file", accept: input.accept });
    picker.addEventListener("change", () => {
      if (picker.files[0]) send(picker.files[0], input, form, texts, item);
    });
    picker.click();
  });
  return button;
}

// “None of these” goes off when another option is ticked, and the others when it is.
function alone(input, form) {
  if (input.type !== "checkbox" || !input.checked) return;
  for (const other of form.querySelectorAll(`input[type=checkbox][name="${CSS.escape(input.name)}"]`)) {
    if (other !== input && ("exclusive" in input.dataset || "exclusive" in other.dataset)) other.checked = false;
  }
}

function uploads(input, form, texts) {
  const zone = make("div", { class: "f-drop" });
  input.before(zone);
  zone.append(make("p", { class: "f-drop-hint f-help" }, texts.drop), input);
  pick(input);
  unfinished(input, form, texts);
  const take = (files) => {
    // What was refused has been read by whoever chooses again.
    for (const item of all(input.closest("[data-field]"), ".f-file[data-refused]")) item.remove();
    for (const file of input.multiple ? files : Array.from(files).slice(0, 1)) send(file, input, form, texts);
  };
  input.addEventListener("change", () => {
    take(Array.from(input.files));
    input.value = "";
  });
  for (const kind of ["dragenter", "dragover"]) {
    zone.addEventListener(kind, (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      zone.classList.add("is-over");
    });
  }
  zone.addEventListener("dragleave", (event) => {
    if (!zone.contains(event.relatedTarget)) zone.classList.remove("is-over");
  });
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("is-over");
    take(Array.from(event.dataTransfer.files));
  });
}

/* ---- Drafts */

/** Says with every save from which opened page it comes and the how-manieth it is, so that one's own saves never conflict (app/services/drafts.py). */
function mark(form) {
  const id = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  let before = "";
  try {
    const key = `nintei:page:${form.dataset.draftUrl}`;
    before = sessionStorage.getItem(key) ?? "";
    sessionStorage.setItem(key, [id, ...before.split(" ")].slice(0, 4).join(" "));
  } catch {
    // No storage: what this window showed before is not known.
  }
  let nth = 0;
  form.addEventListener("formdata", ({ formData }) => {
    nth += 1;
    formData.set("page:id", id);
    formData.set("page:nth", nth);
    formData.set("page:before", before);
  });
  // A page that comes back by "Back" does not know what was typed after it.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) before = "";
  });
}

function drafts(form, texts) {
  const status = form.querySelector("[data-draft-status]") ?? form.appendChild(make("p", { class: "f-saved", role: "status" }));
  let timer = 0;
  let dirty = false;
  let saving = null;
  let stopped = false;
  let wait = 1500;
  const say = (text) => {
    status.textContent = text;
  };
  const later = (delay) => {
    clearTimeout(timer);
    timer = setTimeout(save, delay);
  };
  const send = (body, keepalive = false) =>
    fetch(form.dataset.draftUrl, { method: "POST", body, headers: { Accept: "application/json" }, keepalive });
  const browser = kept(form, texts, status, send);
  /** The server cannot be reached: a press of a button waits (away.js), and the browser keeps what is typed. */
  const away = (is) => {
    if (is) form.dataset.away = "yes";
    else delete form.dataset.away;
    if (is) browser.keep();
    else browser.forget();
  };
  const save = (keepalive = false) => {
    if (dirty && !saving && !stopped) saving = post(keepalive === true).finally(() => {
      saving = null;
      if (dirty && !stopped) later(wait);
    });
    return saving;
  };
  async function post(keepalive) {
    dirty = false;
    const body = new FormData(form);
    for (const [name, value] of Array.from(body.entries())) if (value instanceof File) body.delete(name);
    // A file field's own name also carries the ids of files attached before: put those back.
    for (const input of all(form, ".f-file input[type=hidden]")) if (!body.getAll(input.name).includes(input.value)) body.append(input.name, input.value);
    body.set("revision", form.dataset.revision);
    say(texts.saving);
    try {
      const reply = await send(body, keepalive);
      if (reply.status === 409) {
        stopped = true;
        browser.keep(); // a page that is loaded anew offers it
        conflict((await reply.json().catch(() => ({}))).error ?? "");
      } else if (reply.status === 401 || reply.status === 403 || reply.redirected) {
        dirty = true;
        browser.keep();
        say(texts.gone);
        if (await renew(form, body.get("csrf_token"))) wait = 750; // signed in again, in another window
        later((wait = Math.min(wait * 2, 60000)));
      } else if (!reply.ok) {
        throw new Error(String(reply.status));
      } else {
        const { revision } = await reply.json();
        form.dataset.revision = revision;
        if (form.elements.revision) form.elements.revision.value = revision;
        wait = 1500;
        const was = form.dataset.away;
        away(false);
        if (was) form.dispatchEvent(new CustomEvent("nintei:back", { bubbles: true }));
        say(`${texts.saved} ${new Date().toLocaleTimeString(form.dataset.lang, { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Tokyo" })}`);
      }
    } catch {
      dirty = true;
      away(true);
      say(texts.unsaved);
      later((wait = Math.min(wait * 2, 60000)));
    }
  }
  /** Who saved meanwhile, where it is seen wherever in the form one types; a press of a button then shows both. */
  function conflict(who) {
    status.classList.add("is-conflict");
    status.setAttribute("role", "alert");
    status.replaceChildren(`${who} `, texts.conflict, " ", make("a", { href: location.href, target: "_blank", rel: "noopener" }, texts.see));
  }
  form.keepDraft = async () => {
    clearTimeout(timer);
    await saving;
    clearTimeout(timer);
    await save();
  };
  form.addEventListener("input", () => {
    dirty = true;
    if (form.dataset.away || stopped) browser.keep();
    later(wait);
  });
  window.addEventListener("online", () => {
    if (form.dataset.away) later(0);
  });
  form.addEventListener("nintei:attached", () => later(0));
  // The session is over, and the page is about to go (gone.js).
  document.addEventListener("nintei:gone", (event) => {
    if (dirty) event.detail.push(browser.keep());
  });
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (dirty) browser.keep(); // until the next page has shown that it arrived
    stopped = true;
    clearTimeout(timer);
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) stopped = false;
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") save(true);
  });
}

/* ---- One form, or one row that came later */

function enhance(root, form) {
  const texts = JSON.parse(form.dataset.texts);
  for (const area of all(root, "textarea[data-most]")) {
    const count = make("p", { class: "f-count", "aria-hidden": "true" });
    const tell = () => {
      const length = [...area.value].length;
      // A far limit is no news.
      count.hidden = area.dataset.most > 500 && length < area.dataset.most * 0.8;
      count.textContent = `${length} / ${area.dataset.most}`;
    };
    area.after(count);
    area.addEventListener("input", tell);
    tell();
  }
  if (!form.dataset.uploadUrl) return;
  for (const box of all(root, ".f-file-remove")) {
    const item = box.closest(".f-file");
    const name = item.querySelector(".f-file-name").textContent;
    const input = item.closest("[data-field]").querySelector("input.f-upload");
    box.replaceWith(...(input?.multiple ? [replaceButton(item, input, name, form, texts)] : []), removeButton(item, name, texts, form));
  }
  for (const input of all(root, "input.f-upload")) uploads(input, form, texts);
  natives(root);
}

function start(form) {
  if (form.dataset.started) return;
  form.dataset.started = "yes";
  const texts = JSON.parse(form.dataset.texts);
  const context = JSON.parse(form.dataset.context || "{}");
  const again = () => settle(form, form, context);
  form.addEventListener("input", (event) => {
    again();
    const input = event.target;
    if (input.matches?.("[data-prefecture], [data-city]")) fillPostal(input, form, texts, false);
    const beside = input.closest?.("[data-kind=datetime]")?.querySelector("[data-era]");
    if (beside) beside.textContent = wareki(input.value);
  });
  form.addEventListener("nintei:filled", again);
  form.addEventListener("change", (event) => {
    alone(event.target, form);
    again(event);
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[name=add_row], button[name=remove_row], button[name=fill_postal]");
    if (!button) return;
    if (button.name !== "fill_postal") {
      if (rowButton(button, form)) event.preventDefault();
      return;
    }
    event.preventDefault();
    fillPostal(form.elements[button.value], form, texts, true);
  });
  enhance(form, form);
  if (form.dataset.draftUrl) {
    mark(form);
    drafts(form, texts);
  } else if (form.method === "post" && form.dataset.remember !== undefined) remembered(form);
  again();
}

function startAll(root) {
  for (const form of all(root, "form[data-form]")) start(form);
}

if (typeof document !== "undefined") {
  document.addEventListener("nintei:content", (event) => {
    forgetArrived(event.target);
    startAll(event.target.parentElement ?? document);
  });
  const begin = () => {
    forgetArrived(document);
    startAll(document);
    document.getElementById("error-summary")?.focus();
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
}
