// What the page was given to say: English message ids to words in the reader's language.
const boot = JSON.parse(document.getElementById("dz-boot").textContent);

export { boot };

/** The words of a message id; %(name)s places are filled. */
export function t(msgid, params = {}) {
  return (boot.words[msgid] ?? msgid).replace(/%\((\w+)\)s/g, (_all, name) => params[name] ?? "");
}

/** An instant as people read it: the time, before today with the day. */
export function moment(text) {
  if (!text) return "";
  const at = new Date(text);
  const today = at.toDateString() === new Date().toDateString();
  const how = today ? { hour: "2-digit", minute: "2-digit" } : { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" };
  return at.toLocaleString(boot.language === "en" ? "en-GB" : "ja-JP", how);
}

/** An element: h("p", {class: "x", onclick: f}, "text", child). */
export function h(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value === true) node.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(key, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}
