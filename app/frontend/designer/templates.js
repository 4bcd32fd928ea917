// Names in templates: completion, and underlining of what the process does not carry at that point.
import { snippetCompletion } from "@codemirror/autocomplete";

const TAG = /\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}/g;
const STATEMENTS = [
  ["if", "{% if ${name} %}${text}{% endif %}"],
  ["for", "{% for ${item} in ${list} %}${text}{% endfor %}"],
  ["extends", "{% extends \"${_shared/letter.html}\" %}"],
  ["include", "{% include \"${_shared/comments.md}\" %}"],
  ["block", "{% block ${name} %}${text}{% endblock %}"],
  ["set", "{% set ${name} = ${value} %}"],
];
// Words of Jinja's own between names (its template designer documentation, 3.1).
const WORDS = new Set(("if elif else endif for in endfor not and or is set endset block endblock extends include import from as with without " +
  "context ignore missing macro endmacro call endcall filter endfilter recursive scoped true false none True False None defined undefined loop " +
  "raw endraw do").split(" "));

/** What GET …/names gave, by path; `[]` of a list's item is left out of what is typed. */
export function nameTree({ names, own, filters, skeletons }) {
  const paths = new Map(names.map((name) => [name.id, name]));
  const first = new Set([...names.map(({ id }) => id.split(/[.[]/)[0]), ...own]);
  const inner = new Map();
  for (const { id } of names) {
    const parts = id.split(".");
    for (let depth = 1; depth < parts.length; depth += 1) {
      const before = parts.slice(0, depth).join(".");
      if (!inner.has(before)) inner.set(before, new Set());
      inner.get(before).add(parts[depth].replace("[]", ""));
    }
  }
  return { paths, first, inner, filters: new Set(filters), skeletons };
}

/** Names that the template gives to things itself, and over what a loop's name runs. */
function ownNames(text) {
  const own = new Map();
  for (const [, name, over] of text.matchAll(/\{%-?\s*for\s+(\w+)(?:\s*,\s*\w+)?\s+in\s+([\w.]+)/g)) own.set(name, over);
  for (const [, names] of text.matchAll(/\{%-?\s*for\s+([\w\s,]+?)\s+in\s/g)) for (const name of names.split(/\s*,\s*/)) if (!own.has(name)) own.set(name, "");
  for (const [, name] of text.matchAll(/\{%-?\s*(?:set|macro)\s+(\w+)/g)) own.set(name, "");
  for (const [, names] of text.matchAll(/\{%-?\s*macro\s+\w+\(([^)]*)\)/g)) for (const name of names.split(",")) own.set(name.trim().split("=")[0], "");
  for (const [, names] of text.matchAll(/\bimport\s+([\w\s,]+?)(?:\s+with|\s+without|\s*-?%\})/g)) for (const name of names.split(/,|\bas\b/)) own.set(name.trim(), "");
  return own;
}

/** What is wrong with the names of a text: [{from, to, name, before}] (`before`: the path that leads to it), `maybe` where some case lacks it. */
export function unknownNames(text, tree) {
  const own = ownNames(text);
  const found = [];
  for (const tag of text.matchAll(TAG)) {
    const bare = tag[0].replace(/"[^"]*"|'[^']*'/g, (all) => " ".repeat(all.length));
    for (const use of bare.matchAll(/(?<![\w.|]\s*)(?<!\|\s{0,3})[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*/g)) {
      const parts = use[0].split(".");
      const at = tag.index + use.index;
      if (parts.length === 1 && (WORDS.has(parts[0]) || bare[use.index + use[0].length] === "=")) continue;
      const over = own.get(parts[0]);
      if (over === "" || (own.has(parts[0]) && !tree.paths.has(over))) continue;
      if (over === undefined && !tree.first.has(parts[0])) {
        found.push({ from: at, to: at + parts[0].length, name: parts[0], before: "" });
        continue;
      }
      let before = over === undefined ? parts[0] : `${over}[]`;
      let offset = parts[0].length;
      for (const part of parts.slice(1)) {
        const members = tree.inner.get(before);
        if (!members || ["items", "keys", "values", "get"].includes(part)) break;
        if (!members.has(part)) {
          found.push({ from: at + offset + 1, to: at + offset + 1 + part.length, name: part, before: before.replace("[]", "") });
          break;
        }
        before = tree.inner.has(`${before}.${part}[]`) ? `${before}.${part}[]` : `${before}.${part}`;
        offset += part.length + 1;
      }
      const whole = tree.paths.get(before.replace(/\[\]$/, ""));
      if (whole && whole.certain === false && !/\bif\b|\bdefined\b|default/.test(bare)) found.push({ from: at, to: at + use[0].length, name: before, before: "", maybe: true });
    }
  }
  return found;
}

const KINDS = { list: "class", text: "text", number: "constant", flag: "keyword", day: "constant" };

/** CodeMirror's source of completions. */
export function completions(tree) {
  return (context) => {
    const before = context.state.sliceDoc(Math.max(0, context.pos - 400), context.pos);
    const open = Math.max(before.lastIndexOf("{{"), before.lastIndexOf("{%"));
    if (open < 0 || before.slice(open).includes("}}") || before.slice(open).includes("%}")) return null;
    const inside = before.slice(open);
    const quoted = /(?:extends|include|import|from)\s+["']([^"']*)$/.exec(inside);
    if (quoted) return { from: context.pos - quoted[1].length, options: tree.skeletons.map((label) => ({ label, type: "text" })) };
    const filter = /\|\s*(\w*)$/.exec(inside);
    if (filter) return { from: context.pos - filter[1].length, options: [...tree.filters].map((label) => ({ label, type: "function" })) };
    const word = /[\w.]*$/.exec(inside)[0];
    if (!word && !context.explicit && !/\{\{\s*$/.test(inside)) return null;
    const [head, ...rest] = word.split(".");
    const own = ownNames(context.state.doc.toString());
    const path = [own.has(head) && own.get(head) ? `${own.get(head)}[]` : head, ...rest];
    const last = path.pop();
    const parent = path.join(".");
    const names = parent ? [...(tree.inner.get(parent) ?? [])] : [...tree.first, ...own.keys()].filter((name) => name !== "settings" || word);
    const options = names.map((label) => {
      const full = parent ? `${parent}.${label}` : label;
      const known = tree.paths.get(full) ?? {};
      return { label, detail: known.title || undefined, type: KINDS[known.kind] ?? "variable", boost: known.certain === false ? -10 : 0 };
    });
    if (inside.startsWith("{%") && /^\{%-?\s*\w*$/.test(inside)) for (const [label, text] of STATEMENTS) options.push({ ...snippetCompletion(text.replace(/^\{% /, "").replace(/ %\}$/, ""), { label }), type: "keyword" });
    return { from: context.pos - (parent ? last.length : last.replace(/.*\./, "").length), options, validFor: /^\w*$/ };
  };
}
