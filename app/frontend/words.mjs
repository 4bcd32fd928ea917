// Build plugins for libraries that have no translations of their own: what they say is looked up in a dictionary as it is shown.
import { readFileSync } from "node:fs";
import { basename } from "node:path";

// Where a literal is a text for people: values of these keys, and members of a list of children.
const PLACES = String.raw`(?:\b(?:label|title|placeholder|description|tooltip|text|header|name|children|hint|alt)|["']aria-label["'])\s*:\s*(?:[\w.\[\]$]+\s*(?:\?\?|\|\||\?)\s*)?(?:["'][^"']*["']\s*:\s*)?`;

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/**
 * `dictionary` is the path of a JSON file: {files: [endings of paths], words: {English: Japanese}, changes: [{find, put}]}. Each word
 * and each change must be found in one of the files, else the build fails: an update of the library is then looked through again.
 */
export function words(dictionary) {
  return {
    name: "words",
    setup(build) {
      const { files, words: known, changes = [] } = JSON.parse(readFileSync(dictionary, "utf8"));
      const found = new Set();
      const name = `words-said:${basename(dictionary)}`; // each library's words are its own
      build.onResolve({ filter: new RegExp(`^${escaped(name)}$`) }, () => ({ path: name, namespace: "words" }));
      build.onLoad({ filter: new RegExp(`^${escaped(name)}$`), namespace: "words" }, () => ({
        contents: `const words = ${JSON.stringify(known)};
export const said = (text) => document.documentElement.lang === "en" ? text : words[text] ?? text;`,
        loader: "js",
      }));
      build.onLoad({ filter: /\.js$/ }, ({ path }) => {
        if (!files.some((ending) => path.replaceAll("\\", "/").endsWith(ending))) return null;
        let source = readFileSync(path, "utf8");
        for (const { find, put } of changes) {
          if (!source.includes(find)) continue;
          found.add(find);
          source = source.replaceAll(find, put);
          for (const english of Object.keys(known)) if (new RegExp(`__said\\((["'])${escaped(english)}\\1\\)`).test(put)) found.add(english);
        }
        for (const english of Object.keys(known)) {
          // A sentence is one wherever it stands; a single word may be a name in the program.
          const before = /[^\w]/.test(english) ? "" : PLACES;
          const literal = new RegExp(`(${before})(?<!__said\\()(["'])${escaped(english)}\\2(?!\\s*:)`, "g");
          source = source.replace(literal, (all, lead) => {
            found.add(english);
            return `${lead}__said(${JSON.stringify(english)})`;
          });
        }
        return { contents: `import { said as __said } from "${name}";\n${source}`, loader: "js" };
      });
      build.onEnd((result) => {
        const lost = [...Object.keys(known), ...changes.map(({ find }) => find)].filter((each) => !found.has(each));
        if (found.size && lost.length) throw new Error(`${dictionary}: not in the library any more: ${lost.join(" · ")}`);
      });
    },
  };
}

/** Modules that a library names and, as we use it, never runs: one empty stand-in for all, so that they weigh nothing. */
export function without(importer, modules, names) {
  const filter = new RegExp(`^(${modules.map(escaped).join("|")})`);
  return {
    name: "without",
    setup(build) {
      build.onResolve({ filter }, (asked) => (importer.test(asked.importer) ? { path: "nothing", namespace: "without" } : null));
      build.onLoad({ filter: /^nothing$/, namespace: "without" }, () => ({
        contents: `const nothing = new Proxy(function () {}, { get: () => nothing, apply: () => nothing, construct: () => ({}) });
export { ${["default", ...names].map((name) => `nothing as ${name}`).join(", ")} };`,
        loader: "js",
      }));
    },
  };
}
