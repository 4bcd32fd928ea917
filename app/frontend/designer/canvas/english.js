// The English of what the diagrams say: a line of english.toml for each wording (docs/package-format.md, "English").
const LINE = /^("(?:[^"\\]|\\.)*")\s*=\s*("(?:[^"\\]|\\.)*")\s*$/;
const even = (text) => text.split(/\s+/).join(" ").trim();
const quoted = (text) => JSON.stringify(text);

export class English {
  constructor(text) {
    this.lines = (text ?? "").split("\n");
  }

  at(wording) {
    return this.lines.findIndex((line) => {
      const match = LINE.exec(line);
      return match && even(said(match[1])) === even(wording);
    });
  }

  of(wording) {
    const at = wording ? this.at(wording) : -1;
    return at < 0 ? "" : said(LINE.exec(this.lines[at])[2]);
  }

  /** The file with the English of a wording; "" takes the line away. `instead`: the wording whose line goes, because nothing says it any more. */
  with(wording, english, instead) {
    if (instead && even(instead) !== even(wording)) {
      const old = this.at(instead);
      if (old >= 0 && this.at(wording) < 0 && wording) this.lines[old] = `${quoted(wording)} = ${quoted(english || this.of(instead))}`;
      else if (old >= 0) this.lines.splice(old, 1);
    }
    const at = wording ? this.at(wording) : -1;
    if (at >= 0 && english) this.lines[at] = `${quoted(wording)} = ${quoted(english)}`;
    else if (at >= 0) this.lines.splice(at, 1);
    else if (wording && english) {
      while (this.lines.length && !this.lines.at(-1).trim()) this.lines.pop();
      this.lines.push(`${quoted(wording)} = ${quoted(english)}`, "");
    }
    return this.lines.join("\n");
  }
}

function said(literal) {
  try {
    return JSON.parse(literal);
  } catch {
    return literal.slice(1, -1);
  }
}
