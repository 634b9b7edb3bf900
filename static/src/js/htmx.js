// htmx first and as a global, then its extension, both statically: an extension that arrives later makes no request.
import "htmx.org/dist/htmx.esm.js";
import "htmx.org/dist/ext/hx-sse.js";
