// Repetition: for each item of a list, so many times, or as long as something holds (BPMN 2.0.2, 10.3.8).
import { make } from "./dom.js";

const WAYS = ["none", "list", "times", "while"];

export function loopFields(panel, facts, part) {
  const t = panel.shell.t;
  const { bo, moddle } = facts;
  const loop = bo.loopCharacteristics;
  const standard = loop?.$type === "bpmn:StandardLoopCharacteristics";
  const way = !loop ? "none" : standard ? "while" : loop.loopCardinality ? "times" : "list";
  const titles = { none: t("Once"), list: t("For each item of a list"), times: t("So many times"), while: t("As long as something holds") };
  const list = make("select", { class: "dc-input" }, WAYS.map((id) => make("option", { value: id }, titles[id])));
  list.value = way;
  list.addEventListener("change", () => facts.set({ loopCharacteristics: made(list.value) }));

  function made(wanted) {
    if (wanted === "none") return undefined;
    const type = wanted === "while" ? "bpmn:StandardLoopCharacteristics" : "bpmn:MultiInstanceLoopCharacteristics";
    const fresh = moddle.create(type, wanted === "while" ? {} : { isSequential: false });
    fresh.$parent = bo;
    if (wanted === "times") fresh.loopCardinality = facts.expression("1", fresh);
    if (wanted === "while") fresh.loopCondition = facts.expression("False", fresh);
    return fresh;
  }
  const expression = (name, title, help, id) => panel.field(id, title, panel.controls.expression(loop[name]?.body ?? "", (text) => facts.set({ [name]: facts.expression(text, loop) }, loop)), help);
  // bpmn-moddle has the list as a reference to data of the diagram; the engine reads its name, which it keeps as it is.
  const fields = [panel.field("loop", part.title, list, part.help)];
  if (way === "list") fields.push(named("loopDataInputRef", t("List")), item("inputDataItem", t("Name of one item")), named("loopDataOutputRef", t("List of results")), item("outputDataItem", t("Name of one result")));
  if (way === "times") fields.push(expression("loopCardinality", t("How many times"), "", "loop.times"));
  if (way === "while") fields.push(expression("loopCondition", t("It goes on while"), "", "loop.condition"));
  if (way === "list" || way === "times") {
    fields.push(panel.field("loop.order", t("One run after the other"), panel.controls.flag(loop.isSequential, (on) => facts.set({ isSequential: on }, loop))));
    fields.push(expression("completionCondition", t("It ends early when"), "", "loop.condition"));
  }
  return fields;

  function named(name, title) {
    const value = loop[name]?.id ?? loop[name] ?? "";
    return panel.field(`loop.${name}`, title, panel.controls.text(value, (text) => facts.set({ [name]: text ? reference(text) : undefined }, loop), { code: true }));
  }
  function item(name, title) {
    const type = name === "inputDataItem" ? "bpmn:DataInput" : "bpmn:DataOutput";
    const value = loop[name]?.name ?? loop[name]?.id ?? "";
    return panel.field(`loop.${name}`, title, panel.controls.text(value, (text) => {
      const inner = text ? moddle.create(type, { id: loop[name]?.id ?? `${bo.id}_${name === "inputDataItem" ? "item" : "result"}`, name: text }) : undefined;
      if (inner) inner.$parent = loop;
      facts.set({ [name]: inner }, loop);
    }, { code: true }));
  }
  function reference(text) {
    return moddle.create("bpmn:Property", { id: text });
  }
}
