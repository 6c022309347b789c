/**
 * Asks the plain index of a locale.  The twin of kbgen/search/query.py, which tells the file's format and the ranking: same hits, same order.
 * Loads: the index file, once, when `load` is called; the rule book of the locale travels in it.
 * Errors: `load` rejects when the file cannot be had (after one more try) or is none; `search` never throws, whatever is typed.
 */
import { analyser } from "./analyze.mjs";

const LONGEST = 200;
const MOST_WORDS = 32;
const EXACT = 10;
const PREFIX = 6;
const SLIP = 7;
const SLIP_OF_KNOWN = 3;
const SLIP_FROM = 4;
const LIGHT = 8;
const SECTIONS = 2;
// Letters beyond the first 65,536 count as two here and as one in Python, so forms that hold one are taken as they are.
const ASTRAL = /[\ud800-\udfff]/;

const loaded = new Map();

/** @returns {Promise<object>} The index, opened; the same one for the same URL. */
export function load(url) {
  if (!loaded.has(url)) {
    loaded.set(url, fetched(url).catch(() => fetched(url)).then(opened));
    loaded.get(url).catch(() => loaded.delete(url));
  }
  return loaded.get(url);
}

async function fetched(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.json();
}

/** @param {object} file  The parsed content of an index file. */
export function opened(file) {
  if (file.version !== 1) throw new Error("no search index of version 1");
  const records = file.records.map(([url, title, description, category, kind, tags, flat], number) => {
    const headings = flat.flatMap((id, at) => (at % 2 ? [] : { id, title: flat[at + 1] }));
    return { number, url, title, description, category: file.categories[category], kind: file.kinds[kind], tags, headings };
  });
  const blocks = file.blocks.map(({ count, base, forms, posts }) => {
    // First letter -> pairs of a form and its postings.
    const letters = new Map();
    const rows = posts.split(/(?=[A-Z])/);
    let form = "";
    forms.split(/(?=[A-Z])/).forEach((coded, at) => {
      form = form.slice(0, letterOf(coded)) + coded.slice(1);
      if (!letters.has(form[0])) letters.set(form[0], []);
      letters.get(form[0]).push([form, rows[at]]);
    });
    return { count, base, rows: (word) => letters.get(word[0]) ?? [] };
  });
  return { forms: analyser(file.rules), light: new Set(file.rules.light), scale: file.scale, records, blocks };
}

const letterOf = (coded) => parseInt(coded[0], 36) - 10;

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
  const allLight = asked.every((word) => index.light.has(word));
  const sums = records.map(() => 0);
  const found = records.map(() => 0);
  let total = 0;
  const words = asked.map((word) => {
    const { best, df, matched } = ask(index, word, word === typed.at(-1));
    const weighty = allLight || !index.light.has(word);
    const idf = Math.min(idfOf(df, records.length), weighty ? Infinity : Math.floor(idfOf(0, records.length) / LIGHT));
    const counted = weighty ? idf : 0;
    total += counted;
    for (const [number, weight] of best) {
      sums[number] += idf * weight;
      found[number] += counted;
    }
    return { idf: counted, matched };
  });
  const pairs = asked.some((word) => forms.gram.test(word));
  const hits = records
    .filter(({ number, url, kind: its }) => found[number] && url.startsWith(category) && (!kind || its === kind))
    .map((record) => {
      const held = found[record.number];
      const square = (held / total) * (held / total);
      return { record, held, score: sums[record.number] * (pairs ? square : square * square) };
    })
    .sort((one, other) => other.score - one.score || one.record.number - other.record.number);
  const most = hits.reduce((max, { held }) => Math.max(max, held), 0);
  const kept = hits.filter(({ held }) => held * 5 >= most * 2);
  const best = kept.slice(0, limit).map(({ record, held, score }) => ({ ...record, score, sections: sections(index, record, held, words) }));
  const meant = new Set(words.flatMap(({ idf, matched }) => (idf ? [...matched] : [])));
  return Object.assign(best, { total: kept.length, words: meant });
}

const idfOf = (df, count) => Math.floor(1000 * Math.log(1 + (count - df + 0.5) / (df + 0.5)) + 0.5);

function ask({ blocks, forms, light, scale }, word, last) {
  const known = blocks.some((block) => block.rows(word).some(([form]) => form === word));
  const slips = word.length >= SLIP_FROM && !/^\d+$/.test(word) && !ASTRAL.test(word) && !light.has(word) && !forms.gram.test(word);
  const slip = (form) => slips && !ASTRAL.test(form) && oneSlip(word, form);
  const factorOf = (form) => {
    if (form === word) return EXACT;
    const begins = (last || !known) && form.startsWith(word);
    return Math.max(begins && PREFIX, slip(form) && (known ? SLIP_OF_KNOWN : SLIP));
  };
  const best = new Map();
  const matched = new Set();
  let df = 0;
  let first = 0;
  for (const block of blocks) {
    for (const [form, coded] of block.rows(word)) {
      const factor = factorOf(form);
      if (!factor) continue;
      matched.add(form);
      let at = -1;
      for (const [post, gap] of coded.matchAll(/[a-z](\d*)/gi)) {
        at += 1 + Number(gap);
        const weight = block.base[at] * scale[letterOf(post)];
        best.set(first + at, Math.max(best.get(first + at) ?? 0, factor * weight));
        if (form === word) df += 1;
      }
    }
    first += block.count;
  }
  return { best, df: known ? df : best.size, matched };
}

/** Whether two different forms are one letter put in, left out, changed, or two neighbours swapped apart. */
export function oneSlip(one, other) {
  if (Math.abs(one.length - other.length) > 1) return false;
  let start = 0;
  let end = 0;
  const shorter = Math.min(one.length, other.length);
  while (start < shorter && one[start] === other[start]) start += 1;
  while (end < shorter - start && one.at(-1 - end) === other.at(-1 - end)) end += 1;
  const [a, b] = [one, other].map((form) => form.slice(start, form.length - end));
  return (a.length < 2 && b.length < 2) || (a.length === 2 && a === b[1] + b[0]);
}

function sections({ forms }, { headings }, found, words) {
  const rateOf = (held) => words.reduce((sum, { idf, matched }) => sum + (held.some((form) => matched.has(form)) ? idf : 0), 0);
  return headings
    .map((heading) => ({ ...heading, rate: rateOf(forms(heading.title)) }))
    .filter(({ rate }) => rate * 2 >= found)
    .sort((one, other) => other.rate - one.rate)
    .slice(0, SECTIONS);
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
