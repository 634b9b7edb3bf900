// Buttons with data-print open the browser's print dialog; the print style sheet makes the page a document.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
