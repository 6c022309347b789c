/**
 * Sends a rating without leaving the page; after a "no" it asks why.
 * Enhances: <form data-module="kb-rating" data-outbox …>; without this script the form posts.
 * Sends:    article, locale, revision, helpful, voter, and after a "no" what was written, through the outbox; nothing that names a person,
 *           unless the reader leaves an address for an answer.  What earlier pages could not send goes out, too.
 * Errors:   throws if the form has no "article" field; what could not be sent is said in words, and every choice stays as it was.
 */
function enhance(form) {
  if (!form.elements.article) throw new Error('kb-rating: the form has no "article" field');
  const status = form.querySelector("[data-rating-status]");
  const more = form.querySelector("[data-rating-more]");
  const answers = form.querySelectorAll(".kb-rating-ask button");
  const { action, dataset } = form;
  const outbox = () => import(new URL(dataset.outbox, document.baseURI));
  let turn = 0;
  const say = (state, text) => {
    dataset.state = state;
    status.textContent = text;
  };
  const send = async (pressed) => {
    const fields = Object.fromEntries(new FormData(form, pressed));
    const { put, voter } = await outbox();
    const slot = `${fields.article} ${fields.revision}`;
    const asks = `${new URL("form-token", action)}?for=rating:${encodeURIComponent(fields.article)}`;
    return put({ to: action, asks, slot, fields: { ...fields, voter: voter() } });
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const last = more.contains(document.activeElement); // the Enter key would press the first button of all
    const pressed = last ? more.querySelector("button") : event.submitter;
    const mine = (turn += 1);
    if (!last) more.disabled = true; // a mere "yes" or "no" takes no reason along
    const sending = send(pressed);
    if (last) Object.assign(status, { tabIndex: -1 }).focus();
    else for (const one of answers) one.setAttribute("aria-pressed", one === pressed);
    more.hidden = more.disabled = last || pressed.value !== "no";
    say("done", last ? dataset.done : dataset[pressed.value]); // it is written down, whenever it arrives
    const fate = await sending.catch(() => "lost");
    if (mine !== turn || fate === "sent") return;
    if (last) more.hidden = more.disabled = fate === "kept";
    fate === "kept" ? say("kept", dataset.kept) : say("failed", dataset.failed);
  });
  try {
    if (localStorage.getItem("kb-outbox")) outbox().then(({ flush }) => flush(), () => {});
  } catch {} // nothing can be kept here
}

export default enhance;
