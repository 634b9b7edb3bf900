const settleMs = 500;

/** Says a sentence to screen readers through the page's one polite live region. */
export function announce(text) {
  const region = document.getElementById("announcer");
  if (!region) return;
  region.textContent = "";
  requestAnimationFrame(() => { region.textContent = text; });
}

// What stands in a live region when the page arrives is no change to it, so it is not read out: it is said anew.
const flashes = document.getElementById("flashes")?.innerText.trim();
if (flashes) setTimeout(announce, settleMs, flashes);

document.addEventListener("announce", (event) => announce(event.detail?.text ?? ""));
