// Repeatable form rows: WTForms' FieldList names its rows by number, a <template> holds an empty one with __index__.
function nextIndex(list) {
  const used = [...list.querySelectorAll("[name]")].map((field) => Number(field.name.match(/-(\d+)(?:-|$)/)?.[1] ?? -1));
  return Math.max(-1, ...used) + 1;
}

document.addEventListener("click", (event) => {
  const add = event.target.closest("[data-add-row]");
  const list = add && document.querySelector(add.dataset.addTo);
  const template = add && document.querySelector(add.dataset.addRow);
  if (!list || !template) return;
  event.preventDefault();
  const html = template.innerHTML.replaceAll("__index__", String(nextIndex(list)));
  list.insertAdjacentHTML("beforeend", html);
  const row = list.lastElementChild;
  window.htmx.process(row);
  document.dispatchEvent(new CustomEvent("copydesk:rows"));
  row.querySelector("input, textarea, select")?.focus();
});

document.addEventListener("click", (event) => {
  const remove = event.target.closest("[data-remove-row]");
  if (!remove) return;
  event.preventDefault();
  const row = remove.closest("[data-row], .entry, tr, li");
  const neighbour = row.nextElementSibling ?? row.previousElementSibling;
  const form = row.closest("form");
  row.remove();
  (neighbour?.querySelector("input, textarea, select") ?? form?.querySelector("[data-add-row]"))?.focus();
  form?.dispatchEvent(new Event("input", { bubbles: true }));
});
