// Everything a page needs except the text editor. Each module listens on the document, so swapped-in fragments just work.
import "./htmx.js";
import "./requests.js";
import "./confirm.js";
import "./dialogs.js";
import "./menus.js";
import "./filters.js";
import "./bulk.js";
import "./copy.js";
import "./rows.js";
import "./unsaved.js";
import "./autosave.js";
import "./live_check.js";
import "./focus.js";
import "./keyboard.js";
import "./theme.js";
import "./print.js";
import "./labelling.js";
