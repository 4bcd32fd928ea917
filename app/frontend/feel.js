// Evaluates in the page what app/feel evaluates on the server, with the same outcome (tests/feel/cases.json holds both to it).
// The AST's shape is described in app/feel/syntax.py, the null semantics in app/feel/__init__.py.
// Numbers are decimals of 34 digits: { n: BigInt, s: digits after the point }. null is FEEL's null.

class Day {
  constructor(text) { this.text = text; }
}
class Num {
  constructor(n, s) { this.n = n; this.s = s; }
}

const DIGITS = 34;
const MOST = 300;
const digits = (n) => (n < 0n ? -n : n).toString().length;
const power = (e) => 10n ** BigInt(e);

/** The outcome under these names: null, boolean, number, string or an array of them. Absent names are null; nothing throws. */
export function evaluate(ast, names) {
  return plain(value(ast, names));
}

/** Whether the outcome is exactly true: what a condition asks. */
export function holds(ast, names) {
  return value(ast, names) === true;
}

function value(node, names) {
  const [kind, ...rest] = node;
  if (kind === "lit") return rest[0];
  if (kind === "num") return number(rest[0]);
  if (kind === "name") return rest.reduce((from, key) => member(from, key), names);
  if (kind === "in") return passes(value(rest[0], names), rest.slice(1), names);
  const args = rest.map((part) => value(part, names));
  if (kind === "list") return args;
  if (kind === "and") return conjunction(args);
  if (kind === "or") return disjunction(args);
  if (kind === "not") return typeof args[0] === "boolean" ? !args[0] : null;
  if (kind === "neg") return args[0] instanceof Num ? bounded(-args[0].n, args[0].s) : null;
  if (kind === "date") return args[0] instanceof Day ? args[0] : day(args[0]);
  if ("+-*/".includes(kind)) return calculate(kind, args[0], args[1]);
  return compare(kind, args[0], args[1]);
}

function passes(subject, tests, names) {
  return disjunction(tests.map((test) => {
    if (test[0] === "cmp") return compare(test[1], subject, value(test[2], names));
    if (test[0] === "range") {
      return conjunction([compare(test[1] ? ">=" : ">", subject, value(test[2], names)),
        compare(test[4] ? "<=" : "<", subject, value(test[3], names))]);
    }
    const wanted = value(test[1], names);
    if (!Array.isArray(wanted) || Array.isArray(subject)) return equal(subject, wanted);
    return disjunction(wanted.map((item) => equal(subject, item)));
  }));
}

function member(from, key) {
  const has = from !== null && typeof from === "object" && !Array.isArray(from) && Object.hasOwn(from, key);
  return has ? normal(from[key]) : null;
}

function normal(raw) {
  if (raw === undefined || raw === null) return null;
  if (typeof raw === "number") return Number.isFinite(raw) ? number(String(raw)) : null;
  return Array.isArray(raw) ? raw.map(normal) : raw;
}

function plain(of) {
  if (of instanceof Num) return Number(`${of.n}e${-of.s}`);
  if (of instanceof Day) return of.text;
  return Array.isArray(of) ? of.map(plain) : of;
}

function conjunction(values) {
  if (values.includes(false)) return false;
  return values.every((one) => one === true) ? true : null;
}

function disjunction(values) {
  if (values.includes(true)) return true;
  return values.every((one) => one === false) ? false : null;
}

function equal(left, right) {
  if (left === null || right === null) return left === right;
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length ? conjunction(left.map((item, i) => equal(item, right[i]))) : false;
  }
  if (typeof left === "boolean" && typeof right === "boolean") return left === right;
  const sign = order(left, right);
  return sign === null ? null : sign === 0;
}

function compare(operator, left, right) {
  if (operator === "=") return equal(left, right);
  if (operator === "!=") {
    const same = equal(left, right);
    return same === null ? null : !same;
  }
  const sign = order(left, right);
  if (sign === null) return null;
  return operator === "<" ? sign < 0 : operator === "<=" ? sign <= 0 : operator === ">" ? sign > 0 : sign >= 0;
}

// -1, 0, 1; null where the two cannot be compared. Texts go by code point, not by UTF-16 unit.
function order(left, right) {
  if (left instanceof Day || right instanceof Day) {
    const [a, b] = [left, right].map((side) => (side instanceof Day ? side : day(side)));
    return a && b ? Math.sign(a.text < b.text ? -1 : a.text > b.text) : null;
  }
  if (left instanceof Num && right instanceof Num) {
    const s = Math.max(left.s, right.s);
    const [a, b] = [left, right].map((side) => side.n * power(s - side.s));
    return a < b ? -1 : a > b ? 1 : 0;
  }
  if (typeof left !== "string" || typeof right !== "string") return null;
  const [a, b] = [[...left], [...right]];
  for (let i = 0; i < Math.min(a.length, b.length); i += 1) {
    if (a[i] !== b[i]) return Math.sign(a[i].codePointAt(0) - b[i].codePointAt(0));
  }
  return Math.sign(a.length - b.length);
}

function day(text) {
  if (typeof text !== "string" || !/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text) || text.startsWith("0000")) return null;
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text) ? new Day(text) : null;
}

function calculate(operator, left, right) {
  if (operator === "+" && typeof left === "string" && typeof right === "string") {
    return [...left].length + [...right].length <= 100000 ? left + right : null;
  }
  if (!(left instanceof Num) || !(right instanceof Num)) return null;
  if (operator === "*") return bounded(left.n * right.n, left.s + right.s);
  if (operator === "/") return right.n === 0n ? null : divide(left, right);
  const s = Math.max(left.s, right.s);
  const [a, b] = [left, right].map((side) => side.n * power(s - side.s));
  return bounded(operator === "+" ? a + b : a - b, s);
}

// Enough digits to round from, and one more that is not zero where something is left over.
function divide(left, right) {
  const extra = Math.max(0, DIGITS + 3 + digits(right.n) - digits(left.n));
  const top = left.n * power(extra);
  const quotient = top / right.n;
  if (top % right.n === 0n) return bounded(quotient, left.s - right.s + extra);
  const negative = (top < 0n) !== (right.n < 0n);
  return bounded(quotient * 10n + (negative ? -1n : 1n), left.s - right.s + extra + 1);
}

function number(text) {
  const [, sign, whole, part = "", exponent = "0"] = /^(-?)([0-9]*)(?:\.([0-9]+))?(?:e([+-]?[0-9]+))?$/.exec(text);
  return bounded(BigInt(sign + whole + part), part.length - Number(exponent));
}

// Rounded to 34 digits, half to even; null beyond the bounds.
function bounded(n, s) {
  if (n === 0n) return new Num(0n, 0);
  const over = digits(n) - DIGITS;
  if (over > 0) {
    const unit = power(over);
    const size = n < 0n ? -n : n;
    const [kept, left] = [size / unit, size % unit];
    const up = left * 2n > unit || (left * 2n === unit && kept % 2n === 1n);
    return bounded((n < 0n ? -1n : 1n) * (up ? kept + 1n : kept), s - over);
  }
  if (Math.abs(digits(n) - 1 - s) >= MOST) return null;
  return s < 0 ? new Num(n * power(-s), 0) : new Num(n, s);
}
