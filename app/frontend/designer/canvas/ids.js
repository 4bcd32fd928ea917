// Ids that a person would choose: a short kind and a number, or what the English title says. Unique over the package, not the file alone.
import BpmnFactory from "bpmn-js/lib/features/modeling/BpmnFactory";

const KINDS = {
  "bpmn:UserTask": "task", "bpmn:ManualTask": "task", "bpmn:Task": "task", "bpmn:ServiceTask": "service", "bpmn:SendTask": "send", "bpmn:ReceiveTask": "receive",
  "bpmn:ScriptTask": "script", "bpmn:BusinessRuleTask": "decision", "bpmn:CallActivity": "call", "bpmn:SubProcess": "part", "bpmn:StartEvent": "start",
  "bpmn:EndEvent": "end", "bpmn:BoundaryEvent": "border", "bpmn:IntermediateCatchEvent": "wait", "bpmn:IntermediateThrowEvent": "event",
  "bpmn:ExclusiveGateway": "gate", "bpmn:ParallelGateway": "fork", "bpmn:InclusiveGateway": "gate", "bpmn:EventBasedGateway": "gate",
  "bpmn:SequenceFlow": "flow", "bpmn:MessageFlow": "message_flow", "bpmn:Participant": "pool", "bpmn:Lane": "lane", "bpmn:Process": "process",
  "bpmn:TextAnnotation": "note", "bpmn:Association": "note_line", "bpmn:Group": "group", "bpmn:Message": "message", "bpmn:Signal": "signal",
};

/** Ids of the package, each with its file; shared by all editors of the page, so that two open diagrams never give out the same one. */
const taken = new Map();

export function claim(ids) {
  for (const [id, file] of Object.entries(ids)) taken.set(id, file);
}

/** What stands in a diagram now, saved or not. */
export function holds(file, ids) {
  for (const id of ids) if (!taken.has(id)) taken.set(id, file);
}

/** The diagram behind this moddle is this file: what other files hold counts as given. */
export function belongs(moddle, file) {
  const { ids } = moddle;
  const assigned = ids.assigned.bind(ids);
  moddle.file = file;
  // A copy is given an id of its own before it gets that of its model: such ids are free again.
  const held = (id) => {
    const element = assigned(id);
    return element && (element === true || element.id === id) ? element : false;
  };
  ids.assigned = (id) => held(id) || (taken.has(id) && taken.get(id) !== file);
}

const snake = (type) => type.replace(/^[^:]*:/, "").replace(/(?<=[a-z0-9])([A-Z])/g, "_$1").replaceAll("BPMN", "").toLowerCase();

export class OurFactory extends BpmnFactory {
  _ensureId(element) {
    if (!element.id && this._needsId(element)) element.id = next(this._model, KINDS[element.$type] ?? snake(element.$type));
    if (element.id) this._model.ids.claim(element.id, element);
  }
}
OurFactory.$inject = ["moddle"];

function next(moddle, kind) {
  let number = 1;
  while (moddle.ids.assigned(`${kind}_${number}`)) number += 1;
  return `${kind}_${number}`;
}

/** What an id may be: an XML name (NCName) that is also a name of Python, of a file and of an address. */
export const allowed = (id) => /^[a-z][a-z0-9_]{0,79}$/.test(id);

/** From a title in English: “Document review (third)” → document_review_third; "" where nothing is left. */
export function fromTitle(title) {
  const plain = title.normalize("NFKD").replace(/[\u2460-\u2473]/g, "").toLowerCase();
  return plain.replace(/[^a-z0-9]+/g, "_").replace(/^[_0-9]+|_+$/g, "").slice(0, 60).replace(/_+$/, "");
}

/** The same with a number behind it where somebody has it already. */
export function free(moddle, wanted, own) {
  const busy = (id) => id !== own && moddle.ids.assigned(id);
  if (!busy(wanted)) return wanted;
  let number = 2;
  while (busy(`${wanted}_${number}`)) number += 1;
  return `${wanted}_${number}`;
}

export default { bpmnFactory: ["type", OurFactory] };
