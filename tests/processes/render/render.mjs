// Draws every BPMN file of a folder as SVG: node render.mjs FROM TO
// The drawing is the modeler's own (bpmn-js in a headless Chromium; set CHROME if it is not found).
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import puppeteer from "puppeteer-core";

const [from, to] = process.argv.slice(2);
const here = path.dirname(fileURLToPath(import.meta.url));
const viewer = path.join(here, "node_modules", "bpmn-js", "dist", "bpmn-viewer.production.min.js");
const profile = fs.mkdtempSync(path.join(os.tmpdir(), "render-"));
const quiet = ["quic", "background-networking", "component-update", "sync", "gpu"].map((name) => `--disable-${name}`);

const browser = await puppeteer.launch({
  executablePath: process.env.CHROME ?? "/usr/bin/chromium",
  userDataDir: profile,
  args: ["--no-sandbox", "--no-first-run", ...quiet],
});
const page = await browser.newPage();
await page.setContent('<div id="canvas" style="width: 1000px; height: 1000px"></div>');
await page.addScriptTag({ path: viewer });

let trouble = 0;
for (const file of fs.readdirSync(from).filter((name) => name.endsWith(".bpmn")).sort()) {
  const xml = fs.readFileSync(path.join(from, file), "utf8");
  const { svg, warnings } = await page.evaluate(async (text) => {
    const shown = new BpmnJS({ container: "#canvas" });
    const { warnings } = await shown.importXML(text);
    const { svg } = await shown.saveSVG();
    shown.destroy();
    return { svg, warnings: warnings.map((warning) => warning.message) };
  }, xml);
  fs.writeFileSync(path.join(to, file.replace(".bpmn", ".svg")), svg + "\n");
  console.log(file, warnings.length ? warnings : "drawn");
  trouble += warnings.length;
}

await browser.close();
fs.rmSync(profile, { recursive: true, force: true });
process.exit(trouble ? 1 : 0);
