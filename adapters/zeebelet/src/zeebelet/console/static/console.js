// Makes the pages livelier; everything works without it. No dependencies.
"use strict";

// morph: turns one element into another in place, so that focus, open details and what is being typed stay.
function morph(from, to) {
  if (from.nodeType !== to.nodeType || from.nodeName !== to.nodeName || (from.id || "") !== (to.id || "")) {
    from.replaceWith(document.importNode(to, true));
    return;
  }
  if (from.nodeType !== Node.ELEMENT_NODE) {
    if (from.nodeValue !== to.nodeValue) from.nodeValue = to.nodeValue;
    return;
  }
  syncAttributes(from, to);
  if (from === document.activeElement && "value" in from && from.type !== "checkbox" && from.type !== "radio") return;
  if (from.nodeName === "INPUT") {
    if (from.type === "checkbox" || from.type === "radio") from.checked = to.checked;
    else if (from.value !== to.value) from.value = to.value;
  } else if (from.nodeName === "TEXTAREA") {
    if (from.value !== to.value) from.value = to.value;
    return;
  }
  morphChildren(from, to);
  if (from.nodeName === "SELECT" && from.value !== to.value) from.value = to.value;
}

function syncAttributes(from, to) {
  for (const { name } of [...from.attributes]) if (!to.hasAttribute(name) && !(name === "open")) from.removeAttribute(name);
  for (const { name, value } of [...to.attributes]) if (from.getAttribute(name) !== value && name !== "open") from.setAttribute(name, value);
}

function morphChildren(from, to) {
  const byId = new Map([...from.children].filter((child) => child.id).map((child) => [child.id, child]));
  let at = from.firstChild;
  for (const wanted of [...to.childNodes]) {
    const known = wanted.id && byId.get(wanted.id);
    if (known && known !== at) from.insertBefore(known, at);
    const current = known || at;
    if (!current || (!known && current.id && current.id !== wanted.id)) {
      from.insertBefore(document.importNode(wanted, true), at);
      continue;
    }
    at = current.nextSibling;
    morph(current, wanted);
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

async function pageOf(url, options) {
  const answer = await fetch(url, { ...options, credentials: "same-origin" });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return { answer, page };
}

// Forms that are computed anew while they are filled in.
let asking = 0;
async function refresh(form, step) {
  const fields = new URLSearchParams(new FormData(form));
  fields.append("_action", step || "refresh");
  const mine = ++asking;
  form.setAttribute("aria-busy", "true");
  try {
    const { page } = await pageOf(form.action || location.href, { method: "POST", body: fields });
    const fresh = page.getElementById(form.id);
    if (mine === asking && fresh) morph(form, fresh);
  } finally {
    if (mine === asking) form.removeAttribute("aria-busy");
  }
}

function touch(form, name) {
  const touched = form.elements._touched;
  const names = new Set(touched.value.split(" ").filter(Boolean));
  names.add(name);
  touched.value = [...names].join(" ");
}

let waiting;
document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-refresh]");
  if (!form) return;
  form.dataset.dirty = "1";
  clearTimeout(waiting);
  waiting = setTimeout(() => refresh(form), 250);
});
document.addEventListener("focusout", (event) => {
  const form = event.target.closest("form[data-refresh]");
  if (!form || !event.target.dataset.field || !form.dataset.dirty) return;
  touch(form, event.target.dataset.field);
  clearTimeout(waiting);
  waiting = setTimeout(() => refresh(form), 60);
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.asks && !confirm(button.dataset.asks)) event.preventDefault();
  if ("step" in button.dataset) {
    event.preventDefault();
    button.form.dataset.dirty = "1";
    refresh(button.form, button.value);
  }
  if ("reset" in button.dataset) location.reload();
  if ("copy" in button.dataset) copy(button);
});
document.addEventListener("submit", () => clearTimeout(waiting));
document.addEventListener("change", (event) => {
  if ("submit" in event.target.dataset) event.target.form.requestSubmit();
  if (event.target.id === "actor") event.target.form.requestSubmit();
});

async function copy(button) {
  const text = button.parentElement.querySelector("pre").textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(button.parentElement.querySelector("pre"));
    button.textContent = "Selected: press Ctrl+C";
  }
  setTimeout(() => (button.textContent = "Copy as curl"), 2000);
}

// Tables in forms: sorted by a click on a heading, long ones in pages.
document.addEventListener("click", (event) => {
  const heading = event.target.closest("table[data-sortable] th");
  if (!heading) return;
  const rows = heading.closest("table").tBodies[0];
  const down = heading.getAttribute("aria-sort") === "ascending";
  for (const other of heading.parentElement.children) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", down ? "descending" : "ascending");
  const key = (row) => row.cells[heading.cellIndex]?.textContent ?? "";
  const sorted = [...rows.rows].sort((a, b) => key(a).localeCompare(key(b), undefined, { numeric: true }) * (down ? -1 : 1));
  rows.append(...sorted);
});

// What changes in the engine shows at once in the parts of a page that are marked as live.
async function reloadLive() {
  const parts = [...document.querySelectorAll("[data-live]")];
  if (!parts.length || document.hidden) return;
  const { answer, page } = await pageOf(location.href, {});
  if (!answer.ok) return;
  for (const part of parts) {
    const fresh = page.getElementById(part.id);
    if (fresh && !part.contains(document.activeElement?.closest("input, textarea, select"))) morph(part, fresh);
  }
  const now = page.getElementById("engine-now");
  if (now) morph(document.getElementById("engine-now"), now);
}

let reloading = false;
if (document.body.dataset.events && window.EventSource) {
  const events = new EventSource(document.body.dataset.events);
  events.addEventListener("changed", async () => {
    if (reloading) return;
    reloading = true;
    try {
      await reloadLive();
    } finally {
      reloading = false;
    }
  });
  addEventListener("pagehide", () => events.close());
}

// Times are shown in the reader's zone: the page is told which one that is.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && !document.cookie.includes(`zeebelet_zone=${zone}`)) document.cookie = `zeebelet_zone=${zone}; path=/console; samesite=strict; max-age=31536000`;

// A big diagram starts where its tokens are.
const token = document.querySelector(".canvas .badge.incident, .canvas .badge.token");
if (token) {
  const canvas = document.querySelector(".canvas");
  const box = token.getBoundingClientRect();
  const around = canvas.getBoundingClientRect();
  canvas.scrollTo(box.left - around.left - around.width / 2, box.top - around.top - around.height / 2);
}
