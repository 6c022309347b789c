/**
 * The contact form: shows what goes along, offers articles while the subject is typed (offers.mjs), sends without leaving the page.
 * Enhances: <form data-module="kb-contact" data-query data-index data-up …>; without this script the form posts.
 * Sends:    the form's fields -> POST form.action, under one key as long as no word changes, so that a repeated try makes one case.
 * Keeps:    a message on its way as a draft in localStorage, for a day, until the service has answered: it is offered again by the next
 *           visit of this page, under its key.
 * Errors:   says plainly that sending failed and keeps every word; a field that the service does not take is marked.
 */
import { deliver, flush, later, prepare, random } from "../outbox/outbox.mjs";
import offer from "./offers.mjs";

const DRAFT = "kb-draft";
const DAY = 864e5; // milliseconds

function enhance(form) {
  const draft = restore(form);
  carry(form, new URLSearchParams(draft ? draft.fields : location.search));
  send(form, draft, offer(form));
  flush();
}

function carry(form, given) {
  const box = form.querySelector("[data-contact-carried]");
  const names = ["article", "revision", "query"];
  for (const name of names) {
    const text = (given.get(name) || "").slice(0, 300);
    const row = form.querySelector(`[data-contact-${name}]`);
    form.elements[name].value = text;
    if (!text || !row) continue;
    row.querySelector("dd").textContent = (name === "article" && given.get("title")?.slice(0, 200)) || text;
    row.hidden = box.hidden = false;
  }
  form.querySelector("[data-contact-forget]").addEventListener("click", () => {
    for (const name of names) form.elements[name].value = "";
    box.hidden = true;
    form.elements.subject.focus();
  });
}

/** Put an unsent message back into the form.  Returns it, with the key it was tried under. */
function restore(form) {
  const box = form.querySelector("[data-contact-draft]");
  let draft = null;
  try {
    draft = JSON.parse(localStorage.getItem(DRAFT));
  } catch {} // none can be kept, or it is broken
  if (draft?.to !== form.action || !(Date.now() - draft.at < DAY)) return void keep(null);
  for (const [name, text] of Object.entries(draft.fields)) if (form.elements[name]) form.elements[name].value = text;
  box.hidden = false;
  box.querySelector("button").addEventListener("click", () => {
    keep(null);
    location.replace(location.pathname);
  });
  return draft;
}

function keep(entry) {
  try {
    entry ? localStorage.setItem(DRAFT, JSON.stringify(entry)) : localStorage.removeItem(DRAFT);
  } catch {} // the words stand in the form all the same
}

function send(form, draft, end) {
  const status = form.querySelector("[data-contact-status]");
  const button = form.querySelector('button[type="submit"]');
  const fresh = () => ({ to: form.action, asks: `${new URL("form-token", form.action)}?for=case`, key: random(), at: Date.now() });
  const fields = () => Object.fromEntries(new FormData(form));
  let entry = draft ?? fresh();
  const say = (state, ...lines) => {
    form.dataset.state = state;
    status.replaceChildren(...lines.map((line) => {
      const paragraph = document.createElement("p");
      paragraph.append(line);
      return paragraph;
    }));
  };
  const done = (state, ...lines) => {
    keep(null);
    end(state);
    for (const part of form.children) if (part !== status) part.hidden = true;
    say(state, ...lines);
    status.focus();
  };
  const refused = ({ fields: wrong = {} }) => {
    keep(null);
    entry = fresh(); // nothing came of it, and other words need another key
    const marked = Object.keys(wrong).map((name) => form.elements[name]).filter((field) => field?.id);
    for (const field of marked) mark(field, field.type === "email" ? form.dataset.address : form.dataset.needed);
    say("failed", marked.length ? form.dataset.refused : form.dataset.failed);
    marked[0]?.focus();
  };
  form.addEventListener("focusin", () => prepare(entry).catch(() => {}), { once: true });
  form.querySelector("[data-contact-answered] button").addEventListener("click", () => done("answered", form.dataset.glad));
  form.noValidate = true;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const wrong = [...form.querySelectorAll("[required]")].filter((field) => !check(form, field));
    if (wrong.length) return void wrong[0].focus();
    if (entry.fields && JSON.stringify(entry.fields) !== JSON.stringify(fields())) entry = fresh();
    entry.fields = fields();
    button.disabled = true;
    say("sending", form.dataset.sending);
    try {
      keep(entry);
      const answer = await deliver(entry);
      if (later(answer)) throw new Error(String(answer.status));
      const said = await answer.json().catch(() => ({}));
      if (answer.ok) done("sent", form.dataset.sent, ...receipt(form, said));
      else refused(said);
    } catch {
      say("failed", form.dataset.failed);
    }
    button.disabled = false;
  });
}

/** The number of the case, and the link to its page, if that is the service's own. */
function receipt(form, { number, url }) {
  const lines = number ? [form.dataset.number.replace("{number}", Number(number).toLocaleString(document.documentElement.lang, { useGrouping: false }))] : [];
  if (url && new URL(url, form.action).origin === new URL(form.action).origin) {
    lines.push(Object.assign(document.createElement("a"), { href: new URL(url, form.action).href, textContent: form.dataset.follow }));
  }
  return lines;
}

/** Say beside a field what it needs; true when nothing. */
function check(form, field) {
  const empty = !field.value.trim();
  const fine = empty ? !field.required : field.validity.valid;
  mark(field, fine ? "" : empty ? form.dataset.needed : form.dataset.address);
  return fine;
}

function mark(field, text) {
  const id = `${field.id}-wrong`;
  document.getElementById(id)?.remove();
  field.setAttribute("aria-invalid", String(!!text));
  const others = (field.getAttribute("aria-describedby") || "").split(" ").filter((one) => one && one !== id);
  if (text) {
    field.after(Object.assign(document.createElement("span"), { id, className: "kb-wrong", textContent: text }));
    others.unshift(id);
    field.addEventListener("input", () => check(field.form, field), { once: true });
  }
  field.setAttribute("aria-describedby", others.join(" "));
}

export default enhance;
