// The sentences scripts may say, translated by the server into one JSON block of the layout.
const block = document.getElementById("words");
const sentences = block ? JSON.parse(block.textContent) : {};

/** Returns the translated sentence for a key; `%s` is replaced by the argument. */
export function words(key, argument = "") {
  return (sentences[key] ?? key).replace("%s", () => argument);
}
