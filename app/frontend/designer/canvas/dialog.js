import "./dialog.css";
import { make } from "./dom.js";

/** Asks in a dialogue of the page; the value of the button that was pressed, "" when it was closed. */
export function dialog(title, content, buttons) {
  const id = `dc-dialog-${document.querySelectorAll("dialog").length}`;
  const node = make("dialog", { class: "dc-dialog", "aria-labelledby": id }, make("h2", { id }, title), make("div", { class: "dc-dialog__body", tabindex: "0" }, content),
    make("div", { class: "dc-dialog__buttons" }, buttons.map(({ value, title: said, primary }) => make("button", { type: "button", class: `btn${primary ? " btn--primary" : ""}`, onclick: () => node.close(value) }, said))));
  document.body.append(node);
  node.showModal();
  return new Promise((resolve) => node.addEventListener("close", () => {
    node.remove();
    resolve(node.returnValue);
  }));
}
