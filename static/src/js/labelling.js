// Labelling: the words marked in a text travel to the form, with their place in code points; live findings take their text along.
const MAX_IN_ADDRESS = 1500;

const codePoints = (text) => [...text].length;

/** The text of a marked-up passage as it was given: the numbers of its findings are no part of it. */
function plainText(range) {
  const copy = range.cloneContents();
  for (const number of copy.querySelectorAll("sup")) number.remove();
  return copy.textContent;
}

/** What is selected inside an element: the words and where they start, or null. */
function selectionIn(element) {
  const selection = window.getSelection();
  const passage = element.querySelector(".manuscript") ?? element;
  if (!selection?.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  if (!passage.contains(range.startContainer) || !passage.contains(range.endContainer)) return null;
  const before = document.createRange();
  before.setStart(passage, 0);
  before.setEnd(range.startContainer, range.startOffset);
  const quote = plainText(range);
  return quote.trim() ? { quote, start: codePoints(plainText(before)) } : null;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-with-selection]");
  const source = link && document.querySelector(link.dataset.withSelection);
  const found = source && selectionIn(source);
  if (!found || found.quote.length > MAX_IN_ADDRESS) return;
  const url = new URL(link.href);
  url.searchParams.set("quote", found.quote);
  url.searchParams.set("start", String(found.start));
  link.href = url;
});

document.addEventListener("selectionchange", (event) => {
  const area = event.target instanceof HTMLTextAreaElement ? event.target : document.activeElement;
  const target = area?.dataset?.selectionInto && document.querySelector(area.dataset.selectionInto);
  if (!target || area.selectionStart === area.selectionEnd) return;
  target.value = area.value.slice(area.selectionStart, area.selectionEnd);
  const start = document.querySelector(area.dataset.selectionStart);
  if (start) start.value = String(codePoints(area.value.slice(0, area.selectionStart)));
});

// A text is too long for an address, so it is posted; in a page of its own, for what is typed here is not saved yet.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-label-source]");
  const source = link && document.querySelector(link.dataset.labelSource);
  if (!source) return;
  event.preventDefault();
  const form = document.createElement("form");
  form.method = "post";
  form.action = link.href;
  form.target = "_blank";
  form.hidden = true;
  const token = document.querySelector('meta[name="csrf-token"]')?.content ?? "";
  for (const [name, value] of [["csrf_token", token], ["text", source.value]]) {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = name;
    field.value = value;
    form.append(field);
  }
  document.body.append(form);
  form.submit();
  form.remove();
});
