/**
 * Shows results while the reader types; page.mjs adds what a list in the page needs.
 * Enhances: [data-module="kb-search"] with data-mode="combobox": arrows choose, Enter opens, the field keeps the focus;
 *           without this script the form leads to the search page.
 * Needs:    [data-search-field], [data-search-results], template[data-search-result]; data-index, data-up.  May have
 *           template[data-search-section], [data-search-status|start|topics|typed|part|empty|error|retry|all|more|ask|carry|panel],
 *           data-events (where to tell what was searched), the words data-loading, data-slow, data-none, data-corrected, data-typed,
 *           data-count-(one, few, other ...), data-kind-(guide, faq ...).
 * Writes:   text only, never markup; data-state = idle, loading, ready, none or error.
 * Errors:   throws if a needed piece is missing; what cannot be loaded is said in [data-search-error], a part of it in [data-search-part].
 */
import { asking } from "./ask.mjs";

const PAUSE = 200; // milliseconds without a key before files are asked for: what is there answers at once

/**
 * @param {Element} element
 * @param {object} page  What page.mjs adds: wish(values) -> values with the filters; shown(hits).
 * @returns {(literal?: boolean) => Promise}  Searches again; literal: for the very words, uncorrected.
 */
export default function enhance(element, { wish = (values) => values, shown } = {}) {
  const data = element.dataset;
  const all = (name) => [...element.querySelectorAll(`[data-search-${name}]`)];
  const [field, list, template] = ["field", "results", "result"].map((name) => {
    if (!all(name)[0]) throw new Error(`kb-search: [data-search-${name}] is missing`);
    return all(name)[0];
  });
  const [[section], [panel]] = [all("section"), all("panel")];
  const language = document.documentElement.lang;
  const combobox = data.mode === "combobox";
  // On a phone six fill the sheet, and their records come side by side: hosts without HTTP/2 are asked for six files at a time.
  const step = !combobox ? 30 : matchMedia("(max-width: 40rem)").matches ? 6 : 8;
  const set = (name, value) => (value ? field.setAttribute(name, value) : field.removeAttribute(name));
  const ask = asking(data, element.manifest);
  const shownAs = {
    kind: ({ kind }) => element.getAttribute(`data-kind-${kind}`),
    lang: ({ lang }) => lang && new Intl.DisplayNames(language, { type: "language" }).of(lang),
  };
  let options = [];
  let active = -1;
  let outbox;
  let turn = 0;
  let typed = 0; // when
  let limit = step;

  const say = (name, text) => all(name).forEach((part) => (part.textContent = text ?? ""));
  const hide = (name, hidden) => all(name).forEach((part) => (part.hidden = hidden));
  // What was typed is isolated from the direction of the words around it.
  const filled = (text, query) => text?.replace("{query}", () => `\u2068${query}\u2069`) ?? "";
  const enter = (state) => {
    data.state = state;
    const parts = { start: "idle", topics: "idle none", empty: "none", error: "error", ask: "ready", all: "", more: "" };
    Object.entries(parts).forEach(([name, its]) => hide(name, !its.includes(state)));
    hide("panel", state === "idle" || !element.matches(":focus-within")); // an answer that comes late opens nothing
    if (state === "loading") return; // what stands there stays until its successor comes
    for (const name of ["typed", "part"]) hide(name, true);
    say("status", "");
    if (state !== "ready") put([]);
  };
  const put = (nodes) => {
    const held = list.querySelector(":focus")?.href;
    options = nodes;
    list.replaceChildren(...nodes);
    list.hidden = !nodes.length;
    choose(-1);
    if (held) ([...list.querySelectorAll("a")].find(({ href }) => href === held) ?? field).focus(); // results of a moment later
  };
  const choose = (number) => {
    active = number;
    if (!combobox) return;
    set("aria-expanded", `${options.length > 0}`);
    options.forEach((option, at) => option.setAttribute("aria-selected", at === active));
    set("aria-activedescendant", options[active]?.id);
    options[active]?.scrollIntoView({ block: "nearest" });
  };

  const show = (hits, q) => {
    const { total, count, corrected, marks } = hits;
    const made = (from, hit, hash, rank) => {
      const node = from.content.firstElementChild.cloneNode(true);
      (node.localName === "a" ? node : node.querySelector("a")).href = data.up + hit.url + hash;
      node.dataset.kind = hit.kind;
      node.rank = rank + 1;
      for (const slot of node.querySelectorAll("[data-slot]")) {
        const name = slot.dataset.slot;
        const value = shownAs[name]?.(hit) ?? hit[name];
        if (hit.lang && /^(title|section|description)$/.test(name)) slot.lang = hit.lang;
        slot.hidden = !value;
        slot.replaceChildren(...(marks.get(value) ?? [value ?? ""]).map(marked));
      }
      return node;
    };
    const nodes = hits.flatMap((hit, rank) => [
      made(template, hit, "", rank),
      ...(section ? hit.sections : []).map(({ id, title }) => made(section, { ...hit, section: title }, `#${encodeURIComponent(id)}`, rank)),
    ]);
    if (combobox) nodes.forEach((node, at) => Object.assign(node, { id: `${list.id}-${at}`, role: "option", tabIndex: -1 }));
    enter(total ? "ready" : "none");
    put(nodes);
    for (const name of ["all", "more"]) hide(name, hits.length >= total);
    const words = element.getAttribute(`data-count-${count.form}`) ?? data.countOther;
    const told = total ? words?.replace("{n}", count.text) : filled(data.none, q);
    say("status", (total && corrected ? `${filled(data.corrected, corrected)} ` : "") + told);
    say("typed", filled(data.typed, q));
    hide("typed", !total || !corrected);
    hide("part", !hits.missing.length);
    shown?.(hits);
    tell("searched", language, q, total);
  };

  const refresh = async (literal) => {
    const mine = (turn += 1);
    const q = field.value.trim();
    const asked = wish({ q });
    all("all").forEach((link) => carry(link, asked));
    all("carry").forEach((link) => carry(link, { query: q }));
    if (!q) return enter("idle");
    const timers = Object.entries({ loading: 80, slow: 5000 }).map(([word, after]) =>
      setTimeout(() => {
        if (mine !== turn) return;
        enter("loading");
        say("status", data[word]);
      }, after),
    );
    const still = async () => {
      await new Promise((done) => setTimeout(done, typed + PAUSE - Date.now()));
      return mine === turn;
    };
    try {
      const hits = await ask(q, { ...asked, literal, limit, language, still });
      if (!hits.length && hits.missing.length) throw new Error(`kb-search: ${hits.missing} did not come`);
      if (mine === turn) show(hits, q);
    } catch (error) {
      console.error(error);
      if (mine === turn) enter("error");
    } finally {
      timers.forEach(clearTimeout);
    }
  };
  // The outbox comes with the first results, and only where a service listens.
  const tell = (name, ...facts) => {
    if (!data.events) return;
    if (outbox) outbox[name](data.events, ...facts); // at once: the page may be left by this very click
    else import("./events.mjs").then((module) => (outbox = module)[name](data.events, ...facts), () => {});
  };

  const closed = () => {
    hide("panel", true);
    choose(-1);
    set("aria-expanded", "false");
  };
  const chosen = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && options.length) {
      hide("panel", false);
      choose(((active + 1 + step + options.length + 1) % (options.length + 1)) - 1);
    } else if (event.key === "Enter" && options[active]) options[active].click();
    else if (event.key === "Escape" && panel && !panel.hidden) closed();
    else return;
    event.preventDefault();
  };
  const pressed = ({ target }) => {
    const on = (name) => target.closest(`[data-search-${name}]`);
    if (on("typed") || on("retry")) {
      refresh(!!on("typed"));
      field.focus();
    }
    if (on("more")) {
      limit += step;
      refresh();
    }
    if (on("carry")) tell("left", "form");
    if (on("all")) tell("forget");
    const { rank } = target.closest("a") && on("results") ? target.closest("[data-kind]") : {};
    if (rank) tell("opened", rank);
  };

  if (combobox) {
    Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false" }).forEach((pair) => set(...pair));
    field.addEventListener("keydown", (event) => event.isComposing || chosen(event));
  }
  element.addEventListener("click", pressed);
  element.addEventListener("submit", () => tell("forget"));
  if (panel) {
    element.addEventListener("focusout", (event) => element.contains(event.relatedTarget) || closed());
    field.addEventListener("focus", () => refresh());
  }
  field.addEventListener("input", (event) => {
    [typed, limit] = [Date.now(), step];
    if (!event.isComposing) refresh();
  });
  field.addEventListener("compositionend", () => refresh());
  ask().catch(() => {}); // it comes while the reader types; if it does not, the first search says so
  refresh();
  return refresh;
}

const marked = (piece, at) => (at % 2 ? Object.assign(document.createElement("mark"), { textContent: piece }) : piece);

/** Put values into the query of a link's address; empty ones are taken out. */
export function carry(link, values) {
  const url = new URL(link.href);
  for (const [name, value] of Object.entries(values)) value ? url.searchParams.set(name, value) : url.searchParams.delete(name);
  link.href = url.href;
}
