// Loaded on editor pages only. The textarea stays the form's field; without this script it is simply typed into.
import { mount } from "./editor/mount.js";

function mountAll() {
  for (const textarea of document.querySelectorAll("textarea[data-editor]:not([data-mounted])")) mount(textarea);
}

mountAll();
document.addEventListener("htmx:after:swap", mountAll);
document.addEventListener("copydesk:rows", mountAll);
