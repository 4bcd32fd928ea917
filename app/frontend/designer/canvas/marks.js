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
    this.flow(problems);
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

  /** What the flow analysis found, in the drawing itself: where a token waits for ever, passes twice, or never comes. */
  flow(problems) {
    const [canvas, registry] = [this.modeler.get("canvas"), this.modeler.get("elementRegistry")];
    for (const [id, mark] of this.flowing ?? []) if (registry.get(id)) canvas.removeMarker(id, `is-${mark}`);
    this.flowing = problems.filter(({ mark, element }) => mark && registry.get(element)).map(({ element, mark }) => [element, mark]);
    for (const [id, mark] of this.flowing) canvas.addMarker(id, `is-${mark}`);
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
