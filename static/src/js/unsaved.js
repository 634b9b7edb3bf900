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

/** Text that came back with errors is as unsaved as it was before it was sent. */
function markReturned() {
  for (const wrong of document.querySelectorAll("form[data-guard] .errorsummary")) dirty.add(wrong.closest("form"));
}

markReturned();
document.addEventListener("htmx:after:swap", markReturned);

// Before a redirect that the answer may ask for, or the page would ask whether to leave what was just saved.
document.addEventListener("htmx:after:request", ({ detail }) => {
  const form = detail.ctx.sourceElement?.closest?.("form");
  if (form && detail.ctx.response.status < 400) markSaved(form);
});

document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented) markSaved(event.target);
});

window.addEventListener("beforeunload", (event) => {
  const unsaved = [...dirty].some((form) => form.isConnected);
  if (unsaved) event.preventDefault();
});
