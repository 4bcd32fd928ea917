// bpmn-js drops what it has no word for: comments, elements of other namespaces outside of extension elements, attributes there. When a file is
// opened, what it would write is compared with what stands in the file; what is missing is put back each time the diagram is written, wherever
// its place is still there. So nothing is lost that nobody has removed.
const DI = "http://www.omg.org/spec/BPMN/20100524/DI";
const XSI = "http://www.w3.org/2001/XMLSchema-instance";
const parse = (xml) => new DOMParser().parseFromString(xml, "application/xml");
const REFERENCES = new Set(["incoming", "outgoing", "flowNodeRef"]);

/** Every element of the file under a name that holds from one writing to the next: its id, else its place below the one that has one. */
function named(root) {
  const found = new Map();
  const walk = (node, key) => {
    found.set(key, node);
    const counts = {};
    for (const child of node.children) {
      const kind = `${child.namespaceURI} ${child.localName}`;
      counts[kind] = (counts[kind] ?? 0) + 1;
      const id = child.getAttribute("id");
      const own = REFERENCES.has(child.localName) ? child.textContent.trim() : id && !/^(parameter|serviceTaskOperator)$/.test(child.localName) ? "" : counts[kind];
      walk(child, id && own === "" ? `#${id}` : `${key}/${kind}[${own}]`);
    }
  };
  walk(root, "");
  return found;
}

const keyOf = (keys, node) => keys.get(node);

/** What is missing in `written` of all that `original` says: comments, elements, attributes, text, each with its place. */
export function missing(original, written) {
  const [before, after] = [parse(original), parse(written)];
  const [from, to] = [named(before.documentElement), named(after.documentElement)];
  const keys = new Map([...from].map(([key, node]) => [node, key]));
  const lost = [];
  for (const side of [before]) {
    for (const node of side.childNodes) {
      if (node.nodeType === Node.COMMENT_NODE) lost.push({ at: null, node, first: !!(node.compareDocumentPosition(before.documentElement) & Node.DOCUMENT_POSITION_FOLLOWING) });
    }
  }
  for (const [key, node] of from) {
    const there = to.get(key);
    if (!there) continue;
    for (const { namespaceURI, name, localName, value } of node.attributes) {
      const gone = !(namespaceURI ? there.hasAttributeNS(namespaceURI, localName) : there.hasAttribute(name));
      if (gone && namespaceURI && namespaceURI !== XSI && !name.startsWith("xmlns")) lost.push({ at: key, attribute: { namespaceURI, name, value } });
    }
    for (const child of node.childNodes) {
      const comment = child.nodeType === Node.COMMENT_NODE;
      if (!comment && (child.nodeType !== Node.ELEMENT_NODE || to.has(keyOf(keys, child)) || REFERENCES.has(child.localName))) continue;
      let next = child.nextElementSibling;
      while (next && !to.has(keyOf(keys, next))) next = next.nextElementSibling;
      lost.push({ at: key, node: child, before: next ? keyOf(keys, next) : null });
    }
  }
  return lost;
}

const labels = (document) => [...document.getElementsByTagNameNS(DI, "BPMNLabel")].filter((each) => !each.children.length && !each.attributes.length);
const labelled = (label) => label.parentElement.getAttribute("bpmnElement");

/** Of which elements the file has a label that says nothing. bpmn-js leaves one behind wherever a name was changed. */
export const emptyLabels = (xml) => new Set(labels(parse(xml)).map(labelled));

/** The diagram as it is written now, with what was missing put back where its place is still there. `had`: of `emptyLabels`. */
export function restored(xml, lost, had) {
  const document = parse(xml);
  for (const label of labels(document)) if (!had.has(labelled(label))) label.remove();
  const places = named(document.documentElement);
  for (const { at, node, attribute, before, first } of lost) {
    if (at === null) {
      document.insertBefore(document.importNode(node, true), first ? document.documentElement : null);
      continue;
    }
    const place = places.get(at);
    if (!place) continue;
    if (attribute) place.setAttributeNS(attribute.namespaceURI, attribute.name, attribute.value);
    else {
      const next = before === null ? null : places.get(before);
      place.insertBefore(document.importNode(node, true), next?.parentNode === place ? next : null);
    }
  }
  return new XMLSerializer().serializeToString(document);
}
