// What bpmn-js and its modules say, in the reader's language: bpmn-js-i18n's Japanese under our own, which corrects and completes it.
import theirs from "bpmn-js-i18n/translations/ja.js";
import ours from "../words/canvas.ja.json";

export function translating(language) {
  const words = language === "en" ? {} : { ...theirs, ...ours };
  const translate = (template, replacements = {}) => (words[template] ?? template).replace(/{([^}]+)}/g, (_, name) => {
    const value = replacements[name];
    return value === undefined ? `{${name}}` : (words[value] ?? value);
  });
  return { translate: ["value", translate] };
}
