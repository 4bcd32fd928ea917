// A form's file and what the editor makes of it: only what a person changed is changed in the file.

// The order in which people read a component; what is not named here stands before the checks.
const ORDER = [
  "type", "id", "key", "path", "subtype", "label", "dateLabel", "timeLabel", "description", "text", "content", "source", "alt",
  "showOutline", "components", "values", "columns", "*", "validate", "conditional", "properties", "layout",
];

const rank = (key) => (ORDER.indexOf(key) + 1 || ORDER.indexOf("*") + 1);

/** Whether two values of JSON are the same, whatever the order of their keys. */
export function same(one, other) {
  if (one === other) return true;
  if (typeof one !== "object" || typeof other !== "object" || !one || !other) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => key in other && same(one[key], other[key]));
}

function empty(value) {
  return value === undefined || value === null || value === "" || (typeof value === "object" && !Array.isArray(value) && !Object.keys(value).length);
}

/** The object with its keys as they stood; new ones where they belong. Empty parts that were not there are left out. */
function ordered(now, before = {}) {
  const kept = Object.keys(now).filter((key) => key in before || !empty(now[key]));
  const keys = Object.keys(before).filter((key) => kept.includes(key));
  for (const key of kept.filter((each) => !(each in before)).sort((one, other) => rank(one) - rank(other))) {
    const after = keys.findLastIndex((each) => rank(each) <= rank(key));
    keys.splice(after + 1, 0, key);
  }
  return Object.fromEntries(keys.map((key) => [key, now[key]]));
}

function nested(now, before) {
  if (Array.isArray(now)) return now.map((each, index) => nested(each, Array.isArray(before) ? (before.find((old) => old?.value !== undefined && old.value === each?.value) ?? before[index]) : undefined));
  if (typeof now !== "object" || !now) return now;
  const was = typeof before === "object" && before && !Array.isArray(before) ? before : {};
  return ordered(Object.fromEntries(Object.entries(now).map(([key, value]) => [key, nested(value, was[key])])), was);
}

function byId(components, found = new Map()) {
  for (const each of components ?? []) {
    if (each && typeof each === "object") {
      found.set(each.id, each);
      byId(each.components, found);
    }
  }
  return found;
}

function component(now, known, rows) {
  const before = known.get(now.id) ?? {};
  const part = { ...now };
  // The editor makes up an option ("Value") for whatever has none; those of the portal come from the case.
  if (part.properties?.options && !("values" in before)) delete part.values;
  // It also notes the row of each part; that says something only where parts stand side by side.
  if (part.layout && !before.layout && !part.layout.columns && rows.get(part.layout.row) === 1) delete part.layout;
  const inner = part.components;
  delete part.components;
  const settled = nested(part, before);
  if (inner) settled.components = all(inner, known);
  return ordered(settled, before);
}

function all(components, known) {
  const rows = new Map();
  for (const each of components) if (each.layout?.row) rows.set(each.layout.row, (rows.get(each.layout.row) ?? 0) + 1);
  return components.map((each) => component(each, known, rows));
}

/** The form's text now. `original`: the file as it was opened; `schema`: what the editor holds. */
export function written(original, schema) {
  const before = JSON.parse(original);
  const now = { ...schema, components: all(schema.components ?? [], byId(before.components)) };
  for (const key of ["schemaVersion", "exporter"]) {
    if (key in before) now[key] = before[key];
    else delete now[key];
  }
  const settled = ordered(now, before);
  if (same(before, settled)) return original;
  const indent = /\n([ \t]+)"/.exec(original)?.[1] ?? "  ";
  return JSON.stringify(settled, null, indent) + (original.endsWith("\n") ? "\n" : "");
}
