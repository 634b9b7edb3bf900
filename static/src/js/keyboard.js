// Single keys are a second way to do what Tab and Enter do; <html data-shortcuts="off"> switches them off (WCAG 2.1.4).
const typing = (element) => element.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable], dialog, .cm-editor");

function step(selector, direction, focusable = (entry) => entry) {
  const stops = [...document.querySelectorAll(selector)].filter((stop) => stop.offsetParent !== null).map(focusable).filter(Boolean);
  if (!stops.length) return;
  const holder = stops.findIndex((stop) => stop === document.activeElement || stop.contains(document.activeElement));
  const at = holder === -1 ? (direction > 0 ? -1 : stops.length) : holder;
  const next = stops[Math.min(Math.max(at + direction, 0), stops.length - 1)];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

const rowLink = (row) => row.querySelector("a[href], button");
const rows = "[data-keyboard-list] > li, [data-keyboard-list] > tr, [data-keyboard-list] > tbody > tr";

/** Leads from the rows that are chosen to what can be done with them. */
function toBulkBar() {
  const bars = [...document.querySelectorAll("[data-bulk-bar]")].filter((bar) => bar.offsetParent !== null);
  bars[0]?.querySelector("select, button")?.focus();
}

const actions = {
  "/": () => document.querySelector("[data-search]")?.focus(),
  "?": () => document.getElementById("shortcuts")?.showModal(),
  b: toBulkBar,
  j: () => step(rows, 1, rowLink),
  k: () => step(rows, -1, rowLink),
  n: () => step("[data-change]", 1),
  p: () => step("[data-change]", -1),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (document.documentElement.dataset.shortcuts === "off" || typing(event.target)) return;
  if (!Object.hasOwn(actions, event.key)) return;
  event.preventDefault();
  actions[event.key]();
});

document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey && event.shiftKey && event.key.toLowerCase() === "m")) return;
  const list = document.querySelector("[data-live-check], [data-findings]");
  if (!list) return;
  event.preventDefault();
  const target = list.querySelector("a[href], button") ?? list;
  if (target === list) list.setAttribute("tabindex", "-1");
  target.focus();
});
