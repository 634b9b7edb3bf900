import { announce } from "./announce.js";
import { words } from "./words.js";

function textOf(button) {
  if (button.dataset.copy !== undefined) return button.dataset.copy;
  const source = document.querySelector(button.dataset.copyFrom);
  return source?.value ?? source?.textContent ?? "";
}

/** Copies through the clipboard API; over plain HTTP, where that is missing, through a selected textarea. */
async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.className = "vh";
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy], [data-copy-from]");
  if (!button) return;
  try {
    await copy(textOf(button));
    button.dataset.copied = "";
    announce(words("copied"));
  } catch {
    announce(words("not_copied"));
  }
});
