// Small parts that the editors' panels are made of; no inline style, no inline script.
let last = 0;

/** An id that nothing else on the page has. */
export const newId = () => `designer-${(last += 1)}`;

/** An element: attributes that are functions are listeners, `false` and null leave an attribute out. */
export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

export const button = (text, click, more = {}) => el("button", { type: "button", class: "btn btn--small", click, ...more }, text);

/** What a help says, with `code` as code. */
export const helped = (text) => String(text).split(/(`[^`]*`)/).map((part) => (/^`.+`$/.test(part) ? el("code", {}, part.slice(1, -1)) : part));

/** A label, its input and its help; gives {row, input}. `input` is a function of the attributes that tie the three together. */
export function labelled(text, help, input) {
  const id = newId();
  const made = input({ id, "aria-describedby": help ? `${id}-help` : null });
  const row = el("div", { class: "ed-field" }, el("label", { class: "ed-label", for: id }, text), made, help && el("p", { class: "ed-help", id: `${id}-help` }, helped(help)));
  return { row, input: made };
}

/** A group of buttons of which one is pressed: language, width. `choices`: [[value, text]]. */
export function segmented(name, choices, chosen, choose) {
  const group = el("div", { class: "ed-segmented", role: "group", "aria-label": name });
  for (const [value, text] of choices) {
    group.append(
      el("button", { type: "button", "aria-pressed": String(value === chosen), click: ({ currentTarget }) => {
        for (const each of group.children) each.setAttribute("aria-pressed", String(each === currentTarget));
        choose(value);
      } }, text),
    );
  }
  return group;
}

/** The function, called once the calls have stopped for so long; `.now()` calls at once what waits. */
export function settled(call, milliseconds) {
  let timer = 0;
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(later.now, milliseconds);
  };
  later.now = () => {
    clearTimeout(timer);
    timer = 0;
    return call();
  };
  later.stop = () => clearTimeout(timer);
  return later;
}

/** Where to go: what a problem says of its place, a part alone, or line:column; {element, part, line, column}. */
export function placed(where) {
  if (where && typeof where === "object") return { element: where.element ?? "", part: where.part ?? "", line: where.line, column: where.column };
  const [, line, column] = /^(?:line:)?(\d+)(?::(\d+))?$/.exec(String(where ?? "")) ?? [];
  return line ? { element: "", part: "", line: Number(line), column: Number(column ?? 1) } : { element: "", part: String(where ?? "") };
}
