// Findings count Unicode code points, as Python does; CodeMirror counts UTF-16 units. An emoji makes the two differ.

/** Returns a function from code-point offset to UTF-16 offset in `text`; offsets past the end give the end. */
export function utf16Offsets(text) {
  if (!/[\ud800-\udbff]/.test(text)) return (points) => Math.min(Math.max(points, 0), text.length);
  const starts = [];
  let unit = 0;
  for (const point of text) {
    starts.push(unit);
    unit += point.length;
  }
  return (points) => starts[Math.max(points, 0)] ?? text.length;
}
