// What is wrong, on the shapes themselves: a mark that says how much and how grave; the words are in the panel, the list and the page's list.
import { make } from "./dom.js";

export class Marks {
  constructor(modeler, t, chosen) {
    Object.assign(this, { modeler, t, chosen, problems: [] });
  }

  show(problems) {
    this.problems = problems;
    const overlays = this.modeler.get("overlays");
    const registry = this.modeler.get("elementRegistry");
    overlays.remove({ type: "problem" });
    const found = Map.groupBy ? Map.groupBy(problems, ({ element }) => element) : grouped(problems);
    for (const [id, all] of found) {
      const element = id && registry.get(id);
      if (!element) continue;
      const grave = all.some(({ severity }) => severity === "error");
      const button = make("button", {
        type: "button", tabindex: "-1", class: `dc-mark ${grave ? "is-error" : "is-warning"}`, title: all.map(({ text }) => text).join("\n"),
        "aria-label": this.t("Problems: %(count)s", { count: all.length }),
        onclick: (event) => {
          event.stopPropagation();
          this.chosen(id, all[0].part);
        },
      }, grave ? "✕" : "!");
      const middle = element.waypoints ? { left: 0, top: 0 } : { left: element.width - 10, top: -12 };
      overlays.add(element, "problem", { position: middle, html: button, scale: { min: 0.8, max: 1.2 } });
    }
  }

  of(id) {
    return this.problems.filter(({ element }) => element === id);
  }
}

function grouped(problems) {
  const found = new Map();
  for (const each of problems) found.set(each.element, [...(found.get(each.element) ?? []), each]);
  return found;
}
