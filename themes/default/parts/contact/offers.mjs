/**
 * Offers articles while the subject of a message is typed, and tells the service once a view how that ended.
 * Enhances: the [data-contact-offers] of contact.mjs's form, with data-query, data-index, data-up.
 * Sends:    hour, locale, the URLs of the articles offered and opened, outcome (sent, left, answered), through the outbox; a view in
 *           which nothing was offered is told when it ends in a message.
 * Errors:   offers that cannot be loaded are left out.
 */
import { put, random } from "../outbox/outbox.mjs";
import { asking } from "../search/ask.mjs";

const WAIT = 250; // milliseconds without a key before articles are looked up
const FAR = 10; // an article that scores less than one part in so many of the best is no answer, though a search would list it

/** @returns {(outcome: string) => void} Tells how the view ended; only the first end counts. */
export default function offer(form) {
  const box = form.querySelector("[data-contact-offers]");
  const list = box.querySelector("ul");
  const count = form.querySelector("[data-contact-count]");
  const plural = new Intl.PluralRules(document.documentElement.lang);
  const [offered, opened] = [new Set(), new Set()];
  let ask;
  let timer = 0;
  let ended = false;

  const show = async () => {
    const text = form.elements.subject.value.trim();
    if (text.length < 2) return void (box.hidden = true);
    ask ??= asking(form.dataset);
    const still = async () => text === form.elements.subject.value.trim();
    const found = await ask(text, { limit: 4, still });
    if (!(await still())) return;
    const hits = found.filter(({ score }) => score * FAR >= found[0].score);
    list.replaceChildren(...hits.map(item));
    box.hidden = !hits.length;
    const words = count.getAttribute(`data-count-${plural.select(hits.length)}`) || count.getAttribute("data-count-other");
    count.textContent = hits.length ? words.replace("{n}", hits.length.toLocaleString(document.documentElement.lang)) : "";
  };
  const item = ({ url, title }) => {
    const link = Object.assign(document.createElement("a"), { href: form.dataset.up + url, target: "_blank", rel: "noopener", dir: "auto", textContent: title });
    link.addEventListener("click", () => {
      opened.add(url);
      form.querySelector("[data-contact-answered]").hidden = false;
    });
    offered.add(url);
    const row = document.createElement("li");
    row.append(link);
    return row;
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => show().catch((error) => {
      box.hidden = true;
      console.error("kb-contact:", error);
    }), WAIT);
  };
  const end = (outcome) => {
    if (ended || (outcome === "left" && !offered.size)) return;
    ended = true;
    const hour = new Date().toISOString().slice(0, 13);
    const [shown, read] = [offered, opened].map((urls) => [...urls].join(" "));
    const fields = { key: random(), hour, locale: form.elements.locale.value, offered: shown, opened: read, outcome };
    put({ to: new URL("form-events", form.action).href, fields });
  };

  form.elements.subject.addEventListener("input", soon);
  if (form.elements.subject.value) soon(); // typed before this script came, or kept by the browser
  addEventListener("pagehide", () => end("left"));
  return end;
}
