// The settings page shows a theme while it is being chosen; the server sets it for good.
document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-theme-choice] input, select[data-theme-choice]")) return;
  const theme = event.target.value;
  if (["light", "dark"].includes(theme)) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
});
