// Filters: over what is already on the page (words typed, one kind chosen by a chip), and those that the server applies.
import { announce } from "./announce.js";
import { swapInside } from "./requests.js";
import { words } from "./words.js";

const entries = (list) => list.querySelectorAll(":scope > li, :scope > tr, :scope > [data-filter-item], :scope > tbody > tr");

/** Hides every entry that fails the list's typed words or its chosen kind, and returns how many stay. */
function apply(list) {
  const needed = (list.dataset.words ?? "").split(" ").filter(Boolean);
  const kind = list.dataset.chosen ?? "";
  let shown = 0;
  for (const entry of entries(list)) {
    const text = entry.textContent.toLocaleLowerCase();
    const ofKind = !kind || (entry.dataset.kind ?? "").split(" ").includes(kind);
    entry.hidden = !ofKind || !needed.every((word) => text.includes(word));
    if (!entry.hidden) shown += 1;
  }
  return shown;
}

function report(list, shown, where) {
  const count = where && document.querySelector(where);
  if (count) count.textContent = String(shown);
  const none = document.querySelector(`[data-filter-none="#${list.id}"]`);
  if (none) none.hidden = shown > 0;
}

document.addEventListener("input", (event) => {
  const { filterList, filterCount } = event.target.dataset ?? {};
  const list = filterList && document.querySelector(filterList);
  if (!list) return;
  list.dataset.words = event.target.value.trim().toLocaleLowerCase().replace(/\s+/g, " ");
  report(list, apply(list), filterCount);
});

document.addEventListener("click", (event) => {
  const chip = event.target.closest("button[data-show-in]");
  const list = chip && document.querySelector(chip.dataset.showIn);
  if (!list) return;
  for (const other of document.querySelectorAll(`button[data-show-in="${chip.dataset.showIn}"]`)) {
    other.setAttribute("aria-pressed", String(other === chip));
  }
  list.dataset.chosen = chip.dataset.show ?? "";
  report(list, apply(list), chip.dataset.filterCount);
});

let asked = new AbortController();

/** Shows the page of a filter's form in place: who chooses with the arrow keys stays in the list of choices. */
async function narrow(form) {
  const url = new URL(form.action);
  url.search = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
  asked.abort();
  asked = new AbortController();
  try {
    const response = await fetch(url, { headers: { Accept: "text/html" }, signal: asked.signal });
    const main = new DOMParser().parseFromString(await response.text(), "text/html").getElementById("main");
    if (!response.ok || response.redirected || !main) return window.location.assign(url);
    await swapInside(document.getElementById("main"), main.innerHTML);
    window.history.replaceState(window.history.state, "", url);
    tellResult(form);
  } catch (error) {
    if (error.name !== "AbortError") window.location.assign(url);
  }
}

function tellResult(form) {
  const place = form.closest("section") ?? document.getElementById("main");
  const said = place.querySelector("[data-result], .pager > span, .empty p")?.textContent;
  const rows = place.querySelectorAll("[data-keyboard-list] > li, [data-keyboard-list] > tr").length;
  announce(said || words("shown", rows));
}

document.addEventListener("change", (event) => {
  const form = event.target.matches("[data-autosubmit]") && event.target.form;
  if (form) form.method === "get" ? narrow(form) : form.requestSubmit();
});
