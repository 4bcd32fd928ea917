// Small helpers for pages without a framework.
export function make(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "value") node.value = value;
    else if (value !== undefined && value !== false && value !== null) node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== undefined && child !== null && child !== "" && child !== false));
  if (name === "select" && "value" in attributes) node.value = attributes.value;
  return node;
}

let number = 0;
export const unique = (prefix) => `${prefix}-${(number += 1)}`;

/** A list to choose from; a value that is not in it any more is shown and kept. `none`: what "nothing chosen" is called. */
export function select(choices, value, { none, missing, ...attributes }) {
  const node = make("select", attributes);
  if (none !== undefined) node.append(make("option", { value: "" }, none));
  for (const { id, title } of choices) node.append(make("option", { value: id }, title && title !== id ? `${title}（${id}）` : title || id));
  if (value && !choices.some(({ id }) => id === value)) node.append(make("option", { value }, missing ? missing(value) : value));
  node.value = value ?? "";
  return node;
}

/** Markdown of helps: `code` and “quotes” alone. */
export function helped(text) {
  return text.split(/(`[^`]*`)/).map((part) => (part.startsWith("`") && part.length > 1 ? make("code", {}, part.slice(1, -1)) : part));
}
