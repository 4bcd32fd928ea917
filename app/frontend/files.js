// The list of a field's files: what forms.js and upload.js both draw.
import { sealer } from "./sealed.js";

export const all = (root, selector) => Array.from(root.querySelectorAll(selector));

export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** As the server writes it (Jinja's filesizeformat). */
export const size = (bytes) => (bytes === 1 ? "1 Byte" : bytes < 1e3 ? `${bytes} Bytes` : bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);

export function listOf(input) {
  const field = input.closest("[data-field]");
  let list = field.querySelector(".f-files");
  if (!list) (input.closest(".f-drop") ?? input).before(list = make("ul", { class: "f-files" }));
  return list;
}

/** A press that waits for a file (away.js) waits no longer, and says `words` why, or that something was changed since. */
export const unsent = (form, words = "") => form.dispatchEvent(new CustomEvent("nintei:unsent", { bubbles: true, detail: words }));

export function removeButton(item, name, texts, form, before = () => {}) {
  const button = make("button", { type: "button", class: "btn btn--small btn--quiet", "aria-label": `${texts.remove} ${name}` }, texts.remove);
  button.addEventListener("click", () => {
    const input = item.closest("[data-field]").querySelector("input[type=file]");
    before();
    item.remove();
    input?.focus();
    form.dispatchEvent(new Event("input", { bubbles: true }));
  });
  return button;
}

/**
 * After a new sign-in in another window the form's token is that of a session that has ended: take the new one. Asked as a script asks, so
 * that whoever is signed out gets a plain 401: the sign-in page would begin a session, and its late cookie end the one of the other window.
 * `used` is the token that was refused; true when there is another one, be it that somebody else of this page has fetched it meanwhile.
 */
export async function renew(form, used = form.elements.csrf_token?.value) {
  const reply = await fetch(location.href, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!reply?.ok || reply.redirected) return false;
  const page = new DOMParser().parseFromString(await reply.text(), "text/html");
  const token = page.querySelector("input[name=csrf_token]")?.value;
  if (!token || !form.elements.csrf_token) return false;
  form.elements.csrf_token.value = token;
  return token !== used;
}

/* What tus needs to go on with a file after the window was closed, in localStorage: `nintei:begun:<where it goes>:<number>`. The name of the
   file is in it, so it is sealed (sealed.js). The server keeps what has arrived for seven days. */
const AGE = 6.9 * 864e5;
const placeOf = (form) => `nintei:begun:${form.dataset.uploadUrl}:`;
/** The file, in a word: the same one, chosen again for the same field, has the same. */
export const fingerprintOf = (field, file) => `${field}:${file.name}:${file.size}:${file.lastModified}`;

/** Uploads of this form's field that were begun in this browser and not finished: [storage key, what tus knows of it]. */
export async function begun(form, field) {
  const found = [];
  const { open } = sealer(form.dataset.keptKey);
  try {
    for (const key of Object.keys(localStorage).filter((each) => each.startsWith(placeOf(form)))) {
      const { at, sealed } = JSON.parse(localStorage.getItem(key));
      const known = await open(sealed);
      if (!known || Date.now() - at >= AGE) localStorage.removeItem(key);
      else if (known.fingerprint.startsWith(`${field}:`)) found.push([key, known]);
    }
  } catch {
    // No storage, or nothing of ours in it: then files are sent from their beginning.
  }
  return found;
}

/** As tus asks for a place to keep it (UrlStorage). */
export const begunIn = (form, field) => ({
  findAllUploads: async () => [],
  findUploadsByFingerprint: async (fingerprint) =>
    (await begun(form, field)).filter(([, known]) => known.fingerprint === fingerprint).map(([urlStorageKey, known]) => ({ ...known, urlStorageKey })),
  removeUpload: async (key) => localStorage.removeItem(key),
  async addUpload(fingerprint, upload) {
    const sealed = await sealer(form.dataset.keptKey).seal({ ...upload, fingerprint });
    const key = `${placeOf(form)}${crypto.getRandomValues(new Uint32Array(2)).join("-")}`;
    if (sealed) localStorage.setItem(key, JSON.stringify({ at: Date.now(), sealed }));
    return key;
  },
});
