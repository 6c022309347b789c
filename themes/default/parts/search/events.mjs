/**
 * Tells the service what was searched, so that writers learn what is missing.  Loaded with the first results, where a service listens.
 * Sends:   hour, locale, query, hits, rank (of the result that was opened, or empty) and next (none, refine, form) through the outbox
 *          -> the address that is given.  Nothing that names a person: addresses and long numbers are taken out of the query.
 * Errors:  none: a reader need not know.
 */
import { flush, put, random } from "../outbox/outbox.mjs";

const SETTLED = 1000; // milliseconds that results stand before they count as seen

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
  flush();
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
  put({ to, fields: { key: random(), hour: new Date().toISOString().slice(0, 13), locale, query, hits, rank, next } });
}
