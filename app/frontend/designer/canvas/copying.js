// Copy and paste between diagrams, windows too; and nothing that other tools have written into an element is lost by copying or replacing it.
const KEPT = "nintei.designer.clipboard";
let copied = null;

/** One clipboard for all diagrams of the page; the browser's storage carries it to other windows. */
class Clipboard {
  constructor(moddle) {
    this.moddle = moddle;
  }

  get() {
    const text = stored();
    if (text && text !== copied?.text) copied = { text, tree: null };
    return copied ? JSON.parse(copied.text, reviver(this.moddle)) : undefined;
  }

  set(tree) {
    copied = { text: JSON.stringify(tree, replacer) };
    try {
      localStorage.setItem(KEPT, copied.text);
    } catch {
      // no room or not allowed: within this page it works
    }
  }

  isEmpty() {
    return !copied && !stored();
  }

  clear() {
    copied = null;
    localStorage.removeItem(KEPT);
  }
}
Clipboard.$inject = ["moddle"];

function stored() {
  try {
    return localStorage.getItem(KEPT);
  } catch {
    return null;
  }
}

/** Elements with their descriptors' types; references are what moddle writes as ids, so they are left to bpmn-js's own bookkeeping. */
function replacer(key, value) {
  if (value?.$descriptor?.isGeneric) return { ...value, $type: value.$type, $uri: value.$descriptor.ns.uri };
  if (value?.$attrs && Object.keys(value.$attrs).length) return { ...value.toJSON?.() ?? value, $type: value.$type, $attributes: value.$attrs };
  return value;
}

function reviver(moddle) {
  const seen = {};
  return (key, value) => {
    if (!value || typeof value !== "object" || typeof value.$type !== "string") return value;
    const { $type, $uri, $attributes, ...attributes } = value;
    if ($uri) return moddle.createAny($type, $uri, attributes);
    const own = value.id && $type.startsWith("bpmn");
    if (own && seen[value.id]) return seen[value.id];
    const made = moddle.create($type, attributes);
    for (const [name, attribute] of Object.entries($attributes ?? {})) made.$attrs[name] = attribute;
    for (const child of Object.values(attributes).flat()) {
      if (child?.$type && !child.$parent) child.$parent = made;
    }
    if (own) seen[value.id] = made;
    return made;
  };
}

/** bpmn-js copies what a descriptor names; of the rest (`camunda:…`, `zeebe:…`, attributes) nothing. */
class CopyEverything {
  constructor(eventBus, moddle) {
    eventBus.on("moddleCopy.canCopyProperties", 2000, ({ sourceElement, targetElement }) => {
      for (const [name, value] of Object.entries(sourceElement.$attrs ?? {})) {
        if (!name.startsWith("xmlns")) targetElement.$attrs[name] = value;
      }
    });
    eventBus.on("moddleCopy.canCopyProperty", 2000, ({ property }) => (property?.$descriptor?.isGeneric ? clone(moddle, property) : undefined));
  }
}
CopyEverything.$inject = ["eventBus", "moddle"];

function clone(moddle, any) {
  const attributes = Object.fromEntries(Object.entries(any).filter(([name]) => name !== "$type" && name !== "$children"));
  const made = moddle.createAny(any.$type, any.$descriptor.ns.uri, attributes);
  if (any.$children) made.$children = any.$children.map((child) => Object.assign(clone(moddle, child), {}));
  for (const child of made.$children ?? []) child.$parent = made;
  return made;
}

export default {
  __init__: ["copyEverything"],
  clipboard: ["type", Clipboard],
  copyEverything: ["type", CopyEverything],
};
