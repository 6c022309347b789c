/**
 * Tells the service what was searched, so that writers learn what is missing.  Loaded with the first results, where a service listens.
 * Sends:   hour, locale, query, hits, rank (of the result that was opened, or empty), next (none, refine, form) and a key
 *          -> POST to the address that is given.  Nothing that names a person: addresses and long numbers are taken out of the query.
 * Keeps:   what could not be sent, in localStorage: 50 searches, a day at most.  The key makes the service count each once.
 * Errors:  none: a reader need not know.
 */
const STORE = "kb-outbox";
const MOST = 50;
const DAY = 864e5; // milliseconds; the service remembers keys for longer
const SETTLED = 1000; // milliseconds that results stand before they count as seen
const LIVES = [408, 425, 429]; // answers after which trying again makes sense, besides 5xx

let current = null; // the search whose results stand on the page
let begun = false;

/** Results stand on the page.  Letters put in or taken off at the end make one search. */
export function searched(to, locale, query, hits) {
  const text = cleaned(query);
  if (current && !text.startsWith(current.query) && !current.query.startsWith(text)) left(to, "refine");
  current = { to, locale, query: text, hits, since: current?.since ?? Date.now() };
  if (begun) return;
  begun = true;
  addEventListener("pagehide", () => left());
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && left());
  retry();
}

/** A result was opened; ranks begin at 1, sections have that of their article. */
export function opened(to, rank) {
  finish(rank, "none");
}

/** The reader goes elsewhere: next is "refine", "form" or nothing. */
export function left(to, next = "none") {
  if (current && (next === "form" || Date.now() - current.since >= SETTLED)) finish("", next);
  current = null;
}

/** The same words are searched on the next page. */
export function forget() {
  current = null;
}

/** Take e-mail addresses and runs of six digits or more, however they are grouped, out of a query. */
export function cleaned(query) {
  return query.replace(/\S+@\S+/gu, " ").replace(/\p{Nd}(?:[\s./()-]*\p{Nd}){5,}/gu, " ").replace(/\s+/g, " ").trim().toLowerCase().slice(0, 200);
}

function finish(rank, next) {
  if (!current?.query) return;
  const { to, locale, query, hits } = current;
  current = null;
  const key = crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random()}`;
  const event = { to, at: Date.now(), fields: { key, hour: new Date().toISOString().slice(0, 13), locale, query, hits, rank, next } };
  write([...read(), event]);
  send(event);
}

const read = () => {
  try {
    const kept = JSON.parse(localStorage.getItem(STORE) ?? "[]");
    return kept.filter((event) => Date.now() - event.at < DAY && event.fields.key);
  } catch {
    return [];
  }
};

const write = (events) => {
  try {
    localStorage.setItem(STORE, JSON.stringify(events.slice(-MOST)));
  } catch {} // a full or forbidden store: what is being sent now may still arrive
};

async function send({ to, fields }) {
  try {
    const answer = await fetch(to, { method: "POST", body: new URLSearchParams(fields), keepalive: true, credentials: "omit" });
    if (!answer.ok && (answer.status >= 500 || LIVES.includes(answer.status))) return false;
    write(read().filter((event) => event.fields.key !== fields.key));
    return true;
  } catch {
    return false;
  }
}

/** Send what earlier pages kept, one after the other, until one fails. */
async function retry() {
  for (const event of read()) if (!(await send(event))) return;
}
