// One place that knows how requests to the console are made: CSRF header, fragment header, swaps of what comes back.
import { words } from "./words.js";

const csrfToken = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";

document.addEventListener("htmx:config:request", ({ detail }) => {
  const { request } = detail.ctx;
  if (request.method !== "GET") request.headers["X-CSRFToken"] = csrfToken();
});

// A whole page where a fragment was expected: follow a redirect (the session ended), otherwise keep what stands and say so.
document.addEventListener("htmx:before:swap", (event) => {
  const { ctx } = event.detail;
  if (ctx.target === document.body || !isDocument(ctx.text)) return;
  event.preventDefault();
  const { raw } = ctx.response ?? {};
  if (raw?.redirected) return window.location.assign(raw.url);
  showFailure(words(ctx.response?.status === 403 ? "not_allowed" : "failed"));
});

document.addEventListener("htmx:error", () => showFailure(words("no_answer")));

/** Says in the page's message region that an act did not happen, and moves the focus there. */
export function showFailure(text) {
  const region = document.getElementById("flashes");
  const model = document.getElementById("failure");
  if (!region || !model) return;
  region.replaceChildren(model.content.cloneNode(true));
  region.querySelector("[data-failure]").textContent = text;
  region.setAttribute("tabindex", "-1");
  region.focus();
}

/** Tells a whole HTML page from a fragment. */
export function isDocument(text) {
  return /^\s*<!doctype/i.test(text ?? "");
}

/** Says why a whole page came where a fragment was expected: in the words of an error page, else in `otherwise`. */
export function reasonOf(response, text, otherwise) {
  const said = new DOMParser().parseFromString(text, "text/html").querySelector("[data-error]")?.textContent;
  if (response.redirected || response.status === 401 || response.status === 403) return words("not_allowed");
  return said || otherwise;
}

/** Posts form data and returns the Response; error statuses do not throw, a dead network does. */
export function postForm(url, body, { signal } = {}) {
  const headers = { "HX-Request": "true", "X-CSRFToken": csrfToken(), Accept: "text/html" };
  return fetch(url, { method: "POST", body, headers, signal, credentials: "same-origin" });
}

/** Replaces what stands inside `target` by a fragment, keeping focus and scroll where the elements stay the same. */
export function swapInside(target, text) {
  return window.htmx.swap({ text, target, sourceElement: target, swap: "innerMorph swapEmpty:true" });
}
