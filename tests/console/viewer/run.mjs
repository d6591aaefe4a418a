// Opens forms in Camunda's own form viewer and tells what it shows, finds wrong and submits.
// Reads a JSON list of cases ({schema, variables, steps: [{id, indexes, value}]}) from stdin, writes a list of answers.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { JSDOM } from "jsdom";

const dom = new JSDOM("<!doctype html><body></body>", { pretendToBeVisual: true, url: "http://localhost/" });
const names = ["document", "window", "navigator", "DOMParser", "Node", "Element", "HTMLElement", "SVGElement", "KeyboardEvent", "Event", "MutationObserver",
  "getComputedStyle", "requestAnimationFrame", "cancelAnimationFrame", "DocumentFragment", "Text", "NodeList", "HTMLCollection"];
for (const name of names) Object.defineProperty(globalThis, name, { value: name === "window" ? dom.window : dom.window[name], configurable: true, writable: true });
globalThis.DataTransfer = class { items = { add() {} }; files = []; };
dom.window.HTMLInputElement.prototype.__defineSetter__?.("files", () => {});
globalThis.IntersectionObserver = class { observe() {} unobserve() {} disconnect() {} };
const { createForm } = createRequire(import.meta.url)("@bpmn-io/form-js-viewer");

const rest = () => new Promise((done) => setTimeout(done, 40));
const indexesOf = (instance) => Object.values(instance.indexes || {});
const nameOf = (instance) => [instance.id, ...indexesOf(instance)].join(".");

function flat(errors, prefix = []) {
  if (Array.isArray(errors) && errors.every((item) => typeof item === "string")) return { [prefix.join(".")]: errors };
  return Object.assign({}, ...Object.entries(errors || {}).filter(([, v]) => v).map(([key, value]) => flat(value, [...prefix, key])));
}

async function answer({ schema, variables, steps }) {
  const container = document.createElement("div");
  document.body.append(container);
  const form = await createForm({ container, schema, data: variables });
  await rest();
  for (const { id, indexes = [], value, add } of steps || []) {
    const registry = form.get("formFieldInstanceRegistry");
    if (add !== undefined) {
      const buttons = [...container.querySelectorAll(".fjs-repeat-render-add")];
      buttons[add].click();
    } else {
      const instance = registry.getAll().find((item) => item.id === id && indexesOf(item).join() === indexes.join());
      if (instance) form._update({ fieldInstance: instance, value });
    }
    await rest();
  }
  const shown = form.get("formFieldInstanceRegistry").getAllKeyed().map(nameOf).sort();
  const words = [...container.querySelectorAll(".fjs-form-field-text")].map((element) => element.textContent.replace(/\s+/g, " ").trim());
  const labels = [...container.querySelectorAll(".fjs-label-content, .fjs-form-field-description")]
    .map((element) => element.textContent.replace(/\*$/, "").trim()).filter(Boolean).sort();
  const { data, errors } = form.submit();
  await rest();
  const result = { shown, words, labels, errors: Object.fromEntries(Object.entries(flat(errors)).map(([k, v]) => [k, v.length])), data };
  form.destroy();
  container.remove();
  return result;
}

const cases = JSON.parse(readFileSync(0, "utf8"));
const answers = [];
for (const item of cases) {
  try {
    answers.push(await answer(item));
  } catch (error) {
    answers.push({ failed: String(error && error.stack || error) });
  }
}
process.stdout.write(JSON.stringify(answers));
process.exit(0);
