// Saves files: 2 s after the last change, when the page is hidden, and again when what kept it from saving is over. One file is saved by
// one request at a time, so that a page never meets itself.
import { api, Answered, filePath, signedInAgain, Unreached } from "./server.js";
import { forget, keep, waiting } from "./kept.js";
import { boot } from "./words.js";

const WAIT = 2000;
const KEEP = 400;
const AGAIN = 10_000;

/** This opened page, as the server knows it. */
export const page = Array.from(crypto.getRandomValues(new Uint8Array(15)), (each) => (each % 36).toString(36)).join("");

export class Saver {
  /** `told(state, detail)`: saved | saving | waiting | away | signed-out | refused | clash. */
  constructor(told) {
    this.told = told;
    this.files = new Map(); // path → {revision, content(), take(), timer, keeper, busy, dirty}
    this.stopped = "";
    document.addEventListener("visibilitychange", () => document.hidden && this.all(true));
    window.addEventListener("pagehide", () => this.all(true));
    window.addEventListener("online", () => this.again());
    window.addEventListener("focus", () => this.stopped && this.again());
    window.addEventListener("beforeunload", (event) => this.dirty() && event.preventDefault());
    window.setInterval(() => this.stopped && this.again(), AGAIN);
  }

  /** An open file: `content()` gives what its editor holds, `take()` has it take over what is typed in a field that was not left yet. */
  watch(path, revision, content, take = () => {}) {
    this.files.set(path, { revision, content, take, timer: 0, keeper: 0, busy: null, dirty: false });
  }

  async unwatch(path) {
    await this.save(path);
    if (!this.files.get(path)?.dirty) this.files.delete(path);
  }

  /** Whether something is not stored, what is being typed among it. */
  dirty() {
    for (const file of this.files.values()) file.take();
    return Array.from(this.files.values()).some((file) => file.dirty);
  }

  revision(path) {
    return this.files.get(path)?.revision;
  }

  changed(path) {
    const file = this.files.get(path);
    if (!file || boot.readOnly) return;
    file.dirty = true;
    this.told("waiting", { path });
    window.clearTimeout(file.timer);
    window.clearTimeout(file.keeper);
    file.keeper = window.setTimeout(async () => file.dirty && keep(path, await file.content(), file.revision), KEEP);
    file.timer = window.setTimeout(() => this.store(path), WAIT);
  }

  all(last = false) {
    return Promise.all(Array.from(this.files.keys()).map((path) => this.save(path, last)));
  }

  /** Because somebody goes on to something else: with what they were typing. */
  save(path, last = false) {
    this.files.get(path)?.take();
    return this.store(path, last);
  }

  /** Sends the file as it stands, and lets be what is being typed; while one request is on its way the next waits for it. */
  async store(path, last = false) {
    const file = this.files.get(path);
    if (!file?.dirty) return;
    window.clearTimeout(file.timer);
    if (file.busy) {
      await file.busy;
      return this.store(path, last);
    }
    file.busy = this.send(path, file, last);
    try {
      await file.busy;
    } finally {
      file.busy = null;
    }
  }

  async send(path, file, last) {
    file.dirty = false; // before it is asked what it holds: what is changed meanwhile is a change again
    const content = await file.content().catch((error) => {
      file.dirty = true;
      throw error;
    });
    await keep(path, content, file.revision);
    this.told("saving", { path });
    try {
      const said = await this.put(path, content, file.revision, last);
      file.revision = said.revision;
      this.stopped = "";
      await forget(path, content);
      this.told(file.dirty ? "waiting" : "saved", { path, at: said.at, changed: said.changed, revision: said.revision });
    } catch (error) {
      await this.failed(path, file, content, error);
    }
  }

  put(path, content, revision, last = false) {
    // A request that outlives its page may hold 64 KB; a longer one waits in this browser until the draft is opened again.
    return api("PUT", filePath(path), { content, page }, { revision, keepalive: last && content.length < 20_000 });
  }

  async failed(path, file, content, error) {
    if (error instanceof Answered && error.status === 409 && error.said.clash) {
      await forget(path, content); // the server keeps it now, beside the file
      file.revision = error.said.clash.revision;
      this.told("clash", { path, clash: error.said.clash });
      return;
    }
    file.dirty = true;
    if (error instanceof Unreached) this.stop("away", path);
    else if (error.status === 401 || error.status === 403) this.stop("signed-out", path);
    else this.told("refused", { path, text: error.message });
  }

  stop(why, path) {
    this.stopped = why;
    this.told(why, { path });
  }

  async again() {
    if (this.stopped === "signed-out" && !(await signedInAgain())) return;
    this.stopped = "";
    await Promise.all(Array.from(this.files.keys()).map((path) => this.store(path)));
  }

  /** Sends what an earlier page could not; gives the paths that clashed or were sent. */
  async left() {
    const sent = [];
    for (const { path, content, revision } of await waiting()) {
      try {
        await this.put(path, content, revision);
        await forget(path, content);
        sent.push({ path });
      } catch (error) {
        if (error instanceof Answered && error.status === 409 && error.said.clash) {
          await forget(path, content);
          sent.push({ path, clash: error.said.clash });
        } else if (error instanceof Answered && error.status !== 401) this.told("refused", { path, text: error.message });
      }
    }
    return sent;
  }
}
