// Out of the canvas and into it: SVG, PNG, plain BPMN; and a place on the canvas for what a file has drawn nowhere.
import { layoutProcess } from "bpmn-auto-layout";
import { parsed, written } from "./xml.js";

const BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL";
const DI = "http://www.omg.org/spec/BPMN/20100524/DI";
const DC = "http://www.omg.org/spec/DD/20100524/DC";
const MARGIN = 60;

export function download(name, type, content) {
  const url = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  const link = document.createElement("a");
  Object.assign(link, { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** The picture as PNG, twice as large, on white. */
export async function png(svg) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: image.width * 2, height: image.height * 2 });
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

/** Whether the file has a drawing: at least half of its steps have a shape. */
export function drawn(xml) {
  const document = parsed(xml);
  const shapes = new Set([...document.getElementsByTagNameNS(DI, "BPMNShape")].map((each) => each.getAttribute("bpmnElement")));
  const steps = [...document.getElementsByTagNameNS(BPMN, "*")].filter((each) => /(Task|task|Event|Gateway|subProcess|callActivity)$/.test(each.localName));
  return shapes.size > 0 && (!steps.length || steps.filter((each) => shapes.has(each.getAttribute("id"))).length * 2 >= steps.length);
}

/**
 * The same file as bpmn-js can open it. Elements of no namespace, for which it has no words, stay aside (`differences` puts them back); a plane
 * that says it draws the whole file, as Modelio writes, draws what the file holds.
 */
export function openable(xml) {
  const document = parsed(xml);
  const bare = [...document.getElementsByTagName("*")].filter(({ namespaceURI }) => !namespaceURI);
  const [whole] = [...document.getElementsByTagNameNS(BPMN, "collaboration"), ...document.getElementsByTagNameNS(BPMN, "process")];
  const planes = [...document.getElementsByTagNameNS(DI, "BPMNPlane")].filter((plane) => whole && plane.getAttribute("bpmnElement") === document.documentElement.id);
  if (!bare.length && !planes.length) return xml;
  for (const each of bare) each.remove();
  for (const plane of planes) plane.setAttribute("bpmnElement", whole.id);
  return written(document);
}

/** The same file with a drawing: bpmn-auto-layout places one process, so each is given to it alone, one below the other, each in its pool. */
export async function laidOut(xml) {
  const document = parsed(xml);
  const root = document.documentElement;
  const processes = [...root.getElementsByTagNameNS(BPMN, "process")];
  const pools = [...root.getElementsByTagNameNS(BPMN, "participant")];
  for (const old of [...root.getElementsByTagNameNS(DI, "BPMNDiagram")]) old.remove();
  const plane = planeIn(document, root.getElementsByTagNameNS(BPMN, "collaboration")[0] ?? processes[0]);
  let y = MARGIN;
  for (const pool of pools.length ? pools : processes) {
    const process = pools.length ? processes.find((each) => each.getAttribute("id") === pool.getAttribute("processRef")) : pool;
    const [shapes, box] = process ? await placed(xml, process.getAttribute("id")) : [[], { x: 0, y: 0, width: 600, height: 60 }];
    const [dx, dy] = [MARGIN * 2 - box.x, y + MARGIN / 2 - box.y];
    if (pools.length) plane.append(shape(document, pool.getAttribute("id"), { x: MARGIN, y, width: box.width + MARGIN * 2, height: box.height + MARGIN }));
    for (const each of shapes) plane.append(document.importNode(moved(each, dx, dy), true));
    y += box.height + MARGIN * 2;
  }
  return written(document);
}

function planeIn(document, of) {
  const diagram = document.createElementNS(DI, "bpmndi:BPMNDiagram");
  const plane = document.createElementNS(DI, "bpmndi:BPMNPlane");
  diagram.setAttribute("id", "BPMNDiagram_laid_out");
  plane.setAttribute("id", "BPMNPlane_laid_out");
  plane.setAttribute("bpmnElement", of.getAttribute("id"));
  diagram.append(plane);
  document.documentElement.append(diagram);
  return plane;
}

function shape(document, id, bounds) {
  const made = document.createElementNS(DI, "bpmndi:BPMNShape");
  const box = document.createElementNS(DC, "dc:Bounds");
  made.setAttribute("id", `${id}_di`);
  made.setAttribute("bpmnElement", id);
  made.setAttribute("isHorizontal", "true");
  for (const [name, value] of Object.entries(bounds)) box.setAttribute(name, value);
  made.append(box);
  return made;
}

async function placed(xml, id) {
  const alone = parsed(xml);
  for (const each of [...alone.documentElement.children]) {
    const other = each.localName === "collaboration" || each.localName === "BPMNDiagram" || (each.localName === "process" && each.getAttribute("id") !== id);
    if (other) each.remove();
  }
  const result = parsed(await layoutProcess(written(alone)));
  const plane = result.getElementsByTagNameNS(DI, "BPMNPlane")[0];
  const shapes = plane ? [...plane.children] : [];
  const boxes = shapes.flatMap((each) => [...each.getElementsByTagNameNS(DC, "Bounds")]).map((each) => ["x", "y", "width", "height"].map((name) => Number(each.getAttribute(name))));
  if (!boxes.length) return [[], { x: 0, y: 0, width: 600, height: 60 }];
  const [left, top] = [Math.min(...boxes.map(([x]) => x)), Math.min(...boxes.map(([, y]) => y))];
  const right = Math.max(...boxes.map(([x, , width]) => x + width));
  const bottom = Math.max(...boxes.map(([, y, , height]) => y + height));
  return [shapes, { x: left, y: top, width: right - left, height: bottom - top }];
}

function moved(node, dx, dy) {
  for (const each of node.getElementsByTagName("*")) {
    if (!each.hasAttribute("x")) continue;
    each.setAttribute("x", Number(each.getAttribute("x")) + dx);
    each.setAttribute("y", Number(each.getAttribute("y")) + dy);
  }
  return node;
}
