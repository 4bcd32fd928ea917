// The page of a Play: two of its people's pages side by side, its clock, what arrived, the path that is kept.
// Everything is asked of /designer/play/<id>/-/…; the pages in the frames are the draft's own (app/web/designer/plays.py).
import "./play.css";

const boot = JSON.parse(document.getElementById("pl-boot").textContent);
const by = (id) => document.getElementById(id);
const EVERY = 1500; // milliseconds between two looks

const t = (message, params = {}) => {
  const said = boot.words[message] ?? message;
  return said.replace(/%\((\w+)\)s/g, (all, name) => (name in params ? String(params[name]) : all));
};

let shown = null; // the state as it is drawn
let busy = false;
const own = { typed: false, kept: new Set() }; // of names for files: whether somebody typed one, which are used up

async function ask(what, body) {
  const post = body !== undefined;
  const headers = { Accept: "application/json", "X-CSRFToken": boot.csrf, ...(post ? { "Content-Type": "application/json" } : {}) };
  const answer = await fetch(`${boot.prefix}/-/${what}`, { method: post ? "POST" : "GET", headers, body: post ? JSON.stringify(body) : undefined });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw Object.assign(new Error(said.error ?? said.problem ?? t("This Play has ended.")), { status: answer.status, said });
  return said;
}

const say = (text) => { by("pl-notice").textContent = text; };

/** Do something that takes a while; nothing else is begun meanwhile. */
async function act(what, body) {
  if (busy) return null;
  busy = true;
  say(t("Working …"));
  for (const button of document.querySelectorAll("#pl button")) button.setAttribute("aria-busy", "true");
  try {
    const said = await ask(what, body);
    say("");
    if (said.now) draw(said);
    return said;
  } catch (error) {
    say(error.message);
    return null;
  } finally {
    busy = false;
    for (const button of document.querySelectorAll("#pl [aria-busy]")) button.removeAttribute("aria-busy");
  }
}

// Frames

const panes = [1, 2].map((n) => ({ select: by(`pl-who-${n}`), frame: by(`pl-frame-${n}`) }));
const home = { public: "/apply", vendor: "/tasks", operator: "/tasks" };

function person(each) {
  const role = each.side === "public" ? t("Somebody who is about to apply") : `${each.side === "vendor" ? t("Vendor") : t("Certifying body")} ${each.name}`;
  return each.waiting ? t("%(who)s (%(count)s waiting)", { who: role, count: each.waiting }) : role;
}

function choices(state) {
  const people = state.people.map((each) => [each.key, person(each), `${boot.prefix}/${each.key}${home[each.side]}`]);
  const staff = state.people.filter((each) => each.side === "operator").sort((a, b) => b.groups.length - a.groups.length)[0];
  const diagrams = staff ? state.cases.map((each) => [`case:${each.number}`, t("Diagram of %(case)s", { case: each.number }), `${boot.prefix}/${staff.key}/cases/${each.number}?tab=flow`]) : [];
  return [...people, ...diagrams];
}

function fill(select, rows, wanted) {
  const before = wanted ?? select.value;
  const same = select.options.length === rows.length && rows.every(([value, label], at) => select.options[at].value === value && select.options[at].text === label);
  if (!same) select.replaceChildren(...rows.map(([value, label]) => new Option(label, value)));
  if (rows.some(([value]) => value === before)) select.value = before;
}

function open(pane, key, address) {
  pane.select.value = key;
  pane.frame.src = address;
}

for (const pane of panes) {
  pane.select.addEventListener("change", () => {
    const found = choices(shown).find(([key]) => key === pane.select.value);
    if (found) pane.frame.src = found[2];
  });
  // A link within a page may lead to another person's: the choice above it follows.
  pane.frame.addEventListener("load", () => {
    const inside = pane.frame.contentWindow?.location.pathname ?? "";
    const key = inside.slice(boot.prefix.length + 1).split("/")[0];
    if (!pane.select.value.startsWith("case:") && [...pane.select.options].some((each) => each.value === key)) pane.select.value = key;
    look();
  });
}

// The diagram: where the case stands, drawn again with each step

const map = { box: by("pl-map"), select: by("pl-map-case"), frame: by("pl-map-frame"), stood: "" };

function drawMap(state) {
  const diagrams = choices(state).filter(([key]) => key.startsWith("case:"));
  map.box.hidden = !diagrams.length;
  fill(map.select, diagrams.map(([key]) => [key, key.slice(5)]));
  const found = diagrams.find(([key]) => key === map.select.value);
  if (!found || !map.box.open) return;
  const stands = JSON.stringify([found[0], state.cases.find(({ number }) => `case:${number}` === found[0])]);
  if (stands === map.stood) return;
  map.stood = stands;
  map.frame.src = found[2];
}

for (const event of ["toggle", "change"]) map.box.addEventListener(event, () => shown && drawMap(shown));

// What is shown

const locale = boot.language === "en" ? "en-GB" : "ja-JP";
const moment = (text) => new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "short", timeZone: "Asia/Tokyo" }).format(new Date(text));
const hour = (text) => new Intl.DateTimeFormat(locale, { month: boot.language === "en" ? "short" : "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", timeZone: "Asia/Tokyo" }).format(new Date(text));

function item(...parts) {
  const row = document.createElement("li");
  row.append(...parts);
  return row;
}

function span(text, name = "") {
  const found = document.createElement("span");
  found.textContent = text;
  if (name) found.className = name;
  return found;
}

function press(text, action) {
  const found = document.createElement("button");
  found.type = "button";
  found.textContent = text;
  found.addEventListener("click", action);
  return found;
}

const kinds = { mail: "Mail", document: "Document", webhook: "Webhook", trouble: "Trouble" };

function arrived(each, state) {
  const head = span(t(kinds[each.kind]), `pl-kind pl-kind--${each.kind}`);
  const staff = state.people.find((one) => one.side === "operator" && one.groups.length) ?? state.people.find((one) => one.side === "operator");
  const reader = each.person || staff?.key || "guest";
  const said = each.url ? press(each.title || each.id, () => open(panes[1], reader, `${boot.prefix}/${reader}${each.url}`)) : span(each.title);
  const row = item(span(`${hour(each.at)} `, "soft"), head, " ", said, each.to ? span(` ${t("to %(name)s", { name: each.to })}`, "soft") : "");
  if (each.body) {
    const more = document.createElement("details");
    const text = document.createElement("pre");
    text.textContent = each.body;
    more.append(document.createElement("summary"), text);
    more.firstChild.textContent = each.to;
    row.append(more);
  }
  return row;
}

function caseRow(each) {
  const sides = [...new Set(each.open.map((task) => (task.side === "vendor" ? t("Vendor") : t("Certifying body"))))];
  const open = each.open.map((task) => task.title).join(t(", "));
  return item(span(`${each.number} `, "pl-kind"), each.title, " ", span(each.ended ? t("ended") : sides.length ? t("whose turn: %(who)s", { who: sides.join(t(", ")) }) : "", "soft"), open ? span(` ${open}`) : "");
}

function replace(list, rows, empty) {
  const fresh = rows.length ? rows : [item(span(empty, "soft"))];
  if (list.textContent === fresh.map((row) => row.textContent).join("")) return;
  const held = list.contains(document.activeElement) ? document.activeElement.textContent : null;
  list.replaceChildren(...fresh);
  if (held !== null) [...list.querySelectorAll("button")].find((each) => each.textContent === held)?.focus(); // whoever works by keys stays there
}

function draw(state) {
  const first = shown === null;
  const before = shown?.cases.length ?? 0;
  shown = state;
  by("pl-now").textContent = moment(state.now);
  by("pl-now").dateTime = state.now;
  by("pl-due").textContent = state.next_due ? t("Next by itself: %(moment)s", { moment: moment(state.next_due) }) : t("Nothing happens by itself before somebody acts.");
  const rows = choices(state);
  for (const pane of panes) fill(pane.select, rows);
  drawMap(state);
  replace(by("pl-cases"), state.cases.map(caseRow), t("No case yet: apply on the left, or let one walk by itself."));
  replace(by("pl-arrived"), state.arrived.map((each) => arrived(each, state)), t("Nothing has arrived yet."));
  fill(by("pl-case"), state.cases.map((each) => [each.number, `${each.number} ${each.title}`]), state.cases.length > before ? state.cases[0].number : undefined);
  propose();
  if (first) {
    fill(by("pl-scenario"), state.walks.map((each) => [each.name, (boot.language === "en" && each.title_en) || each.title || each.name]));
    stops();
    by("pl").hidden = false;
    const staff = state.people.find((each) => each.side === "operator");
    open(panes[0], "guest", `${boot.prefix}/guest${home.public}`);
    if (staff) open(panes[1], staff.key, `${boot.prefix}/${staff.key}${home.operator}`);
  }
}

/** The name of the file in which the path of the chosen case is kept: proposed until somebody types one. */
function propose() {
  const name = shown.cases.find((each) => each.number === by("pl-case").value)?.name ?? "";
  if (own.typed) return;
  by("pl-name").value = own.kept.has(name) ? `${name}_${own.kept.size + 1}` : name;
}

function stops() {
  const walk = shown.walks.find((each) => each.name === by("pl-scenario").value);
  fill(by("pl-until"), [...(walk?.steps ?? []).map((each) => [each.id, each.title]), ["", t("to the end")]]);
}

async function look() {
  if (busy || document.hidden) return;
  try {
    const state = await ask("state");
    if (state.state === "ready") draw(state);
    else if (state.state === "failed") { say([t(shown ? "This Play has ended." : "The package cannot run:"), ...state.why].join("\n")); clearInterval(timer); return; }
    else say(t("It is being set up …"));
    if (state.state === "ready" && by("pl-notice").textContent === t("It is being set up …")) say("");
  } catch (error) {
    if (error.status === 404) { say(t("This Play has ended.")); clearInterval(timer); }
  }
}

// What is pressed

for (const button of document.querySelectorAll("[data-by]")) button.addEventListener("click", () => act("clock", { by: button.dataset.by }));
by("pl-to").addEventListener("submit", (event) => { event.preventDefault(); act("clock", { to: by("pl-day").value }); });
by("pl-scenario").addEventListener("change", stops);
by("pl-walk").addEventListener("submit", async (event) => {
  event.preventDefault();
  const said = await act("walk", { scenario: by("pl-scenario").value, until: by("pl-until").value });
  if (!said) return;
  const waiting = said.cases.find((each) => each.number === said.walked)?.open[0];
  const who = waiting && said.people.find((each) => each.side === waiting.side && (each.side === "vendor" || !waiting.group || each.groups.includes(waiting.group)));
  if (who) open(panes[who.side === "vendor" ? 0 : 1], who.key, `${boot.prefix}/${who.key}/tasks/${waiting.id}`);
  for (const pane of panes) if (!who || pane.select.value !== who.key) pane.frame.contentWindow?.location.reload();
});

async function keep(anyway) {
  const place = by("pl-kept");
  place.replaceChildren();
  const asked = { case: by("pl-case").value, title: by("pl-title").value, name: by("pl-name").value, anyway };
  let said;
  try {
    said = await ask("keep", asked);
  } catch (error) {
    const problem = error.said?.problem;
    place.append(problem ? span(`${t("When it is walked again it comes out otherwise:")} ${problem} `) : span(error.message));
    if (problem) place.append(press(t("Keep it nevertheless"), () => keep(true)));
    return;
  }
  own.kept.add(asked.name);
  own.typed = false;
  if (boot.workspace) place.append(span(t("Kept as %(path)s, %(steps)s steps. It runs with the other scenarios from now on.", said)));
  else {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([Uint8Array.from(atob(said.text), (each) => each.charCodeAt(0))], { type: "application/toml" }));
    link.download = said.path.split("/").pop();
    link.textContent = link.download;
    place.append(span(`${t("The file can be fetched:")} `), link);
  }
}
by("pl-name").addEventListener("input", () => { own.typed = by("pl-name").value !== ""; });
by("pl-case").addEventListener("change", propose);
by("pl-keep").addEventListener("submit", (event) => { event.preventDefault(); keep(false); });

const timer = setInterval(look, EVERY);
say(t("It is being set up …"));
look();
