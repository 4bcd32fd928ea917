// 項目 · は · 値: a condition as rows, and as the text that stands in the file. The comparisons come from the declarations, each with how it
// is written in Python (conditions of arrows) and in S-FEEL (conditions over a form's fields).
const NAME = String.raw`[^\W\d][\w]*(?:\.[^\W\d]\w*)*`;
const LITERAL = String.raw`(?:date\("[^"]*"\)|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|True|False|true|false)`;
const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

function pattern(template, several) {
  const places = [];
  const source = escaped(template.trim()).replace(/\\\{(name|value|to)\\\}/g, (_, place) => {
    places.push(place);
    if (place === "name") return `(${NAME})`;
    return several && place === "value" ? `(${LITERAL}(?:\\s*,\\s*${LITERAL})*)` : `(${LITERAL})`;
  });
  return { places, regex: new RegExp(`^${source.replace(/ /g, "\\s*")}$`, "u") };
}

/** `language`: "python" or "feel". */
export class Conditions {
  constructor(comparisons, language) {
    this.language = language;
    this.words = language === "python" ? { true: "True", false: "False" } : { true: "true", false: "false" };
    this.comparisons = comparisons.map((each) => ({ ...each, ...pattern(each[language], each.several) }));
  }

  /** {join: "and" | "or", rows: [{name, is, values: [text], to}]}; null where the text says more than rows can. "" has no rows. */
  read(text) {
    const said = text.trim().replace(/^=\s*(?!=)/, "");
    if (!said) return { join: "and", rows: [] };
    for (const join of ["and", "or"]) {
      const rows = split(said, join).map((term) => this.term(term));
      if (rows.every(Boolean)) return { join, rows };
    }
    return null;
  }

  term(text) {
    let said = text.trim();
    while (said.startsWith("(") && closes(said)) said = said.slice(1, -1).trim();
    for (const { id, places, regex, several } of this.comparisons) {
      const match = regex.exec(said);
      if (!match) continue;
      const found = Object.fromEntries(places.map((place, at) => [place, match[at + 1]]));
      if (["True", "False", "true", "false", "None", "null", "not", "and", "or", "in"].includes(found.name)) continue;
      const values = found.value === undefined ? [] : several ? found.value.match(new RegExp(LITERAL, "gu")) : [found.value];
      return { name: found.name, is: id, values: values.map(plain), to: found.to === undefined ? "" : plain(found.to), kinds: values.map(kind) };
    }
    return null;
  }

  write({ join, rows }) {
    return rows.map((row) => this.written(row)).join(` ${join} `);
  }

  written({ name, is, values, to, number }) {
    const comparison = this.comparisons.find(({ id }) => id === is);
    const literal = (value) => this.literal(value, number, comparison.of);
    return comparison[this.language].replace("{name}", name).replace("{value}", () => (values.length ? values : [""]).map(literal).join(", ")).replace("{to}", () => literal(to ?? ""));
  }

  literal(value, number, of) {
    if (value === "true" || value === "false") return this.words[value];
    if ((number || (of.includes("number") && !of.includes("text"))) && /^-?\d+(\.\d+)?$/.test(value)) return value;
    const quote = this.language === "python" ? "'" : '"';
    return `${quote}${value.replaceAll("\\", "\\\\").replaceAll(quote, `\\${quote}`)}${quote}`;
  }
}

const kind = (literal) => (/^-?\d/.test(literal) ? "number" : /^["']/.test(literal) ? "text" : /^date/.test(literal) ? "day" : "flag");

function plain(literal) {
  if (literal.startsWith("date(")) return literal.slice(6, -2);
  if (/^["']/.test(literal)) return literal.slice(1, -1).replace(/\\(.)/g, "$1");
  return literal.toLowerCase();
}

/** Whether the first bracket closes with the last character. */
function closes(text) {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === "(") depth += 1;
    if (text[at] === ")") depth -= 1;
    if (depth === 0 && at < text.length - 1) return false;
  }
  return depth === 0;
}

/** At a word, but not inside of quotes and brackets. */
function split(text, word) {
  const parts = [];
  let [from, depth, quote] = [0, 0, ""];
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at];
    if (quote) {
      if (letter === "\\") at += 1;
      else if (letter === quote) quote = "";
    } else if (letter === "'" || letter === '"') quote = letter;
    else if ("([".includes(letter)) depth += 1;
    else if (")]".includes(letter)) depth -= 1;
    else if (!depth && text.startsWith(word, at) && /[\s)\]]/.test(text[at - 1] ?? "") && /[\s([]/.test(text[at + word.length] ?? "")) {
      parts.push(text.slice(from, at));
      from = at + word.length;
    }
  }
  return [...parts, text.slice(from)];
}
