// Liquid in prompts and fallbacks: {{ variables }} and {% tags %} stand out, and a variable nobody declared is marked.
import { Decoration, MatchDecorator, ViewPlugin } from "@codemirror/view";

const pattern = /\{\{-?\s*([\w.]+)?[^{}]*\}\}|\{%-?[^{}]*%\}/g;

function classFor(match, known) {
  if (match[0].startsWith("{%")) return "cm-liquid-tag";
  const name = match[1]?.split(".")[0];
  return known && name && !known.has(name) ? "cm-variable cm-variable-unknown" : "cm-variable";
}

/** Highlights Liquid; `names` (or null) are the declared variables. */
export function variables(names) {
  const known = names && new Set(names);
  const matcher = new MatchDecorator({
    regexp: pattern,
    decoration: (match) => Decoration.mark({ class: classFor(match, known) }),
  });
  return ViewPlugin.define(
    (view) => ({
      found: matcher.createDeco(view),
      update(change) { this.found = matcher.updateDeco(change, this.found); },
    }),
    { decorations: (plugin) => plugin.found },
  );
}
