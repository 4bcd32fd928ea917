// Talks to the portal: JSON both ways. What went wrong is an Answered (the portal said no) or Unreached (it said nothing, or that it cannot just now).
import { boot, t } from "./words.js";

export class Answered extends Error {
  constructor(status, said) {
    super(said.error ?? String(status));
    this.status = status;
    this.said = said;
  }
}

export class Unreached extends Error {}

let csrf = boot.csrf;

/** The answer to a request below /designer/api/workspaces/<w>/; with `whole`, to any address. */
export async function api(method, path, body, { revision, whole = false, keepalive = false } = {}) {
  const headers = { Accept: "application/json", "X-CSRFToken": csrf };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (revision !== undefined) headers["If-Match"] = `"${revision}"`;
  const url = whole ? path : `/designer/api/workspaces/${boot.workspace}/${path}`;
  let answer;
  try {
    answer = await fetch(url, { method, headers, keepalive, credentials: "same-origin", body: body === undefined ? undefined : JSON.stringify(body) });
  } catch {
    throw new Unreached(t("The portal does not answer at the moment. Try again in a moment."));
  }
  const said = await answer.json().catch(() => ({}));
  if (answer.ok) return said;
  if (answer.status >= 502 || answer.status === 503) throw new Unreached(said.error ?? t("The portal does not answer at the moment. Try again in a moment."));
  throw new Answered(answer.status, said);
}

/** After signing in again the token is another one: the page reads it once more. True when somebody is signed in, the same person as before. */
export async function signedInAgain() {
  const answer = await fetch(window.location.href, { credentials: "same-origin", headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return false;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("dz-boot");
  if (!fresh) return false;
  const said = JSON.parse(fresh.textContent);
  if (said.user !== boot.user) return false;
  csrf = said.csrf;
  return true;
}

export const filePath = (path) => `files/${path.split("/").map(encodeURIComponent).join("/")}`;
