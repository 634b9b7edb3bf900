import { EditorState } from "@codemirror/state";
import { EditorView, drawSelection, highlightSpecialChars, keymap, placeholder } from "@codemirror/view";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { findingNotes, goToFinding, marksField, setMarks } from "./marks.js";
import { manuscriptStyle, markdown } from "./markdown.js";
import { manuscriptTheme } from "./theme.js";
import { utf16Offsets } from "./offsets.js";
import { variables } from "./variables.js";

const nonce = document.querySelector('meta[name="csp-nonce"]')?.content ?? "";

const findingKeys = [
  { key: "F8", run: (view) => goToFinding(view, 1) },
  { key: "Shift-F8", run: (view) => goToFinding(view, -1) },
];

function labelling(textarea) {
  const label = textarea.labels?.[0];
  if (label && !label.id) label.id = `${textarea.id}-label`;
  const attributes = { "aria-multiline": "true", spellcheck: "true", lang: textarea.lang || document.documentElement.lang };
  if (label) attributes["aria-labelledby"] = label.id;
  else attributes["aria-label"] = textarea.getAttribute("aria-label") ?? "";
  for (const name of ["aria-describedby", "aria-invalid"]) {
    if (textarea.hasAttribute(name)) attributes[name] = textarea.getAttribute(name);
  }
  return EditorView.contentAttributes.of(attributes);
}

function extensionsFor(textarea) {
  const names = textarea.dataset.variables ? JSON.parse(textarea.dataset.variables) : null;
  const language = textarea.dataset.editor === "markdown" ? [markdown] : [];
  return [
    EditorView.cspNonce.of(nonce),
    EditorView.lineWrapping,
    EditorState.readOnly.of(textarea.readOnly),
    history(),
    drawSelection(),
    highlightSpecialChars(),
    placeholder(textarea.placeholder),
    // No indentWithTab: Tab leaves the editor, so that it is no keyboard trap.
    keymap.of([...findingKeys, ...defaultKeymap, ...historyKeymap]),
    ...language,
    manuscriptStyle,
    variables(names),
    marksField,
    findingNotes,
    labelling(textarea),
    manuscriptTheme,
    EditorView.updateListener.of((update) => update.docChanged && writeBack(textarea, update.state)),
  ];
}

function writeBack(textarea, state) {
  textarea.value = state.doc.toString();
  textarea.dispatchEvent(new Event("input", { bubbles: true }));
}

function connect(textarea, view) {
  textarea.addEventListener("copydesk:marks", (event) => view.dispatch({ effects: setMarks.of(event.detail) }));
  textarea.addEventListener("copydesk:replace", (event) => {
    event.preventDefault();
    const offset = utf16Offsets(view.state.doc.toString());
    const { from, to, insert } = event.detail;
    view.dispatch({ changes: { from: offset(from), to: offset(to), insert }, scrollIntoView: true, userEvent: "input.suggestion" });
    view.focus();
  });
  textarea.labels?.[0]?.addEventListener("click", () => view.focus());
  textarea.addEventListener("focus", () => view.focus());
  // A link in the list of errors leads to the textarea, which is hidden.
  textarea.form?.addEventListener("click", (event) => {
    if (!event.target.closest(`a[href="#${textarea.id}"]`)) return;
    event.preventDefault();
    view.focus();
  });
  textarea.form?.addEventListener("reset", () => setTimeout(() => replaceAll(view, textarea.value)));
}

function replaceAll(view, text) {
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
}

/** Puts an editor in place of a textarea, which stays in the form, hidden, and always holds the current text. */
export function mount(textarea) {
  textarea.dataset.mounted = "";
  const holder = textarea.closest(".editor") ?? textarea.parentElement;
  // lineSeparator is left to CodeMirror: it reads CRLF and LF alike and writes LF, as the server stores it.
  const state = EditorState.create({ doc: textarea.value, extensions: extensionsFor(textarea) });
  const view = new EditorView({ state, root: document });
  textarea.after(view.dom);
  view.dom.setAttribute("hx-morph-skip", "");
  textarea.classList.add("editor-source");
  holder.classList.add("mounted");
  connect(textarea, view);
  textarea.dispatchEvent(new CustomEvent("copydesk:mounted", { bubbles: true }));
}
