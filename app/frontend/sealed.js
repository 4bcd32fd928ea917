// What stays in the browser's storage is sealed under a key that only the pages of whoever typed it bear (`data-kept-key`, app/web/frame/
// kept.py): who is signed out, or somebody else at this computer, finds nothing to read there (OWASP ASVS 5.0, 14.3.1 and 14.3.3).
// Where the browser has no cipher (a page that came without https) nothing is kept.

const text = (bytes) => btoa(Array.from(bytes, (each) => String.fromCharCode(each)).join(""));
const bytes = (written) => Uint8Array.from(atob(written), (each) => each.charCodeAt(0));

const hex = (written) => Uint8Array.from(written.match(/../g), (each) => parseInt(each, 16));

/** {seal(value), open(sealed)} under this key; both give null where it cannot be done. */
export function sealer(written) {
  const key = written && globalThis.crypto?.subtle ? crypto.subtle.importKey("raw", hex(written), "AES-GCM", false, ["encrypt", "decrypt"]) : null;
  return {
    async seal(value) {
      if (!key) return null;
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const content = new TextEncoder().encode(JSON.stringify(value));
      return `${text(iv)}.${text(new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await key, content)))}`;
    },
    async open(sealed) {
      try {
        const [iv, content] = sealed.split(".").map(bytes);
        return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, await key, content)));
      } catch {
        return null; // another person's, damaged, or of a key that is no more
      }
    },
  };
}
