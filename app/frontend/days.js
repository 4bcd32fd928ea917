// Free days as months, beside the fields that ask for one (components/task.html): with a script a day can be pressed. It goes into the first
// field that is still empty; pressed again, it is taken out. The fields stay what is sent.
const all = (root, selector) => Array.from(root.querySelectorAll(selector));

function start(box) {
  const form = document.getElementById(box.dataset.days);
  if (!form || box.dataset.started) return;
  box.dataset.started = "yes";
  const fields = () => all(form, "select").filter((field) => field.offsetParent && all(field, "option").some((one) => /^\d{4}-\d\d-\d\d$/.test(one.value)));
  const buttons = [];
  for (const cell of all(box, "[data-day]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = cell.className;
    button.dataset.day = cell.dataset.day;
    button.append(...cell.childNodes);
    const note = document.createElement("small");
    note.setAttribute("aria-hidden", "true");
    const chosen = document.createElement("span");
    chosen.className = "sr";
    button.append(note, chosen);
    cell.replaceWith(button);
    buttons.push(button);
  }
  /** The field as the page calls it, without "required". */
  const nameOf = (field) => form.querySelector(`label[for="${CSS.escape(field.id)}"]`)?.firstChild?.textContent.trim() ?? "";
  /** What was done by a press is said to whoever does not see the field fill. */
  const say = (words, button, field) => {
    const line = box.querySelector("[data-days-said]");
    const day = button.querySelector("[data-day-name]")?.dataset.dayName ?? "";
    if (line) line.textContent = (words ?? "").replace("{day}", day).replace("{field}", nameOf(field));
  };
  const mark = () => {
    const shown = fields();
    for (const button of buttons) {
      const at = shown.findIndex((field) => field.value === button.dataset.day);
      button.setAttribute("aria-pressed", String(at !== -1));
      button.querySelector("small").textContent = at === -1 ? "" : shown.length > 1 ? String(at + 1) : "✓";
      button.lastElementChild.textContent = at === -1 ? "" : ` ${nameOf(shown[at])}`;
    }
  };
  const put = (field, value) => {
    field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  };
  box.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-day]");
    const shown = fields();
    if (!button || !shown.length) return;
    const taken = shown.find((field) => field.value === button.dataset.day);
    const into = taken ?? shown.find((field) => !field.value) ?? shown[shown.length - 1];
    put(into, taken ? "" : button.dataset.day);
    mark();
    say(taken ? box.dataset.takenOut : box.dataset.putIn, button, into);
  });
  form.addEventListener("change", mark);
  const hint = box.querySelector("[data-days-hint]");
  if (hint) hint.hidden = false;
  mark();
}

const startAll = (root) => all(root, "[data-days]").forEach(start);
if (typeof document !== "undefined") {
  document.addEventListener("nintei:content", (event) => startAll(event.target));
  startAll(document);
}
