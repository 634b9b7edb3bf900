// Findings as marks in the text: three shapes, not only colours. No data: images, which the page's policy refuses.
import { Decoration, EditorView, WidgetType, hoverTooltip } from "@codemirror/view";
import { StateEffect, StateField } from "@codemirror/state";
import { utf16Offsets } from "./offsets.js";

export const setMarks = StateEffect.define();

const shapes = { blocker: "fail", error: "fail", warning: "warn", info: "info" };

class NumberBadge extends WidgetType {
  constructor(number) {
    super();
    this.number = number;
  }

  eq(other) {
    return other.number === this.number;
  }

  toDOM() {
    const badge = document.createElement("sup");
    badge.className = "ref";
    badge.textContent = String(this.number);
    badge.setAttribute("aria-hidden", "true");
    return badge;
  }
}

function decorate(marks, text) {
  const offset = utf16Offsets(text);
  const ranges = [];
  for (const finding of marks) {
    const from = offset(finding.from);
    const to = offset(finding.to);
    const shape = shapes[finding.severity] ?? "info";
    if (to > from) ranges.push(Decoration.mark({ tagName: "mark", class: shape, finding }).range(from, to));
    if (finding.number) ranges.push(Decoration.widget({ widget: new NumberBadge(finding.number), side: -1 }).range(to));
  }
  return Decoration.set(ranges, true);
}

/** The marks in the document; they move with edits until the next check answers. */
export const marksField = StateField.define({
  create: () => Decoration.none,
  update(marks, transaction) {
    let moved = marks.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (effect.is(setMarks)) moved = decorate(effect.value, transaction.state.doc.toString());
    }
    return moved;
  },
  provide: (field) => EditorView.decorations.from(field),
});

function findingAt(view, position) {
  let found = null;
  view.state.field(marksField).between(position, position, (from, to, decoration) => {
    if (decoration.spec.finding && to > from) found = { from, to, finding: decoration.spec.finding };
  });
  return found;
}

export const findingNotes = hoverTooltip((view, position) => {
  const hit = findingAt(view, position);
  if (!hit) return null;
  return {
    pos: hit.from,
    end: hit.to,
    create() {
      const dom = document.createElement("div");
      dom.className = "finding-note";
      dom.textContent = hit.finding.message;
      return { dom };
    },
  };
});

/** Moves the selection to the next finding (or the one before), around the end of the text. */
export function goToFinding(view, direction) {
  const stops = [];
  view.state.field(marksField).between(0, view.state.doc.length, (from, to, decoration) => {
    if (decoration.spec.finding && to > from) stops.push({ from, to, finding: decoration.spec.finding });
  });
  if (!stops.length) return false;
  const { from: at } = view.state.selection.main;
  const next = direction > 0
    ? stops.find((stop) => stop.from > at) ?? stops[0]
    : stops.findLast((stop) => stop.from < at) ?? stops.at(-1);
  view.dispatch({ selection: { anchor: next.from, head: next.to }, scrollIntoView: true });
  document.dispatchEvent(new CustomEvent("announce", { detail: { text: next.finding.message } }));
  return true;
}
