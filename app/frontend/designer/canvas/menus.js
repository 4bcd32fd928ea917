// Palette, context pad and menus of bpmn-js, cut to what runs here: support.json is written from app/bpmn/support.py (scripts/designer_facts.py).
import { PopupEntries } from "bpmn-js/lib/features/popup-menu/PopupEntries";
import { getBusinessObject, is } from "bpmn-js/lib/util/ModelUtil";
import support from "./support.json";

// What the menus call by another name than the catalogue of bpmn-js does.
const SAME = {
  "none-start": "none-start-event", "none-end": "none-end-event", "none-intermediate-throw": "none-intermediate-throwing",
  "ad-hoc-subprocess": "expanded-ad-hoc-subprocess", "subprocess": "expanded-subprocess", "non-interrupting-message-start": "non-interrupting-message-start",
};
const PICTURES = new Set(["DataObjectReference", "DataStoreReference"]);

/** Whether what an entry would make runs where it would stand. `around`: the subprocess around it, if there is one. */
export function runs(target, around) {
  const kind = lower(target.type.replace("bpmn:", ""));
  const event = (target.eventDefinitionType ?? "").replace("bpmn:", "").replace("EventDefinition", "").toLowerCase();
  if (kind === "participant") return true;
  if (!support.kinds.includes(kind)) return false;
  if (kind === "startEvent" && around) return support[around.triggeredByEvent ? "starts_by_event" : "starts_inside"].includes(event);
  return support.events[kind]?.includes(event) ?? true;
}

const lower = (name) => name.charAt(0).toLowerCase() + name.slice(1);

class OnlyWhatRuns {
  constructor(popupMenu) {
    for (const menu of ["bpmn-replace", "bpmn-append", "bpmn-create"]) popupMenu.registerProvider(menu, 500, new Cut(menu));
  }
}
OnlyWhatRuns.$inject = ["popupMenu"];

class Cut {
  constructor(menu) {
    this.menu = menu;
  }

  getPopupMenuEntries(target) {
    const bo = target && !Array.isArray(target) ? getBusinessObject(target) : null;
    const parent = this.menu === "bpmn-replace" ? bo?.$parent : null;
    const around = parent?.$type === "bpmn:SubProcess" ? parent : null;
    return (entries) => Object.fromEntries(Object.entries(entries).filter(([id]) => this.keeps(id, around, bo)));
  }

  keeps(id, around, bo) {
    const name = id.replace(/^(replace-with|append|create)-(replace-with-)?/, "");
    const made = PopupEntries[SAME[name] ?? name]?.target;
    if (!made) return true;
    if (this.menu !== "bpmn-replace" && made.type === "bpmn:Task") return false; // the task of the menus is one that somebody does
    if (PICTURES.has(made.type.replace("bpmn:", ""))) return this.menu === "bpmn-replace" && is(bo, made.type);
    return runs(made, around ?? (made.type === "bpmn:StartEvent" && made.isInterrupting !== undefined && this.menu !== "bpmn-replace" ? { triggeredByEvent: true } : null));
  }

  getPopupMenuHeaderEntries() {
    return (entries) => Object.fromEntries(Object.entries(entries).filter(([id]) => !["toggle-participant-multiplicity"].includes(id)));
  }
}

/** The palette and the context pad: a task is a user task, and what would only be a picture is not offered. */
class OurTools {
  constructor(palette, contextPad, create, elementFactory, autoPlace, translate, injector) {
    const preview = injector.get("appendPreview", false);
    Object.assign(this, { create, elementFactory, autoPlace, translate, preview });
    palette.registerProvider(500, this);
    contextPad.registerProvider(500, this);
  }

  getPaletteEntries() {
    const start = (type) => (event) => this.create.start(event, this.elementFactory.createShape({ type }));
    return (entries) => {
      const made = {};
      for (const [id, entry] of Object.entries(entries)) {
        if (id === "create.data-object" || id === "create.data-store") continue;
        if (id !== "create.task") made[id] = entry;
        else {
          for (const [type, name, icon] of [["bpmn:UserTask", "user-task", "bpmn-icon-user-task"], ["bpmn:ServiceTask", "service-task", "bpmn-icon-service-task"]]) {
            const title = this.translate(type === "bpmn:UserTask" ? "Create user task" : "Create service task");
            made[`create.${name}`] = { group: "activity", className: icon, title, action: { dragstart: start(type), click: start(type) } };
          }
        }
      }
      return made;
    };
  }

  getContextPadEntries() {
    return (entries) => {
      const made = { ...entries };
      for (const gone of ["append.condition-intermediate-event", "append.compensation-activity"]) delete made[gone];
      if (made["append.append-task"]) made["append.append-task"] = this.append("bpmn:UserTask", "bpmn-icon-user-task", this.translate("Append user task"));
      return made;
    };
  }

  append(type, className, title) {
    const shape = () => this.elementFactory.createShape({ type });
    return {
      group: "model", className, title,
      action: {
        dragstart: (event, element) => this.create.start(event, shape(), { source: element }),
        click: (event, element) => {
          this.preview?.cleanUp();
          this.autoPlace.append(element, shape());
        },
        hover: (event, element) => {
          this.preview?.create(element, type);
          return () => this.preview?.cleanUp();
        },
      },
    };
  }
}
OurTools.$inject = ["palette", "contextPad", "create", "elementFactory", "autoPlace", "translate", "injector"];

export default {
  __init__: ["onlyWhatRuns", "ourTools"],
  onlyWhatRuns: ["type", OnlyWhatRuns],
  ourTools: ["type", OurTools],
};
