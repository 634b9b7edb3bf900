// One place that knows how requests to the console are made: CSRF header, fragment header, swaps of what comes back.
const csrfToken = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";

document.addEventListener("htmx:config:request", ({ detail }) => {
  const { request } = detail.ctx;
  if (request.method !== "GET") request.headers["X-CSRFToken"] = csrfToken();
});

/** Posts form data and returns the Response; error statuses do not throw, a dead network does. */
export function postForm(url, body, { signal } = {}) {
  const headers = { "HX-Request": "true", "X-CSRFToken": csrfToken(), Accept: "text/html" };
  return fetch(url, { method: "POST", body, headers, signal, credentials: "same-origin" });
}

/** Replaces what stands inside `target` by a fragment, keeping focus and scroll where the elements stay the same. */
export function swapInside(target, text) {
  return window.htmx.swap({ text, target, sourceElement: target, swap: "innerMorph swapEmpty:true" });
}
