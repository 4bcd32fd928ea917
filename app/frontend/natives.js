// What a browser writes in a language of its own is said in that of the page: the button of a file field, the day in a date field (of a
// filter its list says it), and what an empty date field waits for.
import { all, make } from "./files.js";

const japanese = () => document.documentElement.lang === "ja";

/** The page's button in the place of the browser's: `data-choose` is on it, `data-none` beside it until a file is chosen. */
export function pick(input) {
  if (!input.dataset.choose || input.classList.contains("sr")) return;
  input.id ||= `file-${input.name}`;
  const said = make("span", { class: "f-beside", "aria-live": "polite" }, input.dataset.none ?? "");
  input.classList.add("sr");
  input.after(make("label", { class: "btn btn--small f-choose", for: input.id }, input.dataset.choose), ...(input.dataset.none ? [said] : []));
  input.addEventListener("change", () => {
    said.textContent = Array.from(input.files, (file) => file.name).join(japanese() ? "、" : ", ") || input.dataset.none;
  });
}

/** 2026-11-30 as people write it, since a browser set to another language shows 11/30/2026 or 30/11/2026. Of a form its era stands there. */
function day(input) {
  const said = make("span", { class: "f-beside f-day", "aria-live": "polite" });
  const say = () => {
    const words = { year: "numeric", month: "long", day: "numeric", weekday: "short", timeZone: "UTC" };
    said.textContent = input.value && new Intl.DateTimeFormat(japanese() ? "ja" : "en-GB", words).format(new Date(input.value));
  };
  input.after(said);
  input.addEventListener("input", say);
  say();
}

/** A browser of another language (which no script is told) writes mm/dd/yyyy into an empty one: the page's words stand there meanwhile. */
function empty(input) {
  input.dataset.empty = japanese() ? "年月日を入力" : "Enter a date";
  const say = () => input.classList.toggle("is-empty", !input.value && !input.validity.badInput);
  for (const event of ["input", "change", "blur"]) input.addEventListener(event, say);
  say();
}

export function natives(root) {
  for (const input of all(root, "input[type=file][data-choose]:not(.f-upload)")) pick(input);
  for (const input of all(root, "input[type=date]:not([data-empty])")) empty(input);
  for (const input of all(root, "input[type=date]")) if (!input.parentElement.querySelector(".f-beside") && !input.closest(".filters")) day(input);
}
