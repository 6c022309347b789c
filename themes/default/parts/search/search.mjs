/**
 * Shows results while the reader types.
 * Enhances: [data-module="kb-search"] with data-mode="combobox" (arrows choose, Enter opens, the field keeps the focus) or "list"
 *           (arrows move the focus, results stand in the page); without this script the form leads to the search page.
 * Needs:    [data-search-field], [data-search-results], template[data-search-result]; data-index, data-up.  May have
 *           template[data-search-section], [data-search-status|start|empty|error|retry|all|carry|panel|filter], data-initial ("url", "path"),
 *           the words data-loading, data-none, data-count-(one, few, other ...), data-kind-(guide, faq ...).
 * Writes:   text only, never markup; data-state = idle, loading, ready, none or error.
 * Errors:   throws if a needed piece is missing; an index that cannot be loaded is said in [data-search-error].
 */
import { load, mark, search } from "./query.mjs";

export default function enhance(element) {
  const one = (name) => element.querySelector(`[data-search-${name}]`);
  const all = (name) => [...element.querySelectorAll(`[data-search-${name}]`)];
  const needed = (name) => {
    if (!one(name)) throw new Error(`kb-search: [data-search-${name}] is missing`);
    return one(name);
  };
  const [field, list, template] = ["field", "results", "result"].map(needed);
  const { index: file, up, initial } = element.dataset;
  const combobox = element.dataset.mode === "combobox";
  const limit = combobox ? 8 : 30;
  const language = document.documentElement.lang || undefined;
  const filters = Object.fromEntries(all("filter").map((select) => [select.dataset.searchFilter, select]));
  const status = one("status") ?? {};
  let options = [];
  let active = -1;
  let turn = 0;

  const hide = (name, hidden) => all(name).forEach((part) => (part.hidden = hidden));
  const enter = (state) => {
    element.dataset.state = state;
    one("error")?.setAttribute("role", "alert");
    Object.entries({ start: "idle", empty: "none", error: "error", all: "ready" }).forEach(([name, its]) => hide(name, state !== its));
    hide("panel", state === "idle");
    if (state !== "ready") put([]);
  };
  const put = (nodes) => {
    options = nodes;
    list.replaceChildren(...nodes);
    list.hidden = !nodes.length;
    choose(-1);
  };
  const choose = (number) => {
    active = number;
    if (!combobox) return;
    field.setAttribute("aria-expanded", String(options.length > 0));
    options.forEach((option, at) => option.setAttribute("aria-selected", String(at === active)));
    if (active < 0) return field.removeAttribute("aria-activedescendant");
    field.setAttribute("aria-activedescendant", options[active].id);
    options[active].scrollIntoView({ block: "nearest" });
  };

  const made = (from, hit, hash, index, words) => {
    const node = from.content.firstElementChild.cloneNode(true);
    const link = node.localName === "a" ? node : node.querySelector("a");
    link.href = `${up}${hit.url}${hash}`;
    node.dataset.kind = hit.kind;
    const values = { ...hit, kind: element.getAttribute(`data-kind-${hit.kind}`) ?? hit.kind };
    for (const slot of [node, ...node.querySelectorAll("[data-slot]")]) {
      const value = values[slot.dataset.slot];
      if (value === undefined) continue;
      slot.hidden = !value;
      mark(slot, value, index, words);
    }
    return node;
  };
  const show = (index, hits) => {
    const section = one("section");
    const nodes = hits.flatMap((hit) => [
      made(template, hit, "", index, hits.words),
      ...(section ? hit.sections : []).map(({ id, title }) =>
        made(section, { ...hit, section: title }, `#${encodeURIComponent(id)}`, index, hits.words),
      ),
    ]);
    if (combobox) {
      nodes.forEach((node, at) => Object.assign(node, { id: `${list.id}-${at}`, role: "option", tabIndex: -1 }));
    }
    enter(nodes.length ? "ready" : "none");
    put(nodes);
    const form = new Intl.PluralRules(language).select(hits.total);
    const count = element.getAttribute(`data-count-${form}`) ?? element.dataset.countOther ?? "{n}";
    const words = nodes.length ? count : (element.dataset.none ?? "");
    const number = new Intl.NumberFormat(language).format(hits.total);
    status.textContent = words.replace("{n}", number).replace("{query}", () => field.value.trim());
  };

  const asked = () => ({ q: field.value.trim(), category: filters.category?.value ?? "", kind: filters.kind?.value ?? "" });
  const carry = (link, values) => {
    const url = new URL(link.href);
    for (const [name, value] of Object.entries(values)) value ? url.searchParams.set(name, value) : url.searchParams.delete(name);
    link.href = url.href;
  };
  const refresh = async () => {
    const mine = (turn += 1);
    const { q, category, kind } = asked();
    all("all").forEach((link) => carry(link, asked()));
    all("carry").forEach((link) => carry(link, { query: q }));
    if (initial === "url") remember();
    if (!q) {
      status.textContent = "";
      return enter("idle");
    }
    const slow = setTimeout(() => {
      if (mine !== turn) return;
      enter("loading");
      status.textContent = element.dataset.loading ?? "";
    }, 80);
    try {
      const index = await load(file);
      if (mine === turn) show(index, search(index, q, { limit, category, kind }));
    } catch (error) {
      console.error(error);
      if (mine !== turn) return;
      status.textContent = "";
      enter("error");
    } finally {
      clearTimeout(slow);
    }
  };
  let later;
  const remember = () => {
    clearTimeout(later);
    later = setTimeout(() => {
      const link = { href: location.href };
      carry(link, asked());
      history.replaceState(null, "", link.href);
    }, 250);
  };

  const chosen = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && options.length) {
      event.preventDefault();
      hide("panel", false);
      choose(((active + 1 + step + options.length + 1) % (options.length + 1)) - 1);
    } else if (event.key === "Enter" && active >= 0) {
      event.preventDefault();
      options[active].click();
    } else if (event.key === "Escape" && one("panel") && !one("panel").hidden) {
      event.preventDefault();
      closed();
    }
  };
  const walked = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const stops = [field, ...list.querySelectorAll("a")];
    const next = stops[stops.indexOf(event.target) + step];
    if (!step || !stops.includes(event.target) || !next) return;
    event.preventDefault();
    next.focus();
  };
  const closed = () => {
    hide("panel", true);
    choose(-1);
    field.setAttribute("aria-expanded", "false");
  };

  if (combobox) {
    list.setAttribute("role", "listbox");
    for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", list.id], ["aria-expanded", "false"]]) {
      field.setAttribute(name, value);
    }
  }
  element.addEventListener("keydown", (event) => event.isComposing || (combobox ? event.target === field && chosen(event) : walked(event)));
  if (one("panel")) {
    element.addEventListener("focusout", (event) => element.contains(event.relatedTarget) || closed());
    field.addEventListener("focus", () => refresh());
  }
  field.addEventListener("input", (event) => event.isComposing || refresh());
  field.addEventListener("compositionend", () => refresh());
  Object.values(filters).forEach((select) => select.addEventListener("change", () => refresh()));
  one("retry")?.addEventListener("click", () => refresh());
  one("form")?.addEventListener("submit", (event) => {
    if (combobox) return;
    event.preventDefault();
    refresh();
  });
  begin(field, filters, initial);
  // The index comes while the reader types; if it does not, the first search says so.
  load(file).catch(() => {});
  return refresh();
}

function begin(field, filters, initial) {
  const words = location.pathname.split("/").slice(-3).filter((part) => part && part !== document.documentElement.lang).slice(-2).join("+").replace(/\.html?$/, "");
  const address = new URLSearchParams({ url: location.search, path: `q=${words.replace(/[-_]+/g, "+")}` }[initial] ?? "");
  field.value ||= address.get("q") ?? "";
  for (const [name, select] of Object.entries(filters)) {
    if (address.has(name)) select.value = address.get(name);
    if (select.selectedIndex < 0) select.value = "";
  }
}
