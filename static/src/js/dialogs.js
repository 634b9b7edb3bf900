// Dialogs open by the platform's own `command` attributes; browsers that lack them get the same behaviour here.
const native = "commandForElement" in HTMLButtonElement.prototype;

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[command]");
  if (!button || native) return;
  const dialog = document.getElementById(button.getAttribute("commandfor"));
  const command = button.getAttribute("command");
  if (command === "show-modal") dialog?.showModal();
  if (command === "close") dialog?.close();
});

// A click on the backdrop is a click on the dialog itself, outside its box. Forms with typed text stay open.
document.addEventListener("pointerdown", (event) => {
  const dialog = event.target;
  if (dialog.nodeName !== "DIALOG" || !dialog.open) return;
  const box = dialog.getBoundingClientRect();
  const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
  const typed = [...dialog.querySelectorAll("textarea, input")].some((field) => field.value !== field.defaultValue);
  if (!inside && !typed) dialog.close();
});

// A form that came back with errors stands in an open dialog again, on a whole page and in a fragment alike. The mark is
// taken off: closed by its reader, it stays closed whatever is swapped in later.
function openMarked() {
  for (const dialog of document.querySelectorAll("dialog[data-open]")) {
    dialog.removeAttribute("data-open");
    dialog.removeAttribute("open");
    dialog.showModal();
  }
}

openMarked();
document.addEventListener("htmx:after:swap", openMarked);
