// bpmn-js drops what it has no word for: comments, elements of other namespaces outside of extension elements, attributes there. When a file is
// opened, what it would write is compared with what stands in the file; what is missing is put back each time the diagram is written, wherever
// its place is still there. What it adds on its own account (a marker of a gateway, an empty plane, a sheet for what is inside a folded part) is taken
// out again while it is as it was added, and what it moved there is put back; what it writes otherwise is written as it was while nobody changed it.
// So nothing is lost that nobody has removed, and nothing comes that nobody has drawn.
import { parsed, written } from "./xml.js";

const MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL";
const DI = "http://www.omg.org/spec/BPMN/20100524/DI";
const XSI = "http://www.w3.org/2001/XMLSchema-instance";
const REFERENCES = new Set(["incoming", "outgoing", "flowNodeRef"]);
// A foreign element may carry the id of a step, too: it is then a reference, and no name.
const NAMED = (node) => node.namespaceURI === MODEL || node.namespaceURI === DI;
// BPMN's substitution group: bpmn-js writes the first with an xsi:type for the second.
const kindOf = (node) => `${node.namespaceURI} ${node.namespaceURI === MODEL && node.localName === "formalExpression" ? "expression" : node.localName}`;

/** Every element of the file under a name that holds from one writing to the next: its id, else its place below the one that has one. */
function named(root) {
  const found = new Map();
  const walk = (node, key) => {
    found.set(key, node);
    const counts = {};
    for (const child of node.children) {
      const kind = kindOf(child);
      const id = NAMED(child) ? child.getAttribute("id") : null;
      if (id && !found.has(`#${id}`)) {
        walk(child, `#${id}`);
        continue;
      }
      counts[kind] = (counts[kind] ?? 0) + 1;
      walk(child, `${key}/${kind}[${REFERENCES.has(child.localName) ? child.textContent.trim() : counts[kind]}]`);
    }
  };
  walk(root, "");
  return found;
}

const valueOf = (node, { namespaceURI, localName, name }) => (namespaceURI ? node.getAttributeNS(namespaceURI, localName) : node.getAttribute(name));
const has = (node, attribute) => valueOf(node, attribute) !== null;
/** Attributes that say something of their own: neither declarations nor types, which bpmn-js writes as its grammar wants them. */
const attributes = (node) => [...node.attributes].filter(({ namespaceURI, name }) => namespaceURI !== XSI && !name.startsWith("xmlns"));

/** `xml` as `parsed` can read it without loss: a carriage return of a name stands there as such, and would be read as a space. */
const readable = (xml) => xml.replace(/<!\[CDATA\[[\s\S]*?\]\]>|\r/g, (found) => (found === "\r" ? "&#13;" : found));

/** A file's line ends are one character each (XML 1.0, 2.11), which the reader of bpmn-js leaves to others. */
export const lines = (xml) => xml.replace(/\r\n?/g, "\n");

/**
 * What `saved` says otherwise than `original`, each with its place: comments, elements and attributes that are missing in it, those that have
 * come, values that are written otherwise, expressions that are called otherwise, and what was moved into something that has come.
 */
export function differences(original, saved) {
  const [before, after] = [parsed(original), parsed(readable(saved))];
  const [from, to] = [named(before.documentElement), named(after.documentElement)];
  const keyOf = new Map([...from].map(([key, node]) => [node, key]));
  const known = new Set([...from.keys()].map((key) => to.get(key)));
  const come = new Map(); // to its key
  const within = (node) => (node ? (come.get(node) ?? within(node.parentElement)) : undefined);
  for (const [key, node] of to) {
    if (!from.has(key) && known.has(node.parentElement) && !REFERENCES.has(node.localName) && !within(node)) come.set(node, key);
  }
  const found = [...come].map(([node, key]) => ({ at: key, surplus: written(node) }));
  for (const node of before.childNodes) {
    if (node.nodeType === Node.COMMENT_NODE) found.push({ at: null, node, first: !!(node.compareDocumentPosition(before.documentElement) & Node.DOCUMENT_POSITION_FOLLOWING) });
  }
  for (const [key, node] of from) {
    const there = to.get(key);
    if (!there) continue;
    const here = within(there);
    const stands = (child) => to.has(keyOf.get(child)) && within(to.get(keyOf.get(child))) === here;
    if (there.localName !== node.localName) found.push({ at: key, called: node.localName });
    for (const each of attributes(node)) {
      const value = valueOf(there, each);
      if (value === null || (value !== each.value && !here)) found.push({ at: key, attribute: each, instead: value });
    }
    for (const each of attributes(there)) if (!has(node, each)) found.push({ at: key, extra: each });
    for (const child of node.childNodes) {
      const comment = child.nodeType === Node.COMMENT_NODE;
      if (!comment && (child.nodeType !== Node.ELEMENT_NODE || stands(child) || REFERENCES.has(child.localName))) continue;
      let next = child.nextElementSibling;
      while (next && !stands(next)) next = next.nextElementSibling;
      found.push({ at: key, node: child, before: next ? keyOf.get(next) : null, from: comment ? undefined : within(to.get(keyOf.get(child))) });
    }
  }
  return found;
}

const labelled = (label) => label.parentElement.getAttribute("bpmnElement");
const labels = (document) => [...document.getElementsByTagNameNS(DI, "BPMNLabel")];
const empty = (label) => !label.children.length && !label.attributes.length;
const nameless = (document) => [...document.getElementsByTagNameNS(MODEL, "*")].filter((node) => node.getAttribute("name") === "");

/** Which elements the file gives a label, an empty one, an empty name. bpmn-js leaves such behind wherever a name was changed. */
export function idle(xml) {
  const document = parsed(xml);
  const all = labels(document);
  return { labelled: new Set(all.map(labelled)), empty: new Set(all.filter(empty).map(labelled)), nameless: new Set(nameless(document).map(({ id }) => id)) };
}

/** Takes out what says nothing and did not stand in the file. */
function tidied(document, had) {
  const left = nameless(document).filter(({ id }) => !had.nameless.has(id));
  for (const node of left) node.removeAttribute("name");
  const unnamed = new Set(left.map(({ id }) => id));
  for (const label of labels(document)) {
    const id = labelled(label);
    if (empty(label) ? !had.empty.has(id) : unnamed.has(id) && !had.labelled.has(id)) label.remove();
  }
}

/** The other name of an expression, given back. */
function renamed(node, name) {
  if (!node.getAttributeNS(XSI, "type")?.endsWith("tFormalExpression")) return;
  const other = node.ownerDocument.createElementNS(node.namespaceURI, node.prefix ? `${node.prefix}:${name}` : name);
  for (const each of attributes(node)) other.setAttributeNodeNS(each.cloneNode());
  other.append(...node.childNodes);
  node.replaceWith(other);
}

function putBack(document, places, { at, node, attribute, instead, extra, called, surplus, before, first, from }) {
  const place = places.get(at);
  if (at === null) document.insertBefore(document.importNode(node, true), first ? document.documentElement : null);
  else if (!place || (from && places.get(from)?.isConnected !== false)) return; // what it was moved into is something of its own by now
  else if (attribute) valueOf(place, attribute) === instead && place.setAttributeNS(attribute.namespaceURI, attribute.name, attribute.value);
  else if (extra) place.getAttributeNS(extra.namespaceURI, extra.localName) === extra.value && place.removeAttributeNS(extra.namespaceURI, extra.localName);
  else if (surplus) written(place) === surplus && place.remove();
  else if (called) renamed(place, called);
  else {
    const next = before === null ? null : places.get(before);
    place.insertBefore(document.importNode(node, true), next?.parentNode === place ? next : null);
  }
}

/** The diagram as it is written now, with every difference undone where its place is still there. `had`: of `idle`. */
export function restored(xml, found, had) {
  const document = parsed(readable(xml));
  tidied(document, had);
  const places = named(document.documentElement);
  for (const each of found) putBack(document, places, each);
  return written(document);
}
