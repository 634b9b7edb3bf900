// Questions before acts: data-confirm on a submit button, form or link, and hx-confirm, share the layout's dialog.
const dialog = () => document.getElementById("confirm");
const confirmed = new WeakSet();

/** Asks in the layout's dialog; resolves to true only when the person presses the act's own button. */
function ask({ question, act, danger }) {
  const box = dialog();
  if (!box) return Promise.resolve(true);
  box.querySelector("[data-question]").textContent = question;
  const button = box.querySelector("[data-act]");
  button.textContent = act || button.dataset.act;
  button.classList.toggle("danger", danger);
  button.classList.toggle("solid", danger);
  button.classList.toggle("primary", !danger);
  box.returnValue = "";
  box.showModal();
  return new Promise((resolve) => {
    box.addEventListener("close", () => resolve(box.returnValue === "yes"), { once: true });
  });
}

function questionOf(element) {
  const { confirm: question, confirmAction: act, confirmDanger: danger } = element.dataset;
  return { question, act: act ?? element.textContent.trim(), danger: danger !== undefined };
}

document.addEventListener("submit", async (event) => {
  const { submitter, target: form } = event;
  const asking = submitter?.dataset.confirm ? submitter : form.dataset.confirm ? form : null;
  if (!asking || confirmed.has(form)) return confirmed.delete(form);
  event.preventDefault();
  event.stopImmediatePropagation();
  const question = questionOf(asking);
  if (asking === form) question.act = form.dataset.confirmAction ?? submitter?.textContent.trim();
  if (!(await ask(question))) return;
  confirmed.add(form);
  form.requestSubmit(submitter);
}, true);

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-confirm]");
  if (!link) return;
  event.preventDefault();
  if (await ask(questionOf(link))) window.location.assign(link.href);
});

document.addEventListener("htmx:confirm", async (event) => {
  event.preventDefault();
  const { ctx, issueRequest, dropRequest } = event.detail;
  const source = ctx.sourceElement;
  const yes = await ask({ ...questionOf(source), question: ctx.confirm, act: source.dataset.confirmAction });
  yes ? issueRequest() : dropRequest();
});
