/**
 * Asks the index of a locale.  The twin of kbgen/search/query.py, which tells the ranking; kbgen/search/manifest.py, shards.py, records.py
 * and numbers.py tell the files.  Same hits, same order.
 * Loads: the manifest when `load` is called; then, query by query, only the files that hold its words and its results, side by side.
 * Errors: `load` rejects when the manifest cannot be had (after one more try) or is none; `search` never throws, whatever is typed:
 *         what cannot be had after one more try stands in `missing`, and what has come still answers.
 */
import { analyser } from "./analyze.mjs";

const SLOTS = 256;
const SPAN = 32;
const LONGEST = 200;
const MOST_WORDS = 32;
const [EXACT, KIN, PREFIX, SLIP, SLIPS, SYNONYM, PAIRED] = [20, 10, 12, 14, 9, 16, 8];
const SLIP_FROM = 4;
const SLIPS_FROM = 8;
const SHORT = 3;
const MOST_SHARDS = 3;
const MOST_FORMS = 8;
const LIGHT = 8;
const SECTIONS = 2;
const LAST = "\uffff";
// Letters beyond the first 65,536 count as two here and as one in Python, so forms that hold one are taken as they are.
const ASTRAL = /[\ud800-\udfff]/;

const loaded = new Map();

/**
 * @param {string} url  Of the manifest.
 * @param {(url: string) => Promise<object>} get  How a file is had; for tests.
 * @returns {Promise<object>} The index; the same one for the same URL.
 */
export function load(url, get = fetched) {
  if (!loaded.has(url)) {
    const opening = get(url).catch(() => get(url)).then((file) => opened(file, new URL(url, globalThis.location?.href), get));
    loaded.set(url, opening);
    opening.catch(() => loaded.delete(url));
  }
  return loaded.get(url);
}

async function fetched(url) {
  const answer = await fetch(url, { cache: url.endsWith("/index.json") ? "no-cache" : "default" });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.json();
}

function opened(file, url, get) {
  if (file.version !== 2) throw new Error("no search index of version 2");
  const { light } = file.rules;
  const base = new URL(file.base, url).href;
  const got = (name) => get(`${base}${name}.json`);
  const sides = { forms: analyser(file.rules), light: new Set(light), separators: unfolded(file.shards), files: new Map(), url: url.href };
  return { ...file, ...sides, get: (name) => got(name).catch(() => got(name)) };
}

function unfolded(text) {
  let form = "";
  return (text.match(/[A-Z][^A-Z]*/g) ?? []).map((coded) => (form = form.slice(0, coded.charCodeAt(0) - 65) + coded.slice(1)));
}

function numbers(text) {
  const found = [];
  let number = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const place = code - (code > 92 ? 36 : 35);
    number = number * 45 + (place % 45);
    if (place < 45) {
      found.push(number);
      number = 0;
    }
  }
  return found;
}

/** The first place whose text does not come before another. */
function placeOf(texts, text) {
  let first = 0;
  let last = texts.length;
  while (first < last) {
    const middle = (first + last) >> 1;
    if (texts[middle] < text) first = middle + 1;
    else last = middle;
  }
  return first;
}

const openers = {
  shard([coded, postings, kin], { cut }) {
    const [forms, all] = [unfolded(coded), numbers(postings)];
    let at = 0;
    const starts = forms.map(() => {
      const start = at;
      at += 1 + 2 * Math.min(all[at], cut);
      return start;
    });
    const families = [];
    numbers(kin).forEach((back, place) => families.push(back ? families[place - back] : place));
    const row = (form) => {
      const place = placeOf(forms, form);
      return forms[place] === form ? place : -1;
    };
    const each = (place, take) => {
      const start = starts[place];
      for (let number = 0, one = start + 1; one < start + 1 + 2 * Math.min(all[start], cut); one += 2) take((number += all[one]), all[one + 1]);
    };
    const rows = (start) => forms.slice(placeOf(forms, start), placeOf(forms, start + LAST));
    return { forms, row, rows, each, df: (place) => all[starts[place]], kin: (place) => forms.filter((_, other) => families[other] === families[place]) };
  },
  head([coded, rates]) {
    const all = numbers(rates);
    return unfolded(coded).map((form, at) => [form, all[at]]);
  },
  facets([categories, kinds, tags, text]) {
    const all = numbers(text);
    const found = new Map();
    let at = 0;
    for (let block = 0; at < all.length; block += 1) {
      for (let left = all[at++]; left; left -= 1) {
        const [slot, category, kind, count] = all.slice(at, (at += 4));
        found.set(block * SLOTS + slot, [categories[category], kinds[kind], all.slice(at, (at += count)).map((tag) => tags[tag])]);
      }
    }
    return found;
  },
  records: (rows, { forms }) =>
    new Map(
      rows.map(([slot, url, title, description, category, kind, tags, headings]) => {
        const sections = headings.map((one) => (typeof one === "string" ? { id: forms(one).join("-"), title: one } : { id: one[1], title: one[0] }));
        return [slot, { url, title, description, category, kind, tags, headings: sections }];
      }),
    ),
};

/**
 * @param {object} index  What `load` gave.
 * @param {string} text  Anything; what looks like an operator is text; cut at 200 characters.
 * @param {{limit?: number, category?: string, kind?: string, tag?: string, facets?: boolean}} wish  `category`: the beginning of the
 *   categories' URLs; `facets`: count them even when nothing is filtered, which loads one file more.
 * @returns {Promise<object[]>}  Hits, best first: {number, url, title, description, category, kind, tags, headings, score, sections:
 *   [{id, title}]}; the array carries `total` (all that match), `words` (Set of the forms that were meant, for `mark`), `corrected` (the
 *   query as it was probably meant, "" when every word is known), `missing` (names of files that did not come) and `facets` ({category,
 *   kind, tag}: value -> how many of all that match; null when not loaded).
 */
export async function search(index, text, wish = {}) {
  const missing = [];
  for (;;) {
    const wanted = new Map();
    const answer = answered({ ...index, wanted }, String(text), wish);
    if (!wanted.size) {
      missing.forEach((name) => index.files.delete(name));
      if (missing.length) loaded.delete(index.url);
      return Object.assign(answer, { missing });
    }
    const settle = async ([name, kind]) => {
      try {
        index.files.set(name, openers[kind](await index.get(name), index));
      } catch (error) {
        console.error(error);
        index.files.set(name, null);
        missing.push(name);
      }
    };
    await Promise.all([...wanted].map(settle));
  }
}

/** A file that is there; undefined: it has to be waited for, null: it cannot be had. */
function take({ files, wanted }, name, kind) {
  const file = files.get(name);
  if (file === undefined) wanted.set(name, kind);
  return file;
}

const homeOf = ({ separators }, form) => Math.max(0, placeOf(separators, form + "\0") - 1);
const shardAt = (index, number) => take(index, index.names.slice(number * 5, number * 5 + 5), "shard");

function range(index, start) {
  const [first, last] = [homeOf(index, start), homeOf(index, start + LAST)];
  const found = [];
  for (let number = first; number <= Math.min(last, first + MOST_SHARDS - 1); number += 1) found.push(shardAt(index, number));
  return found.filter(Boolean);
}

function answered(index, text, { limit = 10, category = "", kind = "", tag = "", facets = false }) {
  const { forms, light } = index;
  const typed = forms([...text].slice(0, LONGEST).join(""));
  const words = [...new Set(typed)].slice(0, MOST_WORDS).map((word) => ask(index, word, word === typed.at(-1)));
  const allLight = words.every(({ word }) => light.has(word));
  for (const one of words) {
    one.weighty = allLight || !light.has(one.word);
    one.idf = Math.min(idfOf(index, one.df), one.weighty ? Infinity : Math.floor(idfOf(index, 0) / LIGHT));
  }
  const sums = new Map();
  const found = new Map();
  for (const { best, idf, weighty } of words) {
    for (const [number, weight] of best) {
      sums.set(number, (sums.get(number) ?? 0) + idf * weight);
      found.set(number, (found.get(number) ?? 0) + (weighty ? idf : 0));
    }
  }
  for (const { best, idf } of pairsOf(index, typed.slice(0, MOST_WORDS)).map((pair) => askPair(index, pair, pair.endsWith(`+${typed.at(-1)}`)))) {
    for (const [number, weight] of best) if (sums.has(number)) sums.set(number, sums.get(number) + idf * weight);
  }
  const total = words.reduce((sum, { idf, weighty }) => sum + (weighty ? idf : 0), 0);
  const grams = words.some(({ word }) => forms.gram.test(word));
  const filter = category || kind || tag;
  const kinds = filter || facets ? take(index, index.facets, "facets") : index.files.get(index.facets);
  const chosen = (number) => {
    const [its, kindOf, tags] = kinds?.get(number) ?? ["", "", []];
    return !filter || (kinds && its.startsWith(category) && (!kind || kind === kindOf) && (!tag || tags.includes(tag)));
  };
  let kept = [];
  let most = 0;
  for (const [number, held] of found) {
    if (!held || !chosen(number)) continue;
    const square = (held / total) * (held / total);
    kept.push({ number, held, score: sums.get(number) * (grams ? square : square * square) });
    most = Math.max(most, held);
  }
  kept = kept.filter(({ held }) => held * 5 >= most * 2).sort((one, other) => other.score - one.score || one.number - other.number);
  const waits = index.wanted.size > 0;
  const hits = (waits ? [] : kept.slice(0, limit)).flatMap(({ number, held, score }) => {
    const record = recordOf(index, number);
    return record ? { number, ...record, score, sections: sections(index, record, held, words) } : [];
  });
  const meant = new Set(words.flatMap((one) => (one.weighty ? [...one.factors.keys()] : [])));
  return Object.assign(hits, { total: kept.length, words: meant, corrected: corrected(index, text, words, hits), facets: kinds ? counted(kinds, kept) : null });
}

const idfOf = ({ count }, df) => Math.floor(1000 * Math.log(1 + (count - df + 0.5) / (df + 0.5)) + 0.5);

function recordOf(index, number) {
  const [block, slot] = [Math.floor(number / SLOTS), number % SLOTS];
  const [chunk, at] = [Math.floor(slot / SPAN), (block * 2 + Math.floor(slot / SPAN / 4)) * 5];
  return take(index, index.records.slice(at, at + 5) + chunk, "records")?.get(slot);
}

function ask(index, word, last) {
  const factors = new Map();
  const asked = { word, factors, df: 0, best: new Map() };
  const home = shardAt(index, homeOf(index, word));
  if (!home) return asked;
  const row = home.row(word);
  if (last || row < 0) add(factors, beginning(index, word), PREFIX);
  if (row >= 0) {
    asked.df = home.df(row);
    add(factors, home.kin(row), KIN);
    factors.set(word, EXACT);
  } else if (!factors.size) {
    asked.meant = meantBy(index, word, factors);
  }
  add(factors, Object.hasOwn(index.synonyms, word) ? index.synonyms[word] : [], SYNONYM);
  weigh(index, asked);
  asked.df ||= asked.best.size;
  return asked;
}

function pairsOf({ forms, light }, typed) {
  const found = new Set();
  typed.slice(1).forEach((other, at) => {
    const one = typed[at];
    if (!(light.has(one) && light.has(other)) && !forms.gram.test(one) && !forms.gram.test(other)) found.add(`${one}+${other}`);
  });
  return [...found];
}

function askPair(index, pair, last) {
  const asked = { factors: new Map([[pair, PAIRED]]), best: new Map() };
  if (last) add(asked.factors, shardAt(index, homeOf(index, pair))?.rows(pair) ?? [], Math.floor((PAIRED * PREFIX) / EXACT));
  weigh(index, asked);
  return { ...asked, idf: idfOf(index, asked.best.size) };
}

const add = (factors, forms, factor) => forms.forEach((form) => factors.set(form, Math.max(factors.get(form) ?? 0, factor)));

function weigh(index, { factors, best }) {
  for (const [form, factor] of factors) {
    const shard = shardAt(index, homeOf(index, form));
    const row = shard ? shard.row(form) : -1;
    if (row >= 0) shard.each(row, (number, value) => best.set(number, Math.max(best.get(number) ?? 0, factor * value)));
  }
}

function beginning(index, word) {
  if (word.length >= SHORT || index.forms.gram.test(word) || index.names.length <= 5 * MOST_SHARDS) {
    return range(index, word).flatMap((shard) => shard.rows(word).filter((form) => !form.includes("+")));
  }
  const some = (take(index, index.head, "head") ?? []).filter(([form]) => form.startsWith(word));
  return some.sort((one, other) => other[1] - one[1] || (one[0] < other[0] ? -1 : 1)).slice(0, MOST_FORMS).map(([form]) => form);
}

/** Looks for what was meant by a word that no article has: among its neighbours, and in the head. */
function meantBy(index, word, factors) {
  if (word.length < SLIP_FROM || /^\d+$/.test(word) || ASTRAL.test(word) || index.light.has(word) || index.forms.gram.test(word)) return "";
  const most = word.length >= SLIPS_FROM ? 2 : 1;
  const near = new Map();
  const look = (form, rate) => {
    const steps = slips(word, form, most);
    if (steps <= most && !near.has(form)) near.set(form, { form, steps, rate: rate() });
  };
  for (const shard of range(index, word.slice(0, SHORT))) shard.forms.forEach((form, row) => look(form, () => shard.df(row)));
  for (const [form, rate] of take(index, index.head, "head") ?? []) look(form, () => 2 ** Math.floor(rate / 2));
  const best = [...near.values()]
    .sort((one, other) => one.steps - other.steps || other.rate - one.rate || (one.form < other.form ? -1 : 1))
    .slice(0, MOST_FORMS);
  for (const { form, steps } of best) factors.set(form, steps === 1 ? SLIP : SLIPS);
  return best[0]?.form ?? "";
}

/** How many letters are put in, left out, changed, or swapped with a neighbour, from one form to another; at most `most` + 1. */
export function slips(one, other, most) {
  if (Math.abs(one.length - other.length) > most) return most + 1;
  let start = 0;
  let end = 0;
  const shorter = Math.min(one.length, other.length);
  while (start < shorter && one[start] === other[start]) start += 1;
  while (end < shorter - start && one.at(-1 - end) === other.at(-1 - end)) end += 1;
  const [a, b] = [one, other].map((form) => form.slice(start, form.length - end));
  if (a.length < 2 && b.length < 2) return Math.max(a.length, b.length);
  if (a.length === 2 && b.length === 2 && a === b[1] + b[0]) return 1;
  if (most < 2) return most + 1;
  let older;
  let before;
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let at = 1; at <= a.length; at += 1) {
    [older, before, row] = [before, row, [at]];
    for (let place = 1; place <= b.length; place += 1) {
      let cost = Math.min(before[place] + 1, row[place - 1] + 1, before[place - 1] + (a[at - 1] !== b[place - 1]));
      if (at > 1 && place > 1 && a[at - 1] === b[place - 2] && a[at - 2] === b[place - 1]) cost = Math.min(cost, older[place - 2] + 1);
      row.push(cost);
    }
    if (Math.min(...row) > most) return most + 1;
  }
  return Math.min(row.at(-1), most + 1);
}

/** The query with the words that were meant, as the hits write them. */
function corrected({ forms }, text, words, hits) {
  const meant = new Map(words.filter((one) => one.meant).map((one) => [one.word, one.meant]));
  if (!meant.size) return "";
  const shown = hits.map(({ title, description, headings }) => [title, description, ...headings.map((one) => one.title)].join(" ")).join(" ");
  const written = (form) => (shown.match(forms.word) ?? []).find((word) => forms(word)[0] === form)?.toLowerCase() ?? form;
  return text.replace(forms.word, (word) => (meant.has(forms(word)[0]) ? written(meant.get(forms(word)[0])) : word)).trim();
}

function counted(facets, kept) {
  const counts = { category: {}, kind: {}, tag: {} };
  const count = (table, value) => (table[value] = (table[value] ?? 0) + 1);
  for (const { number } of kept) {
    const [category, kind, tags] = facets.get(number) ?? [];
    if (!tags) continue;
    count(counts.category, category);
    count(counts.kind, kind);
    tags.forEach((tag) => count(counts.tag, tag));
  }
  return counts;
}

function sections({ forms }, { headings }, found, words) {
  const rateOf = (held) => words.reduce((sum, { idf, weighty, factors }) => sum + (weighty && held.some((form) => factors.has(form)) ? idf : 0), 0);
  return headings
    .map((heading) => ({ ...heading, rate: rateOf(forms(heading.title)) }))
    .filter(({ rate }) => rate && rate * 2 >= found)
    .sort((one, other) => other.rate - one.rate)
    .slice(0, SECTIONS);
}

/** @returns {Promise<{title: string, url: string}[]>}  Articles to offer while somebody types, those whose titles speak of it first. */
export async function suggest(index, text, limit = 5) {
  const hits = await search(index, text, { limit: limit * 2 });
  const named = ({ title }) => index.forms(title).some((form) => hits.words.has(form));
  return [...hits.filter(named), ...hits.filter((hit) => !named(hit))].slice(0, limit).map(({ title, url }) => ({ title, url }));
}

/**
 * Writes a text into a node, what was searched in <mark>s.  Text only, so nothing in it can be markup.
 * @param {Element} node
 * @param {Set<string>} words  The forms that were meant.
 */
export function mark(node, text, { forms }, words) {
  const meant = (piece) => forms(piece).some((form) => words.has(form));
  const put = (piece, marked) => {
    const before = node.lastChild;
    if (before && (before.localName === "mark") === marked) before.textContent += piece;
    else node.append(marked ? Object.assign(document.createElement("mark"), { textContent: piece }) : piece);
  };
  node.replaceChildren();
  let at = 0;
  for (const { 0: word, index } of text.matchAll(forms.word)) {
    put(text.slice(at, index), false);
    for (const run of word.match(forms.runs)) {
      const letters = forms.gram.test(run) ? [...run] : [];
      if (!letters.length) put(run, meant(run));
      letters.forEach((letter, place) => put(letter, meant((letters[place - 1] ?? "") + letter) || meant(letter + (letters[place + 1] ?? ""))));
    }
    at = index + word.length;
  }
  put(text.slice(at), false);
}
