// What could not be sent yet, in this browser (IndexedDB), sealed: by person, draft and file. Without IndexedDB (a private window) it is kept
// by the page alone, which then asks before it is left.
import { sealer } from "../sealed.js";
import { boot } from "./words.js";

const NAME = "nintei-designer";
const STORE = "unsaved";
let opening = null;

function database() {
  opening ??= new Promise((resolve) => {
    let asked;
    try {
      asked = indexedDB.open(NAME, 1);
    } catch {
      resolve(null);
      return;
    }
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE);
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => resolve(null);
    asked.onblocked = () => resolve(null);
  });
  return opening;
}

async function act(mode, run) {
  const found = await database();
  if (!found) return undefined;
  return new Promise((resolve) => {
    const asked = run(found.transaction(STORE, mode).objectStore(STORE));
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => resolve(undefined);
  });
}

const key = (path) => `${boot.user}/${boot.workspace}/${path}`;
const { seal, open } = sealer(boot.kept);

/** Keeps a text that is not on the server yet, and the revision on which it was written. */
export async function keep(path, content, revision) {
  const sealed = await seal({ path, content, revision, at: Date.now() });
  if (sealed) await act("readwrite", (store) => store.put(sealed, key(path)));
}

/** It is on the server: forgotten here, unless something newer was kept meanwhile. */
export async function forget(path, content) {
  const there = await act("readonly", (store) => store.get(key(path)));
  if (there && (content === undefined || (await open(there))?.content === content)) await act("readwrite", (store) => store.delete(key(path)));
}

/** All that waits of this draft, of this person. */
export async function waiting() {
  const first = key("");
  const range = IDBKeyRange.bound(first, `${first}\uffff`);
  const found = await Promise.all(((await act("readonly", (store) => store.getAll(range))) ?? []).map(open));
  return found.filter(Boolean);
}
