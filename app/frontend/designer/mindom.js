// min-dom for libraries that write markup with style="…", which the pages' policy refuses when it is parsed: the same styles are set one
// by one afterwards, which it allows. The libraries themselves, the mark of bpmn.io among them, stay as they are.
export * from "min-dom";
import { domify as plain } from "min-dom";

export function domify(markup, doc) {
  const made = plain(markup.replace(/\sstyle="/g, ' data-style="'), doc);
  const all = made.querySelectorAll ? [made, ...made.querySelectorAll("[data-style]")] : [];
  for (const each of all) {
    if (!each.dataset?.style) continue;
    each.style.cssText = each.dataset.style;
    delete each.dataset.style;
  }
  return made;
}
