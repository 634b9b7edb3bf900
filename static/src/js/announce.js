/** Says a sentence to screen readers through the page's one polite live region. */
export function announce(text) {
  const region = document.getElementById("announcer");
  if (!region) return;
  region.textContent = "";
  requestAnimationFrame(() => { region.textContent = text; });
}

document.addEventListener("announce", (event) => announce(event.detail?.text ?? ""));
