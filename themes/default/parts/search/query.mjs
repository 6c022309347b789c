/**
 * Asks the plain index of a locale.  The twin of kbgen/search/query.py, which tells the file's format and the ranking: same hits, same order.
 * Loads: the index file, once, when `load` is called; the rule book of the locale travels in it.
 * Errors: `load` rejects when the file cannot be had (after one more try) or is none; `search` never throws, whatever is typed.
 */
import { analyser } from "./analyze.mjs";

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";
const LONGEST = 200;
const MOST_WORDS = 32;
const EXACT = 10;
const PREFIX = 6;
const SLIP = 7;
const SLIP_OF_KNOWN = 3;
const SLIP_FROM = 4;
const LIGHT = 8;
const SECTIONS = 2;
const PAUSE = 400; // ms before the second try

const loaded = new Map();

/** @returns {Promise<object>} The index, opened; the same one for the same URL. */
export function load(url) {
  if (!loaded.has(url)) {
    const index = fetched(url)
      .catch(() => new Promise((wait) => setTimeout(wait, PAUSE)).then(() => fetched(url)))
      .then(opened);
    index.catch(() => loaded.delete(url));
    loaded.set(url, index);
  }
  return loaded.get(url);
}

async function fetched(url) {
  const answer = await fetch(url, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.json();
}

/** @param {object} file  The parsed content of an index file. */
export function opened(file) {
  if (file.version !== 1) throw new Error("this is no search index of version 1");
  const forms = analyser(file.rules);
  const records = file.records.map(([url, title, description, category, kind, tags, flat], number) => ({
    number,
    url,
    title,
    description,
    category: file.categories[category],
    kind: file.kinds[kind],
    tags,
    headings: flat.flatMap((id, at) => (at % 2 ? [] : [{ id, title: flat[at + 1] }])),
  }));
  const blocks = file.blocks.map((block) => {
    let before = "";
    const rows = block.forms
      ? block.forms.split(" ").map((coded) => (before = before.slice(0, DIGITS.indexOf(coded[0])) + coded.slice(1)))
      : [];
    return { count: block.count, forms: rows, posts: block.posts.split(" ") };
  });
  return { forms, light: new Set(file.rules.light), records, blocks };
}

/**
 * @param {object} index  What `load` gave.
 * @param {string} text  Anything; what looks like an operator is text; cut at 200 characters.
 * @param {{limit?: number, category?: string, kind?: string}} wish  `category`: the beginning of the URLs.
 * @returns {object[]}  Hits, best first: a record with `score` and `sections` ([{id, title}]); the array carries
 *   `total` (all that match) and `words` (Set of the forms that were meant, for `mark`).
 */
export function search(index, text, { limit = 10, category = "", kind = "" } = {}) {
  const { records, forms } = index;
  const typed = forms([...text].slice(0, LONGEST).join(""));
  const asked = [...new Set(typed)].slice(0, MOST_WORDS);
  const light = asked.every((word) => index.light.has(word)) ? new Set() : index.light;
  const sums = new Float64Array(records.length);
  const found = new Float64Array(records.length);
  const greatest = idfOf(0, records.length);
  let total = 0;
  const words = asked.map((word) => {
    const { best, df, matched } = ask(index, word, word === typed.at(-1));
    const rare = idfOf(df, records.length);
    const weighty = !light.has(word);
    const idf = weighty ? rare : Math.min(rare, Math.floor(greatest / LIGHT));
    total += weighty * idf;
    for (const [number, weight] of best) {
      sums[number] += idf * weight;
      found[number] += weighty * idf;
    }
    return { idf, matched };
  });
  const pairs = asked.some((word) => forms.gram.test(word));
  const scored = records.filter(
    (record) => found[record.number] && record.url.startsWith(category) && (!kind || record.kind === kind),
  );
  const most = scored.reduce((max, { number }) => Math.max(max, found[number]), 0);
  const hits = scored
    .filter(({ number }) => found[number] * 5 >= most * 2)
    .map((record) => {
      const square = (found[record.number] / total) * (found[record.number] / total);
      return { ...record, score: sums[record.number] * (pairs ? square : square * square) };
    })
    .sort((one, other) => other.score - one.score || one.number - other.number);
  const best = hits.slice(0, limit).map((hit) => ({ ...hit, sections: sections(index, hit, found[hit.number], words) }));
  return Object.assign(best, { total: hits.length, words: new Set(words.flatMap(({ matched }) => [...matched])) });
}

const idfOf = (df, count) => Math.floor(1000 * Math.log(1 + (count - df + 0.5) / (df + 0.5)) + 0.5);

function ask({ blocks, forms, light }, word, last) {
  const places = blocks.map((block) => {
    const row = lower(block.forms, word);
    return block.forms[row] === word ? row : -1;
  });
  const known = places.some((place) => place >= 0);
  const slips =
    [...word].length >= SLIP_FROM && !/^\d+$|[\ud800-\udfff]/.test(word) && !light.has(word) && !forms.gram.test(word);
  const best = new Map();
  const matched = new Set();
  let df = 0;
  let first = 0;
  blocks.forEach((block, at) => {
    const factors = new Map();
    if (slips) {
      for (const row of rows(block, word[0])) {
        const form = block.forms[row];
        if (Math.abs(form.length - word.length) <= 1 && !/[\ud800-\udfff]/.test(form) && oneSlip(word, form)) {
          factors.set(row, known ? SLIP_OF_KNOWN : SLIP);
        }
      }
    }
    if (last || !known) {
      for (const row of rows(block, word)) factors.set(row, Math.max(factors.get(row) ?? 0, PREFIX));
    }
    if (places[at] >= 0) factors.set(places[at], EXACT);
    for (const [row, factor] of factors) {
      matched.add(block.forms[row]);
      for (const [number, weight] of postings(block.posts[row])) {
        best.set(first + number, Math.max(best.get(first + number) ?? 0, factor * weight));
        if (row === places[at]) df += 1;
      }
    }
    first += block.count;
  });
  return { best, df: known ? df : best.size, matched };
}

/** Strings compare by UTF-16 units here; Python sorted them so. */
function lower(forms, word) {
  let low = 0;
  let high = forms.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (forms[middle] < word) low = middle + 1;
    else high = middle;
  }
  return low;
}

function* rows({ forms }, start) {
  for (let row = lower(forms, start); forms[row]?.startsWith(start); row += 1) yield row;
}

function* postings(coded) {
  let number = 0;
  let scale = 1;
  let distance = -1;
  let article = -1;
  for (const digit of coded) {
    const value = DIGITS.indexOf(digit);
    number += (value % 32) * scale;
    scale *= 32;
    if (value < 32) {
      if (distance < 0) distance = number;
      else {
        article += distance + 1;
        yield [article, number + 1];
        distance = -1;
      }
      number = 0;
      scale = 1;
    }
  }
}

/** Whether two different forms are one letter put in, left out, changed, or two neighbours swapped apart. */
export function oneSlip(one, other) {
  if (one.length > other.length) return oneSlip(other, one);
  let start = 0;
  while (start < one.length && one[start] === other[start]) start += 1;
  if (one.length < other.length) return one.slice(start) === other.slice(start + 1);
  const [rest, others] = [one.slice(start), other.slice(start)];
  const swapped = rest[0] === others[1] && rest[1] === others[0] && rest.slice(2) === others.slice(2);
  return rest !== others && (rest.slice(1) === others.slice(1) || swapped);
}

function sections({ forms }, { headings }, found, words) {
  return headings
    .map((heading) => {
      const held = forms(heading.title);
      const rate = words.reduce((sum, { idf, matched }) => sum + (held.some((form) => matched.has(form)) ? idf : 0), 0);
      return { heading, rate };
    })
    .filter(({ rate }) => rate && rate * 2 >= found)
    .sort((one, other) => other.rate - one.rate)
    .slice(0, SECTIONS)
    .map(({ heading }) => heading);
}

/**
 * Writes a text into a node, what was searched in <mark>s.  Text only, so nothing in it can be markup.
 * @param {Element} node
 * @param {Set<string>} words  The forms that were meant.
 */
export function mark(node, text, { forms }, words) {
  const pieces = []; // [text, marked]
  const put = (piece, marked) => {
    if (pieces.length && pieces.at(-1)[1] === marked) pieces.at(-1)[0] += piece;
    else pieces.push([piece, marked]);
  };
  let at = 0;
  for (const { 0: word, index } of text.matchAll(forms.word)) {
    put(text.slice(at, index), false);
    for (const run of word.match(forms.runs)) {
      if (!forms.gram.test(run)) {
        put(run, forms(run).some((form) => words.has(form)));
        continue;
      }
      const letters = [...run];
      const said = (start) => start >= 0 && forms(letters.slice(start, start + 2).join("")).some((form) => words.has(form));
      letters.forEach((letter, place) => put(letter, said(place - 1) || said(Math.min(place, Math.max(0, letters.length - 2)))));
    }
    at = index + word.length;
  }
  put(text.slice(at), false);
  node.replaceChildren(
    ...pieces.map(([piece, marked]) => {
      if (!marked) return document.createTextNode(piece);
      const element = document.createElement("mark");
      element.textContent = piece;
      return element;
    }),
  );
}
