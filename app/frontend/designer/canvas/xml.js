// XML to and from the browser's own reader. It takes a namespace with a space, say, for a fault and writes `<parsererror>` into the document: such
// characters, which other tools do write, are hidden from it.
const XHTML = "http://www.w3.org/1999/xhtml";
const DECLARED = /(\sxmlns(?::[\w.-]+)?\s*=\s*)("[^"<]*"|'[^'<]*')/g;

/** The document that a text says. */
export function parsed(text) {
  const fit = text.replace(DECLARED, (all, name, value) => name + value.replace(/[^!-~]|[{}|\\^`]/gu, (each) => `%7Fu${each.codePointAt(0).toString(16)}%7F`));
  const document = new DOMParser().parseFromString(fit, "application/xml");
  for (const each of [...document.getElementsByTagNameNS(XHTML, "parsererror")]) each.remove();
  return document;
}

/** The text of a document or of a part of it. */
export const written = (node) => new XMLSerializer().serializeToString(node).replace(/%7Fu([0-9a-f]+)%7F/g, (all, point) => String.fromCodePoint(parseInt(point, 16)));
