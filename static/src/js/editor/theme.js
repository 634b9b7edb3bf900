import { EditorView } from "@codemirror/view";

// Colours come from the page's tokens, so light, dark and forced colours need no second theme.
export const manuscriptTheme = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "transparent" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--serif)", fontSize: "1.125rem", lineHeight: "1.65" },
  ".cm-content": { padding: "1.5rem", maxWidth: "46rem", minHeight: "20rem", caretColor: "var(--pencil)" },
  ".cm-line": { padding: "0" },
  ".cm-cursor": { borderLeftColor: "var(--pencil)", borderLeftWidth: "2px" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--pencil-wash) !important" },
  ".cm-placeholder": { color: "var(--ink-3)" },
  ".cm-variable": { color: "var(--pencil)", backgroundColor: "var(--pencil-wash)", borderRadius: "3px", padding: "0 .1em" },
  ".cm-variable-unknown": { color: "var(--fail)", backgroundColor: "var(--fail-wash)", textDecoration: "underline wavy var(--fail) 1.5px" },
  ".cm-liquid-tag": { color: "var(--ink-2)", fontFamily: "var(--mono)", fontSize: ".875em" },
  ".cm-tooltip": { backgroundColor: "var(--sheet)", color: "var(--ink)", border: "1px solid var(--rule)", borderRadius: "6px", boxShadow: "var(--shadow)" },
  ".framed &.cm-editor .cm-content, &.compact .cm-content": { padding: ".625rem", minHeight: "6rem", maxWidth: "none" },
});
