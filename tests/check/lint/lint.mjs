// Forms and element templates as Camunda Modeler checks them: node lint.mjs FORMS TEMPLATES, a JSON object of problems by file.
import fs from "node:fs";
import { register } from "node:module";
import path from "node:path";
import { validateAllZeebe } from "@bpmn-io/element-templates-validator";

register("./hooks.mjs", import.meta.url);
const { FormLinter } = await import("@camunda/form-linting/index.js");

const [forms, templates] = process.argv.slice(2);
const read = (folder, ending) =>
  fs.readdirSync(folder).filter((name) => name.endsWith(ending)).map((name) => [name, fs.readFileSync(path.join(folder, name), "utf8")]);
const problems = {};
for (const [name, text] of read(forms, ".form")) {
  problems[name] = new FormLinter().lint(text).map((report) => report.message);
}
const offered = read(templates, ".json");
validateAllZeebe(offered.map(([, text]) => JSON.parse(text))).results.forEach((result, at) => {
  problems[offered[at][0]] = (result.errors ?? []).map((error) => error.message);
});
console.log(JSON.stringify(problems));
