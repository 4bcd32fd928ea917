// Colours of a text, line by line: Jinja in mails and documents, tags in HTML, headings in Markdown, keys in TOML. CodeMirror's own
// grammars for these weigh as much as all the rest of the editor.
import { Decoration, MatchDecorator, ViewPlugin } from "@codemirror/view";

const marks = Object.fromEntries(["jinja", "comment", "tag", "head", "text", "key", "strong"].map((name) => [name, Decoration.mark({ class: `ed-c-${name}` })]));
const JINJA = String.raw`(?<jinja>\{\{.*?\}\}|\{%.*?%\})|(?<comment>\{#.*?#\}|<!--.*?-->)`;
const GRAMMARS = {
  html: String.raw`${JINJA}|(?<tag></?[a-zA-Z][\w-]*|/?>)|(?<text>"[^"{]*")`,
  md: String.raw`${JINJA}|(?<head>^#{1,6}\s.*|^\+\+\+$|^[-*]\s|^\d+\.\s)|(?<strong>\*\*[^*]+\*\*)|(?<key>^[\w.-]+(?=\s*=))`,
  txt: JINJA,
  toml: String.raw`(?<comment>#.*$)|(?<head>^\s*\[\[?[^\]]+\]\]?)|(?<text>"(?:\\.|[^"\\])*"|'[^']*')|(?<key>[\w.-]+(?=\s*=))`,
};

/** The extension for files that end like this; [] for others. */
export function colours(path) {
  const grammar = GRAMMARS[/\.(\w+)$/.exec(path)?.[1]];
  if (!grammar) return [];
  const matching = new MatchDecorator({ regexp: new RegExp(grammar, "g"), decoration: ({ groups }) => marks[Object.keys(groups).find((name) => groups[name] !== undefined)] });
  return ViewPlugin.fromClass(class {
    constructor(view) { this.decorations = matching.createDeco(view); }
    update(update) { this.decorations = matching.updateDeco(update, this.decorations); }
  }, { decorations: (plugin) => plugin.decorations });
}
