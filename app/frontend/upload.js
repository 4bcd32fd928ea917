// Sends one file in pieces, and goes on where it stopped (tus 1.0.0): after a lost network by itself, after a closed
// window when the same file is chosen again. Loaded by forms.js when the first file is chosen.
import { Upload } from "tus-js-client";
import { all, begun, begunIn, fingerprintOf, listOf, make, removeButton, renew, size, unsent } from "./files.js";

// The portal's server passes a request on when all of it has arrived: what was cut off within a piece is sent again.
const PIECE = 1 << 20;
const AT_ONCE = 3;
const SHORTEST = 1000;
const LONGEST = 30000;

let running = 0;
const waiting = [];

/** A place among those that send; the others wait their turn. */
async function turn() {
  if (running >= AT_ONCE) await new Promise((go) => waiting.push(go));
  running += 1;
}

function next() {
  running -= 1;
  waiting.shift()?.();
}

/** Until the network is back or the time is over, whichever comes first. */
function pause(delay) {
  return new Promise((go) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      go();
    };
    const timer = setTimeout(done, delay);
    window.addEventListener("online", done);
  });
}

/** What a server's answer says to a person; empty for an answer that is not ours. */
function said(text) {
  try {
    return JSON.parse(text).message ?? "";
  } catch {
    return "";
  }
}

class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** What was refused stays refused; everything else (no network, a busy or restarting server) may work in a while. */
const lasting = (status) => status >= 400 && status < 500 && ![408, 409, 423, 425, 429, 460].includes(status);

/**
 * Send `file` for the field of `input`; shows it in the field's list, with progress. `old`: the item of the file that it
 * replaces, `replaces` the id of that file.
 */
export async function send(file, input, form, texts, old = null) {
  const item = make("li", { class: "f-file" }, make("span", { class: "f-file-name" }, file.name), make("span", { class: "f-file-size" }, size(file.size)));
  if (old) old.after(item);
  else listOf(input).append(item);
  const note = make("span", { class: "f-file-note", role: "status" });
  const bar = make("progress", { max: file.size || 1, value: 0, "aria-label": `${texts.uploading} ${file.name}` });
  const fingerprint = fingerprintOf(input.name, file);
  const kept = async () => (await begun(form, input.name)).filter(([, known]) => known.fingerprint === fingerprint);
  const forget = async () => (await kept()).forEach(([key]) => localStorage.removeItem(key));
  for (const hint of all(form, "[data-begun]")) if (hint.dataset.begun === fingerprint) hint.remove();
  let upload = null;
  let stopped = false;
  let inFlight = true;
  const remove = removeButton(item, file.name, texts, form, () => {
    stopped = true;
    if (inFlight) settle();
    forget();
    upload?.abort(true).catch(() => {});
    unsent(form);
  });
  const settle = () => {
    inFlight = false;
    form.uploads -= 1;
    bar.remove();
  };
  item.append(bar, note, remove);
  form.uploads = (form.uploads ?? 0) + 1;
  const most = Number(input.dataset.maxMb);
  try {
    if (most && file.size > most * 1024 * 1024) throw new Refused(413, texts.too_large.replace("{most}", most));
    await turn();
    try {
      if (stopped) return;
      const found = await deliver();
      if (stopped || !found) return;
      settle();
      forget();
      note.textContent = texts.attached;
      note.before(...(found.signatures ?? []).map((each) => make("span", { class: "f-file-size" }, each)));
      const replaced = old ?? sameName(file.name, item, input);
      if (!input.multiple) for (const other of all(listOf(input), ".f-file")) if (other !== item) other.remove();
      replaced?.remove();
      item.append(make("input", { type: "hidden", name: input.name, value: found.id }));
      form.dispatchEvent(new Event("input", { bubbles: true }));
      form.dispatchEvent(new Event("nintei:attached", { bubbles: true })); // what is said to be attached is in the draft at once
    } finally {
      next();
    }
  } catch (error) {
    if (stopped) return;
    settle();
    note.textContent = (error.status === 401 ? texts.gone : error.message) || texts.failed;
    note.classList.add("f-error");
    unsent(form, texts.unsent);
    if (error instanceof Refused && lasting(error.status) && error.status !== 401) {
      forget();
      item.dataset.refused = "";
      return;
    }
    const retry = make("button", { type: "button", class: "btn btn--small" }, texts.retry);
    retry.addEventListener("click", () => {
      item.remove();
      send(file, input, form, texts, old);
    });
    remove.before(retry);
  }

  /** The file's reference once the draft has it. Waits for the network as long as it takes. */
  async function deliver() {
    let delay = SHORTEST;
    const replaces = old?.querySelector("input[type=hidden]")?.value;
    upload = new Upload(file, {
      endpoint: form.dataset.uploadUrl,
      chunkSize: PIECE,
      retryDelays: null, // below: it never gives up while the network is away
      metadata: { filename: file.name, field: input.name, ...(replaces ? { replaces } : {}) },
      headers: headers(),
      fingerprint: () => Promise.resolve(fingerprint),
      urlStorage: begunIn(form, input.name),
      onProgress: (sent) => {
        bar.value = sent;
        note.textContent = "";
      },
      onChunkComplete: () => {
        delay = SHORTEST;
      },
    });
    const [known] = await kept();
    if (known) upload.resumeFromPreviousUpload({ ...known[1], urlStorageKey: known[0] });
    for (;;) {
      try {
        await new Promise((resolve, reject) => {
          upload.options.onSuccess = resolve;
          upload.options.onError = reject;
          upload.start();
        });
        return await take(upload.url);
      } catch (error) {
        if (stopped) return null;
        const status = error.status ?? error.originalResponse?.getStatus() ?? 0;
        if (status === 401 && (await renew(form, upload.options.headers["X-CSRFToken"]))) {
          upload.options.headers = headers();
          continue;
        }
        if (lasting(status)) throw error instanceof Refused ? error : new Refused(status, said(error.originalResponse.getBody()));
        if (status === 409 && error.originalResponse && said(error.originalResponse.getBody())) throw new Refused(status, said(error.originalResponse.getBody()));
        note.textContent = status ? texts.busy : texts.lost;
        await pause(delay * (0.75 + Math.random() / 2));
        delay = Math.min(delay * 2, LONGEST);
      }
      if (stopped) return null;
    }
  }

  async function take(url) {
    const reply = await fetch(`${url}/take`, { method: "POST", headers: headers() });
    const text = await reply.text();
    if (!reply.ok) throw new Refused(reply.status, said(text));
    return JSON.parse(text);
  }

  function headers() {
    const token = form.elements.csrf_token;
    return { Accept: "application/json", ...(token ? { "X-CSRFToken": token.value } : {}) };
  }
}

/** The file of this name that the field has already: the new one is its new version. */
function sameName(name, item, input) {
  return all(listOf(input), ".f-file").find((other) => other !== item && other.querySelector("input[type=hidden]") && other.querySelector(".f-file-name").textContent.trim() === name) ?? null;
}
