// What a tool built on bpmn-js does when a file is opened and saved: stdin is the diagram, stdout as it writes it.
// argv[2]: the folder of its modules; argv[3]: the descriptor of our extension elements.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const require = createRequire(`${process.argv[2]}/package.json`);
const { BpmnModdle } = await import(pathToFileURL(require.resolve("bpmn-moddle")));
const moddle = new BpmnModdle();
const { rootElement } = await moddle.fromXML(readFileSync(0, "utf8"));
const { xml } = await moddle.toXML(rootElement, { format: true });
process.stdout.write(xml);
