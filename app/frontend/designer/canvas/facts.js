// What stands in an element beside BPMN's own attributes, read and written as one undoable step each.
import { getBusinessObject, is } from "bpmn-js/lib/util/ModelUtil";

export const tagOf = (bo) => bo.$type.replace("bpmn:", "").replace(/^./, (letter) => letter.toLowerCase());

/** What an event waits for or throws: "timer", "message" …; "" of everything else. */
export const eventOf = (bo) => (bo.eventDefinitions?.[0]?.$type ?? "").replace("bpmn:", "").replace("EventDefinition", "").toLowerCase();
export const definitionOf = (bo) => bo.eventDefinitions?.[0];

export class Facts {
  constructor(modeler, element) {
    Object.assign(this, { modeler, element, bo: getBusinessObject(element) });
    this.moddle = modeler.get("moddle");
    this.modeling = modeler.get("modeling");
  }

  /** Attributes of the element itself; of a pool's process with `bo`. */
  set(attributes, bo = this.bo) {
    if (bo === this.bo) this.modeling.updateProperties(this.element, attributes);
    else this.modeling.updateModdleProperties(this.element, bo, attributes);
  }

  extension(type) {
    return this.bo.extensionElements?.values?.find((each) => is(each, `spiffworkflow:${type}`) || each.$type === `spiffworkflow:${type}`);
  }

  /** Puts one extension element in the place of the one of its type; null takes it away. */
  setExtension(type, made) {
    const values = (this.bo.extensionElements?.values ?? []).slice();
    const at = values.findIndex((each) => each.$type === `spiffworkflow:${type}`);
    if (at >= 0) values.splice(at, 1, ...(made ? [made] : []));
    else if (made) values.push(made);
    const holder = values.length ? this.moddle.create("bpmn:ExtensionElements", { values }) : undefined;
    if (holder) holder.$parent = this.bo;
    for (const each of values) each.$parent = holder;
    this.set({ extensionElements: holder });
  }

  property(name) {
    return this.extension("Properties")?.properties?.find((each) => each.name === name)?.value ?? "";
  }

  setProperty(name, value) {
    const before = this.extension("Properties")?.properties ?? [];
    const others = before.map((each) => this.moddle.create("spiffworkflow:Property", { name: each.name, value: each.value }));
    const at = others.findIndex((each) => each.name === name);
    const made = value === "" ? [] : [this.moddle.create("spiffworkflow:Property", { name, value })];
    if (at >= 0) others.splice(at, 1, ...made);
    else others.push(...made);
    const holder = others.length ? this.moddle.create("spiffworkflow:Properties", { properties: others }) : null;
    for (const each of others) each.$parent = holder;
    this.setExtension("Properties", holder);
  }

  get operator() {
    return this.extension("ServiceTaskOperator");
  }

  /** `parameters`: [{id, type, value}] in the order of the declaration. */
  setOperator(id, parameters, resultVariable) {
    if (!id) return this.setExtension("ServiceTaskOperator", null);
    const list = this.moddle.create("spiffworkflow:Parameters", { parameters: parameters.map((each) => this.moddle.create("spiffworkflow:Parameter", each)) });
    for (const each of list.parameters) each.$parent = list;
    const made = this.moddle.create("spiffworkflow:ServiceTaskOperator", { id, ...(resultVariable ? { resultVariable } : {}), parameterList: list });
    list.$parent = made;
    return this.setExtension("ServiceTaskOperator", made);
  }

  parameters() {
    return (this.operator?.parameterList?.parameters ?? []).map(({ id, type, value }) => ({ id, type, value }));
  }

  text(type) {
    return this.extension(type)?.text ?? "";
  }

  setText(type, text) {
    this.setExtension(type, text ? this.moddle.create(`spiffworkflow:${type}`, { text }) : null);
  }

  /** A child that holds an expression: a condition, a time. */
  expression(text, holder) {
    if (!text) return undefined;
    const made = this.moddle.create("bpmn:FormalExpression", { body: text });
    made.$parent = holder;
    return made;
  }

  documentation() {
    return this.bo.documentation?.[0]?.text ?? "";
  }

  setDocumentation(text) {
    const others = (this.bo.documentation ?? []).slice(1);
    const made = text ? [this.moddle.create("bpmn:Documentation", { text })] : [];
    for (const each of made) each.$parent = this.bo;
    this.set({ documentation: [...made, ...others] });
  }

  /** Messages, signals, errors and escalations stand beside the processes and are referred to; one of each name. */
  reference(kind) {
    const holder = definitionOf(this.bo) ?? this.bo;
    const found = holder[`${kind}Ref`];
    return found ? (kind === "error" ? found.errorCode : kind === "escalation" ? found.escalationCode : "") || found.name || "" : "";
  }

  setReference(kind, name) {
    const holder = definitionOf(this.bo) ?? this.bo;
    if (!name) return this.set({ [`${kind}Ref`]: undefined }, holder);
    const type = `bpmn:${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
    const code = { error: "errorCode", escalation: "escalationCode" }[kind];
    const definitions = this.modeler.getDefinitions();
    let made = definitions.rootElements.find((each) => each.$type === type && ((code && each[code]) || each.name) === name);
    if (!made) {
      made = this.modeler.get("bpmnFactory").create(type, code ? { name, [code]: name } : { name });
      made.$parent = definitions;
      this.modeling.updateModdleProperties(this.element, definitions, { rootElements: [...definitions.rootElements, made] });
    }
    return this.set({ [`${kind}Ref`]: made }, holder);
  }

  /** The lane that lists it, innermost; of what sits on a border that of its host; the property says it inside a subprocess. */
  lane() {
    const id = this.bo.id;
    let found = null;
    const look = (set) => {
      for (const lane of set?.lanes ?? []) {
        if (lane.flowNodeRef?.some((each) => each.id === id)) found = lane;
        look(lane.childLaneSet);
      }
    };
    for (let around = this.bo.$parent; around; around = around.$parent) for (const set of around.laneSets ?? []) look(set);
    return found;
  }
}
