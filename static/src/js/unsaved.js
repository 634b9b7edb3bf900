// Forms that hold typed text warn before the page is left; whatever saves them clears the mark.
const dirty = new Set();

/** Marks a form as saved, so that leaving the page asks nothing. */
export function markSaved(form) {
  dirty.delete(form);
  form.removeAttribute("data-unsaved");
}

document.addEventListener("input", (event) => {
  const form = event.target.closest?.("form[data-guard], form[data-autosave]");
  if (!form || event.target.closest("[data-unguarded]")) return;
  dirty.add(form);
  form.setAttribute("data-unsaved", "");
});

document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented) markSaved(event.target);
});

window.addEventListener("beforeunload", (event) => {
  const unsaved = [...dirty].some((form) => form.isConnected);
  if (unsaved) event.preventDefault();
});
