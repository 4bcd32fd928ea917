// What the panel knows of the package beside the diagram: asked for when the diagram is opened, and again when something was made.
import { English } from "./english.js";
import { claim } from "./ids.js";

export class Known {
  constructor(shell) {
    this.shell = shell;
  }

  /**
   * GET …/canvas: {ids: {id: file}, fixed: [ids in a release], sides: {lane: side}, wordings: {wording: [files]}, shown: [{id, title}],
   * names: {name: {title, kind, values: [{id, title}]}}, fields: {element: {key: the same}}}
   */
  async load() {
    const [panels, more, english] = await Promise.all([this.shell.panels(), this.shell.api("GET", "canvas"), this.shell.read("english.toml")]);
    Object.assign(this, { panels, more, hasEnglish: english !== null, english: new English(english) });
    this.fixed = new Set(more.fixed);
    this.sides = more.sides;
    this.names = more.names;
    this.forms = new Set(Object.keys(panels.fields));
    claim(more.ids);
    return this;
  }

  shown() {
    return this.more.shown;
  }

  fieldNames(element) {
    return this.more.fields[element] ?? {};
  }

  /** The names of a condition, each as the nearest step before it calls it: many forms have a field “outcome”, with other options. */
  namesBefore(step) {
    const names = { ...this.names };
    const said = new Set();
    const seen = new Set();
    for (let now = [step]; now.length;) {
      const steps = now.filter((each) => each && !seen.has(each.id));
      for (const { id } of steps) {
        seen.add(id);
        for (const [key, { title, values }] of Object.entries(this.fieldNames(id))) {
          if (!names[key] || said.has(key)) continue;
          said.add(key);
          names[key] = { ...names[key], title: title || names[key].title, values: values.length ? values : names[key].values };
        }
      }
      now = steps.flatMap((each) => [each.attachedToRef, ...(each.incoming ?? []).map(({ sourceRef }) => sourceRef)]);
    }
    return names;
  }

  /** Whether another diagram says these words, too. */
  saidElsewhere(wording, path) {
    return (this.more.wordings[wording.split(/\s+/).join(" ").trim()] ?? []).some((file) => file !== path);
  }
}
