// Popover menus: opening and closing is the platform's, this places them at their button and moves with the arrow keys.
const gap = 4;

function place(menu) {
  if (menu.classList.contains("mainmenu")) return;
  const button = document.querySelector(`[popovertarget="${menu.id}"]`);
  if (!button) return;
  const at = button.getBoundingClientRect();
  const below = at.bottom + gap + menu.offsetHeight <= window.innerHeight;
  const left = Math.min(at.left, window.innerWidth - menu.offsetWidth - gap);
  menu.style.top = `${Math.max(gap, below ? at.bottom + gap : at.top - gap - menu.offsetHeight)}px`;
  menu.style.left = `${Math.max(gap, left)}px`;
}

document.addEventListener("toggle", (event) => {
  const menu = event.target;
  if (!menu.matches?.(".menu[popover]")) return;
  if (event.newState === "open") place(menu);
}, true);

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.(".menu[popover]");
  if (!menu || !["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) return;
  event.preventDefault();
  const items = [...menu.querySelectorAll("a, button")];
  const at = items.indexOf(document.activeElement);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  items[(next + items.length) % items.length]?.focus();
});
