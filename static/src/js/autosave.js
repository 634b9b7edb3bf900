// Drafts save themselves. The text is never taken away: a conflict or a dead network only stops the saving and says so.
import { isDocument, postForm, reasonOf, swapInside } from "./requests.js";
import { markSaved } from "./unsaved.js";
import { words } from "./words.js";

const waitMs = 1000;
const retryMs = 5000;
const states = new WeakMap();

const stateOf = (form) => {
  if (!states.has(form)) states.set(form, { timer: 0, saving: false, again: false, paused: false });
  return states.get(form);
};

const statusOf = (form) => document.querySelector(form.dataset.autosaveStatus ?? "[data-autosave-status-default]");

function schedule(form, delayMs = waitMs) {
  const state = stateOf(form);
  if (state.paused) return;
  clearTimeout(state.timer);
  state.timer = setTimeout(() => save(form), delayMs);
}

async function save(form) {
  const state = stateOf(form);
  if (!form.isConnected || state.paused) return;
  if (state.saving) { state.again = true; return; }
  state.saving = true;
  state.again = false;
  try {
    await take(form, state, await postForm(form.dataset.autosave, new FormData(form)));
  } catch {
    const status = statusOf(form);
    if (status) status.textContent = words("offline");
    schedule(form, retryMs);
  } finally {
    state.saving = false;
    if (state.again) schedule(form);
  }
}

/** Other forms of the page that act on the same text (delete it) start from what was saved, too. */
function takeBase(form, base) {
  const others = form.id ? document.querySelectorAll(`[data-base-of="${form.id}"]`) : [];
  for (const input of [form.elements.base, ...others]) if (input) input.value = base;
}

/** Takes the answer: the new base on success; on a conflict (409) saving pauses until the person decides. */
async function take(form, state, response) {
  const status = statusOf(form);
  const text = await response.text();
  if (status && isDocument(text)) status.textContent = words("not_saved", reasonOf(response, text, words("reload_to_see")));
  else if (status) await swapInside(status, text);
  if (response.ok) {
    const base = response.headers.get("Copydesk-Base");
    if (base) takeBase(form, base);
    if (!state.again) markSaved(form);
    form.dispatchEvent(new CustomEvent("copydesk:saved", { bubbles: true }));
  } else if (response.status === 409) {
    state.paused = true;
    // It comes into view wherever the page is; the focus stays where somebody types.
    status?.classList.add("stays");
  } else if (response.status >= 500) {
    schedule(form, retryMs);
  }
}

document.addEventListener("input", (event) => {
  const form = event.target.closest?.("form[data-autosave]");
  if (!form || event.target.closest("[data-unguarded]")) return;
  const state = stateOf(form);
  if (state.saving) state.again = true;
  schedule(form);
});

document.addEventListener("submit", (event) => clearTimeout(states.get(event.target)?.timer));

function saveUnsaved() {
  for (const form of document.querySelectorAll("form[data-autosave][data-unsaved]")) schedule(form, 0);
}

window.addEventListener("online", saveUnsaved);
document.addEventListener("visibilitychange", () => { if (document.hidden) saveUnsaved(); });
