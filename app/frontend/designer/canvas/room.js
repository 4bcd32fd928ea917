// A step that is put between two others makes room for itself. Taken out again it gives the room back: while nothing else was moved, all stands where it stood.
import CommandInterceptor from "diagram-js/lib/command/CommandInterceptor";

const LATE = 100; // after the tool's own behaviours have laid out what they touch
const LISTS = ["flowElements", "artifacts", "flowNodeRef", "lanes"]; // moving writes them anew: notes go to the collaboration, steps on the edge of a lane change it
const OWNED = ["flowElements", "artifacts"];

/** Where an element lies: its bounds or its way. */
const place = ({ x, y, width, height, waypoints }) => waypoints
  ? { waypoints: waypoints.map((point) => ({ x: point.x, y: point.y, ...(point.original ? { original: { x: point.original.x, y: point.original.y } } : {}) })) }
  : { x, y, width, height };
/** The bounds as the file has them, which the drawing rounds; none for a label without. */
const bounds = ({ di, labelTarget }) => (labelTarget ? di.label?.bounds : di.bounds);
const raw = (each) => {
  const written = each.waypoints ? null : bounds(each);
  return written && { x: written.x, y: written.y, width: written.width, height: written.height };
};
const known = (each) => ({ place: place(each), raw: raw(each), source: each.source, target: each.target });
const drawn = (registry) => registry.filter((each) => each.waypoints || each.width !== undefined);
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
const connects = (each, { source, target }) => each.source === source && each.target === target;
const lies = (each, was) => connects(each, was) && same(place(each), was.place);

/** [holder, name, entries] of every list of the file that says what holds what. */
function lists(registry) {
  const holders = new Set(registry.getAll().flatMap(({ businessObject }) => [businessObject, businessObject?.processRef]).filter((each) => each?.$descriptor));
  return [...holders].flatMap((holder) => LISTS.filter((name) => holder.$descriptor.propertiesByName[name]?.isMany).map((name) => [holder, name, [...holder.get(name)]]));
}
const owned = (all) => new Set(all.filter(([, name]) => OWNED.includes(name)).flatMap(([, , entries]) => entries));
const state = (registry) => ({ places: new Map(drawn(registry).map((each) => [each, known(each)])), lists: lists(registry) });

/** One command, so that it is undone and redone with the removal: puts elements to where they are known to have lain. */
class PutBack {
  constructor(bpmnUpdater, elementRegistry) {
    Object.assign(this, { updater: bpmnUpdater, registry: elementRegistry });
  }

  execute(context) {
    context.from = state(this.registry);
    return this.put(context.to, context.moved);
  }

  revert(context) {
    return this.put(context.from, context.moved);
  }

  put({ places, lists: all }, moved) {
    for (const each of moved) {
      const was = places.get(each);
      Object.assign(each, structuredClone(was.place));
      if (each.waypoints) this.updater.updateConnectionWaypoints(each);
      else {
        this.updater.updateBounds(each);
        if (was.raw) Object.assign(bounds(each), was.raw);
      }
    }
    for (const [holder, name, entries] of all) {
      holder.get(name).splice(0, Infinity, ...entries);
      if (OWNED.includes(name)) for (const entry of entries) entry.$parent = holder;
    }
    return moved;
  }
}
PutBack.$inject = ["bpmnUpdater", "elementRegistry"];

class Room extends CommandInterceptor {
  constructor(eventBus, commandStack, elementRegistry) {
    super(eventBus);
    Object.assign(this, { commands: commandStack, registry: elementRegistry, made: new WeakMap(), labels: new WeakMap() });
    commandStack.registerHandler("room.putBack", PutBack);
    this.preExecute("elements.delete", ({ context }) => {
      context.room = context.elements.length === 1 ? this.untouched(context.elements[0]) : null;
    });
    this.postExecuted("elements.delete", LATE, ({ context }) => this.close(context.room));
    // The tool writes a label's bounds, rounded, at every change: one that lies where it lay keeps what the file says.
    eventBus.on("shape.changed", LATE, ({ element }) => {
      const was = this.labels.get(element);
      if (was?.raw && same(place(element), was.place) && bounds(element)) Object.assign(bounds(element), was.raw);
    });
  }

  /** Add a step by a function that gives its shape, and know where all lay before. */
  making(add) {
    const before = state(this.registry);
    for (const [each, was] of before.places) if (each.labelTarget && !this.labels.has(each)) this.labels.set(each, was);
    const made = add();
    if (made) this.made.set(made, { before, after: state(this.registry).places });
    return made;
  }

  /** How all lay before this step was added; null when it was not added here, or something was drawn or moved since. */
  untouched(step) {
    const { before, after } = this.made.get(step) ?? {};
    if (!before) return null;
    const belongs = (each) => [each, each.host, each.source, each.target].includes(step);
    const others = drawn(this.registry).filter((each) => before.places.has(each) || !belongs(each.labelTarget ?? each));
    return others.every((each) => after.has(each) && lies(each, after.get(each))) ? before : null;
  }

  close(before) {
    if (!before) return;
    const now = drawn(this.registry);
    const things = [owned(before.lists), owned(lists(this.registry))];
    const whole = now.length === before.places.size && now.every((each) => before.places.has(each) && connects(each, before.places.get(each)))
      && things[0].size === things[1].size && [...things[0]].every((each) => things[1].has(each));
    const moved = ([each, was]) => !same(place(each), was.place) || !same(raw(each), was.raw);
    if (whole) this.commands.execute("room.putBack", { to: before, moved: [...before.places].filter(moved).map(([each]) => each) });
  }
}
Room.$inject = ["eventBus", "commandStack", "elementRegistry"];

export default { __init__: ["room"], room: ["type", Room] };
