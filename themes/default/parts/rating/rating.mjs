/**
 * Sends a rating without leaving the page; after a "no" it asks why.
 * Enhances: <form data-module="kb-rating">; without this script the form posts.
 * Sends:    article, locale, revision, helpful, and after a "no" reason and comment -> POST form.action; nothing that names a person.
 *           A key of this page view goes along, so that the service counts a repeated try once.
 * Errors:   throws if the form has no "article" field; a failed request is said in words, and every choice stays as it was.
 */
function enhance(form) {
  if (!form.elements.article) throw new Error('kb-rating: the form has no "article" field');
  const status = form.querySelector("[data-rating-status]");
  const more = form.querySelector("[data-rating-more]");
  const answers = form.querySelectorAll(".kb-rating-ask button");
  const key = crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random()}`;
  const say = (state, text) => {
    form.dataset.state = state;
    status.textContent = text;
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const pressed = event.submitter;
    const fields = new URLSearchParams(new FormData(form, pressed));
    const last = more.contains(pressed);
    fields.set("key", key);
    if (!last) {
      for (const one of answers) one.setAttribute("aria-pressed", one === pressed);
      more.hidden = more.disabled = pressed.value !== "no";
    }
    say("sending", form.dataset.sending);
    try {
      const answer = await fetch(form.action, { method: "POST", body: fields, headers: { Accept: "application/json" }, credentials: "omit" });
      if (!answer.ok) throw new Error(String(answer.status));
      if (last) {
        more.hidden = more.disabled = true;
        say("done", form.dataset.done);
      } else say("done", form.dataset[pressed.value]);
    } catch {
      say("failed", form.dataset.failed);
    }
  });
}

export default enhance;
