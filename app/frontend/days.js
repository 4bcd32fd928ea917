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
    button.append(note);
    cell.replaceWith(button);
    buttons.push(button);
  }
  const mark = () => {
    const shown = fields();
    for (const button of buttons) {
      const at = shown.findIndex((field) => field.value === button.dataset.day);
      button.setAttribute("aria-pressed", String(at !== -1));
      button.querySelector("small").textContent = at === -1 ? "" : shown.length > 1 ? String(at + 1) : "✓";
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
    if (taken) put(taken, "");
    else put(shown.find((field) => !field.value) ?? shown[shown.length - 1], button.dataset.day);
    mark();
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
