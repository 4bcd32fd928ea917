// stdin: [[ast, names], …]; stdout: their outcomes as JSON.
import { pathToFileURL } from "node:url";
import { readFileSync } from "node:fs";

const { evaluate } = await import(pathToFileURL(process.argv[2]));
const cases = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(cases.map(([ast, names]) => evaluate(ast, names))));
