/**
 * The contact form: shows what goes along, offers articles while the subject is typed, sends without leaving the page.
 * Enhances: <form data-module="kb-contact" data-query data-index data-up …>; without this script the form posts.
 * Sends:    the form's fields and a key of this page view -> POST form.action, so that a repeated try makes one case.
 * Errors:   says plainly that sending failed and keeps every word; offers that cannot be loaded are left out.
 */
const WAIT = 250; // milliseconds without a key before articles are looked up

function enhance(form) {
  carry(form);
  offer(form);
  send(form);
}

function carry(form) {
  const box = form.querySelector("[data-contact-carried]");
  const given = new URLSearchParams(location.search);
  for (const name of ["article", "query"]) {
    const text = (given.get(name) || "").slice(0, 300);
    if (!text) continue;
    form.elements[name].value = text;
    const row = form.querySelector(`[data-contact-${name}]`);
    row.querySelector("dd").textContent = (name === "article" && given.get("title")?.slice(0, 200)) || text;
    row.hidden = box.hidden = false;
  }
  form.querySelector("[data-contact-forget]").addEventListener("click", () => {
    form.elements.article.value = form.elements.query.value = "";
    box.hidden = true;
    form.elements.subject.focus();
  });
}

function offer(form) {
  const box = form.querySelector("[data-contact-offers]");
  const list = box.querySelector("ul");
  const count = form.querySelector("[data-contact-count]");
  const plural = new Intl.PluralRules(document.documentElement.lang);
  const at = (address) => new URL(address, document.baseURI).href;
  let timer = 0;
  const show = async () => {
    const text = form.elements.subject.value.trim();
    if (text.length < 2) return void (box.hidden = true);
    const query = await import(at(form.dataset.query));
    const hits = await query.search(await query.load(at(form.dataset.index)), text, { limit: 4 });
    if (text !== form.elements.subject.value.trim()) return;
    list.replaceChildren(...hits.map((hit) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = form.dataset.up + hit.url;
      link.target = "_blank";
      link.rel = "noopener";
      link.dir = "auto";
      link.textContent = hit.title;
      item.append(link);
      return item;
    }));
    box.hidden = !hits.length;
    const words = count.getAttribute(`data-count-${plural.select(hits.length)}`) || count.getAttribute("data-count-other");
    count.textContent = hits.length ? words.replace("{n}", hits.length.toLocaleString(document.documentElement.lang)) : "";
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => show().catch((error) => {
      box.hidden = true;
      console.error("kb-contact:", error);
    }), WAIT);
  };
  form.elements.subject.addEventListener("input", soon);
  if (form.elements.subject.value) soon(); // typed before this script came, or kept by the browser
}

function send(form) {
  const status = form.querySelector("[data-contact-status]");
  const button = form.querySelector('button[type="submit"]');
  const key = crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random()}`;
  const say = (state, ...lines) => {
    form.dataset.state = state;
    status.replaceChildren(...lines.map((line) => {
      const paragraph = document.createElement("p");
      paragraph.textContent = line;
      return paragraph;
    }));
  };
  form.noValidate = true;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const wrong = [...form.querySelectorAll("[required]")].filter((field) => !check(form, field));
    if (wrong.length) return void wrong[0].focus();
    const fields = new URLSearchParams(new FormData(form));
    fields.set("key", key);
    button.disabled = true;
    say("sending", form.dataset.sending);
    try {
      const answer = await fetch(form.action, { method: "POST", body: fields, headers: { Accept: "application/json" }, credentials: "omit" });
      if (!answer.ok) throw new Error(String(answer.status));
      const made = await answer.json().catch(() => ({}));
      const number = made.number || made.case;
      for (const part of form.children) if (part !== status) part.hidden = true;
      say("sent", form.dataset.sent, ...(number ? [form.dataset.number.replace("{number}", number)] : []));
      status.focus();
    } catch {
      say("failed", form.dataset.failed);
    }
    button.disabled = false;
  });
}

/** Say beside a field what it needs; true when nothing. */
function check(form, field) {
  const id = `${field.id}-wrong`;
  document.getElementById(id)?.remove();
  const fine = field.value.trim() && field.validity.valid;
  field.setAttribute("aria-invalid", String(!fine));
  const others = (field.getAttribute("aria-describedby") || "").split(" ").filter((one) => one && one !== id);
  if (!fine) {
    const note = document.createElement("span");
    note.id = id;
    note.className = "kb-wrong";
    note.textContent = field.value.trim() ? form.dataset.address : form.dataset.needed;
    field.after(note);
    others.unshift(id);
    field.addEventListener("input", () => check(form, field), { once: true });
  }
  field.setAttribute("aria-describedby", others.join(" "));
  return fine;
}

export default enhance;
