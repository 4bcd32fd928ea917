// Builds what the pages load: `node build.mjs` (once) or `node build.mjs --watch`.
//
//   app/web/static/dist/site.css, print.css, site.js  every page
//                       staff.css                    desks of the staff
//                       diagram.css, diagram.js      pages that draw a BPMN diagram
//                       cards.js                     the card desk's batch page
//                       passkeys.js                  pages that ask the device for a passkey
//                       upload.js                    pages of forms, when the first file is chosen
//                       viewer.css, viewer.js, pdf/  the pages of a PDF with points pinned to them
//                       designer/*.js, *.css         the designer: one file for the page, one for each kind of editor
//                       fonts/*.ttf                  embedded in PDFs, never sent to a browser
//                       *.br, *.gz                   the same compressed; app/web/frame/transport.py picks what the browser reads
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import esbuild from "esbuild";
import { without, words } from "./words.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "../web/static/dist");
const modules = join(here, "node_modules");
const watch = process.argv.includes("--watch");

// Browsers of the last three years or so; older ones still get forms that work.
const target = ["chrome111", "edge111", "firefox113", "safari16.4"];

// Page weight is a promise (WCAG aside, half of the applicants come by phone): the build breaks when it is not kept.
const limits = { "site.css": 48 * 1024, "site.js": 35 * 1024, "upload.js": 67 * 1024 };

// The designer's editors are loaded only where they are used; what they weigh on the line (gzip, kilobytes).
const designer = { page: 40, play: 12, canvas: 500, forms: 420, decisions: 340, text: 120, settings: 30, pdf: 180 };

/**
 * CodeMirror writes its sheets into <style> elements, which the portal's content security policy refuses; each browser
 * that we build for has constructable sheets, which it allows. The build breaks when the line is not found any more.
 */
const sheets = {
  name: "sheets",
  setup(build) {
    build.onLoad({ filter: /style-mod[\\/]src[\\/]style-mod\.js$/ }, ({ path }) => {
      const source = readFileSync(path, "utf8");
      const wanted = "!root.head && root.adoptedStyleSheets";
      if (!source.includes(wanted)) throw new Error(`${path}: "${wanted}" is not there any more; see build.mjs`);
      return { contents: source.replaceAll(wanted, "root.adoptedStyleSheets"), loader: "js" };
    });
  },
};

/**
 * bpmn-js draws the icons by which shapes are aligned and spread in markup with style="…", which the policy refuses: the same is said
 * there by attributes of SVG. The build breaks when nothing is found to be said so any more.
 */
const icons = {
  name: "icons",
  setup(build) {
    build.onLoad({ filter: /(AlignElementsIcons|DistributeElementsIcons)\.js$/ }, ({ path }) => {
      const source = readFileSync(path, "utf8");
      const contents = source.replace(/\sstyle="([^"]*)"/g, (all, styles) =>
        styles.split(";").filter(Boolean).map((each) => ` ${each.split(":")[0].trim()}="${each.split(":")[1].trim()}"`).join(""));
      if (contents === source) throw new Error(`${path}: no style="…" is there any more; see build.mjs`);
      return { contents, loader: "js" };
    });
  },
};

// form-js's editor: said in Japanese, and without its panel, whose editors of FEEL weigh as much as all the rest; ours is made of the
// declarations.
const formEditor = [
  {
    // Editor and viewer share their parts, so they must share the library that draws them: the editor's, which bears no newer one.
    name: "one-preact",
    setup(build) {
      build.onResolve({ filter: /^preact(\/|$)/ }, ({ path, importer, kind, pluginData }) =>
        pluginData !== "one-preact" && /form-js-(viewer|editor)[\\/]dist/.test(importer)
          ? build.resolve(path, { kind, resolveDir: join(modules, "@bpmn-io/form-js-editor"), pluginData: "one-preact" })
          : null);
    },
  },
  words(join(here, "designer/words/forms.ja.json")),
  without(
    /form-js-editor/,
    ["@codemirror/", "@bpmn-io/feelers-editor", "@bpmn-io/feel-editor", "focus-trap"],
    ["EditorView", "lineNumbers", "Annotation", "jsonParseLinter", "FeelersEditor", "createFocusTrap"],
  ),
];

// dmn-js: what it does not ask its translator for; markup with styles is made as the pages' policy has it.
const tableEditor = [
  words(join(here, "designer/words/decisions-library.ja.json")),
  {
    name: "mindom",
    setup(build) {
      build.onResolve({ filter: /^min-dom$/ }, ({ importer }) =>
        /(dmn-js|table-js|bpmn-js-token-simulation)[^\\/]*[\\/]lib/.test(importer) ? { path: join(here, "designer/mindom.js") } : null);
    },
  },
];

// Token simulation: its few words are in its markup.
const mover = [words(join(here, "designer/words/simulation.ja.json"))];

/** The design tokens are some 180 custom properties. Pages name their own few (`--action`, `--vendor`), made of tokens: those are put in here by value. */
function settleTokens(css) {
  const token = /(--(?:color|font|line-height|border-radius|elevation)-[\w-]+)/;
  const values = new Map();
  const declaration = new RegExp(`${token.source}:\\s*([^;}]+);?`, "g");
  for (const [, name, value] of css.matchAll(declaration)) values.set(name, value.trim());
  const settle = (text) => text.replace(new RegExp(`var\\(${token.source}\\)`, "g"), (all, name) => {
    if (!values.has(name)) throw new Error(`no design token ${name}`);
    return settle(values.get(name));
  });
  const settled = settle(css.replace(declaration, "")).replace(/(--[\w-]+): (?=\S)/g, "$1:");
  return watch ? settled : esbuild.transformSync(settled, { loader: "css", minify: true, target, charset: "utf8" }).code;
}

const finish = {
  name: "finish",
  setup(build) {
    build.onEnd((result) => {
      if (result.errors.length) return;
      for (const file of result.outputFiles) {
        const made = /(site|staff|designer\/page)\.css$/.test(file.path) ? settleTokens(file.text) : file.contents;
        mkdirSync(dirname(file.path), { recursive: true });
        writeFileSync(file.path, made);
        for (const ending of [".br", ".gz"]) rmSync(file.path + ending, { force: true }); // of an older content
      }
      keepLimits();
    });
  },
};

function keepLimits() {
  for (const [part, kilobytes] of Object.entries(designer)) {
    const path = join(dist, "designer", `${part}.js`);
    const size = existsSync(path) ? gzipSync(readFileSync(path), { level: 9 }).length : 0;
    if (size > kilobytes * 1024 && !watch) {
      console.error(`designer/${part}.js is ${size} bytes compressed; the limit is ${kilobytes} KB`);
      process.exitCode = 1;
    }
  }
  for (const name of ["site.css", "print.css", "staff.css", "site.js", "diagram.css", "diagram.js", "cards.js", "passkeys.js", "upload.js", "viewer.css", "viewer.js"]) {
    const path = join(dist, name);
    if (!existsSync(path)) continue;
    const body = readFileSync(path);
    if (limits[name] && body.length > limits[name]) {
      console.error(`${name} is ${body.length} bytes; the limit is ${limits[name]}`);
      process.exitCode = 1;
    }
  }
}

/** Every script and sheet once more in the forms in which it travels: what is compressed once, here, costs no request anything. */
function compress() {
  const smallest = 600; // octets, as in transport.py
  for (const name of readdirSync(dist, { recursive: true })) {
    if (!/\.(js|css)$/.test(name)) continue;
    const body = readFileSync(join(dist, name));
    if (body.length < smallest) continue;
    // The last tenth takes ten times as long: only for what every page loads.
    const quality = body.length < 256 * 1024 ? 11 : 9;
    const how = { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_SIZE_HINT]: body.length, [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT };
    writeFileSync(join(dist, `${name}.br`), brotliCompressSync(body, { params: how }));
    writeFileSync(join(dist, `${name}.gz`), gzipSync(body, { level: 9 }));
  }
}

/** The faces of documents, and what stands in for characters that they lack (JIS X 0213, shapes by selector). */
const FONTS = [["biz-udgothic", "BIZUDGothic"], ["biz-udmincho", "BIZUDMincho"], ["noto-sans-jp", "NotoSansJP"], ["noto-serif-jp", "NotoSerifJP"]];

function copyFonts() {
  const folder = join(dist, "fonts");
  mkdirSync(folder, { recursive: true });
  for (const [pack, family] of FONTS) {
    const from = join(modules, "@expo-google-fonts", pack);
    copyFileSync(join(from, "400Regular", `${family}_400Regular.ttf`), join(folder, `${family}-Regular.ttf`));
    copyFileSync(join(from, "700Bold", `${family}_700Bold.ttf`), join(folder, `${family}-Bold.ttf`));
    copyFileSync(join(from, "LICENSE_FONT"), join(folder, `${family}-LICENSE.txt`));
  }
}

/** What pdf.js loads at need: its worker, Japanese character maps, fonts that files need not bring, a decoder of scans. */
function copyPdf() {
  const from = join(modules, "pdfjs-dist");
  const to = join(dist, "pdf");
  for (const folder of ["cmaps", "fonts", "decoders"]) mkdirSync(join(to, folder), { recursive: true });
  copyFileSync(join(from, "legacy/build/pdf.worker.min.mjs"), join(to, "worker.js"));
  copyFileSync(join(from, "LICENSE"), join(to, "LICENSE"));
  cpSync(join(from, "cmaps"), join(to, "cmaps"), { recursive: true });
  cpSync(join(from, "standard_fonts"), join(to, "fonts"), { recursive: true });
  for (const name of ["openjpeg_nowasm_fallback.js", "LICENSE_OPENJPEG"]) copyFileSync(join(from, "wasm", name), join(to, "decoders", name));
}

const shared = {
  absWorkingDir: here,
  bundle: true,
  minify: !watch,
  write: false,
  target,
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
  plugins: [finish],
};

// forms.js belongs to the forms room; a page without it still has plain forms.
const parts = ["./site.js", "./forms.js", "./days.js"].filter((part) => existsSync(join(here, part)));

const builds = [
  { ...shared, entryPoints: ["cards.js", "passkeys.js"], outdir: dist, format: "iife" },
  {
    ...shared,
    stdin: { contents: parts.map((part) => `import "${part}";`).join("\n"), resolveDir: here, sourcefile: "site-entry.js" },
    outfile: join(dist, "site.js"),
    format: "iife",
  },
  { ...shared, entryPoints: ["upload.js"], outdir: dist, format: "esm" },
  { ...shared, legalComments: "eof", entryPoints: ["viewer.js"], outdir: dist, format: "esm" },
  { ...shared, entryPoints: ["css/site.css", "css/print.css", { in: "css/staff-entry.css", out: "staff" }], outdir: dist },
  {
    ...shared,
    // Licence and mark of bpmn.io travel with the file.
    legalComments: "eof",
    entryPoints: { diagram: "diagram.js" },
    outdir: dist,
    format: "iife",
    loader: { ".woff": "dataurl", ".woff2": "dataurl", ".eot": "empty", ".ttf": "empty", ".svg": "empty" },
  },
  {
    ...shared,
    // Fonts as files: the policy of the pages allows no data: addresses for them. Modules (`import()`), so that the page loads
    // an editor when a file of its kind is opened.
    legalComments: "eof",
    entryPoints: Object.keys(designer).map((part) => `designer/${part}.js`).filter((part) => existsSync(join(here, part))),
    outdir: join(dist, "designer"),
    format: "esm",
    plugins: [sheets, icons, ...formEditor, ...tableEditor, ...mover, finish],
    loader: { ".woff": "file", ".woff2": "file", ".eot": "empty", ".ttf": "empty", ".svg": "dataurl" },
    assetNames: "fonts/[name]-[hash]",
  },
];

if (!watch) rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
copyFonts();
copyPdf();
for (const options of builds.filter(({ entryPoints }) => entryPoints?.length !== 0)) {
  if (watch) await (await esbuild.context(options)).watch();
  else await esbuild.build(options);
}
if (!watch) compress();
