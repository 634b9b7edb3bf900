// Markdown for CodeMirror from @lezer/markdown alone: the ready-made package brings HTML, CSS and JavaScript grammars along.
import { Language, HighlightStyle, defineLanguageFacet, languageDataProp, syntaxHighlighting } from "@codemirror/language";
import { parser as commonmark } from "@lezer/markdown";
import { tags } from "@lezer/highlight";

const data = defineLanguageFacet({ commentTokens: { block: { open: "<!--", close: "-->" } } });
const parser = commonmark.configure({ props: [languageDataProp.add((type) => (type.isTop ? data : undefined))] });

export const markdown = new Language(data, parser, [], "markdown");

export const manuscriptStyle = syntaxHighlighting(HighlightStyle.define([
  { tag: tags.heading1, fontSize: "1.3em", fontWeight: "650" },
  { tag: tags.heading2, fontSize: "1.15em", fontWeight: "650" },
  { tag: [tags.heading3, tags.heading4, tags.heading5, tags.heading6], fontWeight: "650" },
  { tag: tags.strong, fontWeight: "650" },
  { tag: tags.emphasis, fontStyle: "italic" },
  { tag: tags.link, color: "var(--pencil)" },
  { tag: tags.url, color: "var(--ink-3)" },
  { tag: tags.monospace, fontFamily: "var(--mono)", fontSize: ".9em" },
  { tag: [tags.processingInstruction, tags.contentSeparator], color: "var(--ink-3)" },
]));
