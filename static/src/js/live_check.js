// Findings beside the text as it is typed: one POST after a short pause, the newest answer wins, marks go to the editor.
import { isDocument, postForm, reasonOf, swapInside } from "./requests.js";
import { words } from "./words.js";

const waitMs = 300;
const againMs = 1000;
const maxAgain = 30;
const panels = new WeakMap();

const panelsOf = (field) => [...document.querySelectorAll("[data-live-check]")].filter(
  (panel) => field.matches(panel.dataset.liveCheckSource) || field.form?.matches(panel.dataset.liveCheckInclude || ":not(*)"),
);

const sourceOf = (panel) => document.querySelector(panel.dataset.liveCheckSource ?? panel.dataset.findings);

function sendMarks(panel) {
  const block = panel.querySelector("script[data-marks]");
  if (block) sourceOf(panel)?.dispatchEvent(new CustomEvent("copydesk:marks", { detail: JSON.parse(block.textContent) }));
}

// On a small screen the panel stands below the form: a line that stays in view says the same in short.
function sendLine(nodes) {
  document.querySelector("[data-live-line]")?.replaceChildren(...nodes);
}

function bodyOf(panel) {
  const source = sourceOf(panel);
  const form = panel.dataset.liveCheckInclude ? document.querySelector(panel.dataset.liveCheckInclude) : null;
  const body = form ? new FormData(form) : new FormData();
  if (source) body.set("text", source.value);
  return body;
}

async function check(panel) {
  const state = stateOf(panel);
  state.request?.abort();
  state.request = new AbortController();
  panel.setAttribute("aria-busy", "true");
  try {
    const response = await postForm(panel.dataset.liveCheck, bodyOf(panel), { signal: state.request.signal });
    const text = await response.text();
    if (isDocument(text)) {
      sayUnchecked(panel, reasonOf(response, text, words("not_checked")));
    } else {
      await swapInside(panel, text);
      delete panel.dataset.unchecked;
      sendMarks(panel);
      sendLine(panel.querySelector("[data-live-summary]")?.cloneNode(true).childNodes ?? []);
      askAgain(panel);
    }
  } catch (error) {
    if (error.name === "AbortError") return;
    sayUnchecked(panel, words("not_checked"));
  }
  panel.removeAttribute("aria-busy");
}

// What was found in an earlier text must not stand beside one that nobody checked: the style sheet hides it.
function sayUnchecked(panel, reason) {
  panel.dataset.unchecked = "";
  const [title, note] = [panel.querySelector("h2"), panel.querySelector("[data-live-state]")];
  if (title) title.textContent = words("findings");
  if (note) note.textContent = reason;
  sendLine([reason]);
  sourceOf(panel)?.dispatchEvent(new CustomEvent("copydesk:marks", { detail: [] }));
}

function stateOf(panel) {
  if (!panels.has(panel)) panels.set(panel, { again: 0 });
  return panels.get(panel);
}

// A check that is still learning its examples answers a little later, whether or not somebody types on.
function askAgain(panel) {
  const state = stateOf(panel);
  if (!panel.querySelector("[data-live-again]") || state.again >= maxAgain) return;
  state.again += 1;
  clearTimeout(state.timer);
  state.timer = setTimeout(check, againMs, panel);
}

document.querySelectorAll("[data-live-check]").forEach(askAgain);

document.addEventListener("input", (event) => {
  if (!event.target.matches?.("textarea, input, select")) return;
  for (const panel of panelsOf(event.target)) {
    const state = stateOf(panel);
    state.again = 0;
    clearTimeout(state.timer);
    state.timer = setTimeout(check, waitMs, panel);
  }
});

// The editor, once mounted, asks for the marks that the server already drew into the page.
document.addEventListener("copydesk:mounted", (event) => {
  for (const panel of document.querySelectorAll("[data-live-check], [data-findings]")) {
    if (sourceOf(panel) === event.target) sendMarks(panel);
  }
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-fix]");
  const source = button && document.querySelector(button.dataset.fixSource);
  if (!source) return;
  const { from, to, insert } = button.dataset;
  const change = new CustomEvent("copydesk:replace", { cancelable: true, detail: { from: Number(from), to: Number(to), insert } });
  // The mounted editor takes the change (with undo); a plain textarea is edited here.
  if (source.dispatchEvent(change)) replaceIn(source, change.detail);
});

function replaceIn(textarea, { from, to, insert }) {
  const points = [...textarea.value];
  textarea.value = points.slice(0, from).join("") + insert + points.slice(to).join("");
  textarea.dispatchEvent(new Event("input", { bubbles: true }));
  textarea.focus();
}
