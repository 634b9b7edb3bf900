// After a form came back with errors, focus goes to the summary or the first wrong field: never only a message somewhere.
function focusError(root) {
  const target = root.querySelector?.("[data-autofocus-error]") ?? root.querySelector?.('[aria-invalid="true"]');
  if (!target) return false;
  target.focus();
  return true;
}

/** After an act that leads back to its control (`#quick-term`), one goes on from there by keyboard. */
function focusTarget() {
  const target = document.getElementById(decodeURIComponent(window.location.hash.slice(1)));
  if (target?.matches("a[href], button, input, select, textarea")) target.focus();
}

/** What was just done to many things, with the way to undo it, is the first that one wants to hear of. */
function focusOutcome() {
  const outcome = document.querySelector("[data-autofocus-outcome]");
  outcome?.focus();
  return Boolean(outcome);
}

focusError(document) || focusOutcome() || focusTarget();

document.addEventListener("htmx:after:swap", (event) => {
  const { ctx } = event.detail ?? {};
  if ((ctx?.response?.status ?? 200) < 400) return;
  const target = ctx.target?.isConnected ? ctx.target : document.getElementById("main");
  focusError(target?.parentElement ?? document);
});
