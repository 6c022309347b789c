/**
 * Search with its results in the page: filters, an address that can be shared, arrows that walk from the field through the links.
 * Enhances: [data-module="kb-search"] with data-mode="list"; search.mjs does the searching, and without script the form leads to this page.
 * May have: [data-search-filter="category|kind|tag"], [data-search-filtered|everywhere|form]; data-initial: "url" begins with ?q= and
 *           keeps the address in step, "path" begins with the words of the address.
 */
import search, { carry } from "./search.mjs";

export default function enhance(element) {
  const all = (name) => [...element.querySelectorAll(`[data-search-${name}]`)];
  const filters = Object.fromEntries(all("filter").map((select) => [select.dataset.searchFilter, select]));
  const selects = Object.values(filters);
  const [field] = all("field");
  const { initial } = element.dataset;
  let later;
  let asked;

  const wish = ({ q }) => {
    asked = { q };
    for (const select of selects) asked[select.dataset.searchFilter] = select.value;
    clearTimeout(later);
    later = setTimeout(remember, 250);
    return { ...asked, facets: true };
  };
  const remember = () => {
    clearTimeout(later);
    if (initial !== "url" || !asked) return;
    const link = { href: location.href };
    carry(link, asked);
    history.replaceState(null, "", link.href);
  };
  const shown = ({ facets }) => {
    all("filtered").forEach((part) => (part.hidden = !selects.some((select) => select.value)));
    if (filters.tag && facets) offer(filters.tag, facets.tag);
  };
  const words = begin(filters, initial);
  field.value ||= words;
  const refresh = search(element, { wish, shown });

  selects.forEach((select) => select.addEventListener("change", () => refresh()));
  all("form")[0]?.addEventListener("submit", (event) => {
    event.preventDefault();
    refresh();
  });
  addEventListener("popstate", () => {
    if (initial !== "url") return;
    field.value = begin(filters, initial);
    refresh();
  });
  element.addEventListener("click", ({ target }) => {
    if (target.closest("a")) remember(); // who comes back finds what was typed last
    if (!target.closest("[data-search-everywhere]")) return;
    for (const select of selects) select.value = "";
    refresh();
    field.focus();
  });
  element.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const stops = [field, ...element.querySelectorAll("[data-search-results] a")];
    const next = stops[stops.indexOf(event.target) + step];
    if (!step || event.isComposing || !stops.includes(event.target) || !next) return;
    event.preventDefault();
    next.focus();
  });
}

/** Offer the tags of what was found, the most frequent first; the chosen one stays. */
function offer(select, counts) {
  const chosen = select.value;
  const tags = Object.keys(counts ?? {}).sort((one, two) => counts[two] - counts[one]).slice(0, 30);
  if (chosen && !tags.includes(chosen)) tags.unshift(chosen);
  select.replaceChildren(select.options[0], ...tags.map((tag) => new Option(tag, tag, false, tag === chosen)));
  select.closest("p").hidden = !tags.length;
}

/** Take filters from the address; returns its words. */
function begin(filters, initial) {
  const words = location.pathname.split("/").slice(-3).filter((part) => part && part !== document.documentElement.lang).slice(-2).join("+").replace(/\.html?$/, "");
  const address = new URLSearchParams({ url: location.search, path: `q=${words.replace(/[-_]+/g, "+")}` }[initial] ?? "");
  for (const [name, select] of Object.entries(filters)) {
    const value = address.get(name);
    if (value && name === "tag") select.append(new Option(value, value));
    const known = [...select.options].map((option) => option.value);
    select.value = known.includes(value) ? value : (known.find((one) => one && value?.startsWith(one)) ?? ""); // of a topic within, the one above
  }
  return [...(address.get("q") ?? "")].slice(0, 200).join("");
}
