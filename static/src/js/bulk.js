// Choosing several rows: one box for all, shift-click for a range, a bar that appears with the number chosen.
import { announce } from "./announce.js";

let lastBox = null;

const boxes = (scope) => [...scope.querySelectorAll("[data-bulk-item]")].filter((box) => !box.closest("[hidden]"));

function refresh(scope) {
  const all = boxes(scope);
  const chosen = all.filter((box) => box.checked).length;
  for (const box of all) box.closest("tr, li")?.classList.toggle("selected", box.checked);
  for (const bar of scope.querySelectorAll("[data-bulk-bar]")) bar.hidden = chosen === 0;
  for (const count of scope.querySelectorAll("[data-bulk-count]")) count.textContent = String(chosen);
  for (const master of scope.querySelectorAll("[data-bulk-all]")) {
    master.checked = chosen > 0 && chosen === all.length;
    master.indeterminate = chosen > 0 && chosen < all.length;
  }
}

document.addEventListener("click", (event) => {
  const box = event.target.closest?.("[data-bulk-item]");
  const scope = box?.closest("[data-bulk]");
  if (!scope) return;
  if (event.shiftKey && lastBox && scope.contains(lastBox)) {
    const all = boxes(scope);
    const [from, to] = [all.indexOf(lastBox), all.indexOf(box)].sort((a, b) => a - b);
    for (const between of all.slice(from, to + 1)) between.checked = box.checked;
  }
  lastBox = box;
  refresh(scope);
});

// Enter on a box would press the first button of its form, which deletes or does nothing.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches?.("[data-bulk-item], [data-bulk-all]")) event.preventDefault();
});

document.addEventListener("change", (event) => {
  const scope = event.target.closest?.("[data-bulk]");
  if (!scope) return;
  if (event.target.matches("[data-bulk-all]")) for (const box of boxes(scope)) box.checked = event.target.checked;
  if (!event.target.matches("[data-bulk-all], [data-bulk-item]")) return;
  refresh(scope);
  announce(scope.querySelector("[data-bulk-bar] b")?.textContent ?? "");
});
