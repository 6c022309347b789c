/**
 * Asks the index of a locale.  The twin of kbgen/search/query.py, which tells the ranking; kbgen/search/manifest.py, shards.py, records.py
 * and numbers.py tell the files.  Same hits, same order.
 * Loads: the manifest when `load` is called; then, query by query, only the files that hold its words and its results, side by side;
 *        meant.mjs for what few queries need: slips of the finger, the other Chinese, phrases in quotes, filters.
 * Errors: `load` rejects when the manifest cannot be had (after one more try) or is none; `search` never throws, whatever is typed:
 *         what cannot be had after one more try stands in `missing`, and what has come still answers.
 */
import { analyser, joined, pieces, whole } from "./analyze.mjs";
import { LAST, between, directoryOf, numbers, recordsOf, shardOf, spans, unfolded } from "./files.mjs";

const SLOTS = 256;
const NAME = 7; // letters
const [EXACT, SYNONYM, PREFIX, KIN, LONGER, SLIP_KIN] = [20, 16, 12, 10, 8, 4];
const [PAIRED, PAIRED_PREFIX, WHOLE, BEGINS, GAP] = [24, 14, 80, 15, 6];
const SURE = { [KIN]: 15, [SLIP_KIN]: 10 };
const MOST_WORDS = 32;
const MOST_SHARDS = 4;
const PATIENCE = 8000; // milliseconds after which a file that does not come counts as missing, so that the others can answer

const loaded = new Map();
let trust = "no-cache"; // in what the browser keeps of a manifest

/**
 * @param {string} url  Of the manifest.
 * @param {(url: string) => Promise<Response>} get  How a file is had; for tests.
 * @returns {Promise<object>} The index; the same one for the same URL.
 */
export function load(url, get = fetch) {
  const whole = new URL(url, globalThis.location?.href);
  const { href } = whole; // the name under which `search` drops an index whose files are gone
  if (!loaded.has(href)) {
    const opening = had(url, get, { cache: trust }).then((file) => opened(file, whole, get));
    loaded.set(href, opening);
    opening.catch(() => loaded.delete(href));
  }
  return loaded.get(href);
}

async function had(url, get, how, as = "json") {
  const once = async () => {
    const answer = await get(url, how ?? { signal: AbortSignal.timeout(PATIENCE) });
    if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
    return answer[as]();
  };
  return once().catch((error) => {
    if (error.name === "TimeoutError") throw error;
    return once();
  });
}

function opened(file, url, get) {
  if (file.version !== 3) throw new Error("no search index of version 3");
  const base = new URL(file.base, url).href;
  const top = new URL("../../", url).href;
  for (const name of ["separators", "marks", "grams"]) file.rules[name] = [spans(file.rules[name])];
  return Object.assign(file, tools, {
    forms: analyser(file.rules),
    light: new Set(file.rules.light),
    directory: directoryOf([file.shards, file.names]),
    files: new Map(),
    url: url.href,
    get: (name) => had(`${base}${name}.json`, get),
    text: (page) => had(`${top}${page}index.md`, get, undefined, "text"),
  });
}

const pageOf = async (index, name) => directoryOf(await index.get(name));
const shard = async (index, name) => shardOf(await index.get(name), index);
const records = async (index, name) => recordsOf(await index.get(name), index);

/**
 * @param {object} index  What `load` gave.
 * @param {string} text  Anything; what looks like an operator is text; cut at 200 characters.
 * @param {{limit?: number, category?: string, kind?: string, tag?: string, facets?: boolean, literal?: boolean, still?: () => Promise<boolean>}} wish
 *   `category`: the beginning of the categories' URLs; `facets`: count them even when nothing is filtered, which loads one file more;
 *   `literal`: do not look for what was meant by words that no article has; `still`: asked before files are fetched, may wait, and says
 *   whether the answer is still wanted (if not, what is returned is not one).
 * @returns {Promise<object[]>}  Hits, best first: {number, url, title, description, category, kind, tags, lang ("" or that of an article lent from another locale), headings, score, sections:
 *   [{id, title}]}; the array carries `total` (all that match), `words` (Set of the forms that were meant), `marks` (Map: title or
 *   description -> its pieces, every second of which was meant), `corrected` (the
 *   query as it was probably meant, "" when every word is known), `missing` (names of files that did not come) and `facets` ({category,
 *   kind, tag}: value -> how many of all that match; null when not loaded).
 */
export async function search(index, text, wish = {}) {
  for (;;) {
    await breath();
    const [wanted, lost] = [new Map(), new Set()];
    const hits = answered({ ...index, wanted, lost }, [...String(text)].slice(0, 200).join(""), wish);
    if (!wanted.size || (wish.still && !(await wish.still()))) {
      await breath(); // whoever shows the answer begins a task of its own
      lost.forEach((name) => index.files.delete(name));
      if (lost.size) {
        loaded.delete(index.url);
        trust = "reload"; // a host that compares times may call the manifest of another build unchanged
      }
      const texts = hits.flatMap((hit) => [hit, ...hit.sections].flatMap(({ title, description = "" }) => [title, description]));
      const marks = new Map(texts.map((one) => [one, pieces(index.forms, hits.words, one)]));
      return Object.assign(hits, { missing: [...lost], marks });
    }
    const settle = async ([name, read]) => {
      try {
        const file = await read(index, name);
        await breath();
        index.files.set(name, file);
      } catch (error) {
        console.error(error);
        index.files.set(name, null);
      }
    };
    await Promise.all([...wanted].map(settle));
  }
}

/** Lets the page react between two pieces of work. */
const breath = () => globalThis.scheduler?.yield?.() ?? new Promise((done) => setTimeout(done));

/** A file that is there; undefined: it has to be waited for, null: it cannot be had. */
function take({ files, wanted, lost }, name, read) {
  const file = files.get(name);
  if (file === undefined) wanted.set(name, read);
  if (file === null) lost.add(name);
  return file;
}

const more = (index) => take(index, "meant", () => import("./meant.mjs"));

/** The names of the shards from the one that holds a form, if any does, to that of another. */
function places(index, first, last) {
  let { directory } = index;
  if (index.deep) {
    const pages = between(directory, first, last).slice(0, 2).map((name) => take(index, name, pageOf));
    if (!pages.every(Boolean)) return [];
    directory = [0, 1].map((side) => pages.flatMap((page) => page[side]));
  }
  return between(directory, first, last);
}

function home(index, form) {
  const [name] = places(index, form, form);
  return name && take(index, name, shard);
}

function range(index, start, around) {
  let names = places(index, start, start + LAST);
  if (around) names = names.slice(Math.max(0, names.indexOf(places(index, around, around)[0]) - 4)).slice(0, 8);
  else names = names.slice(0, MOST_SHARDS);
  return names.map((name) => take(index, name, shard)).filter(Boolean);
}

/** Whether an article holds a form. */
const has = (index, form) => (home(index, form)?.row(form) ?? -1) >= 0;

// What meant.mjs needs; it imports nothing, for modules must not import each other in a ring.
const tools = { add, all, beginning, has, numbers, range, recordOf, take, unfolded };

function answered(index, text, wish) {
  const { forms } = index;
  const apart = joined(forms(text).slice(0, MOST_WORDS));
  const typed = compounds(index, apart);
  const words = wordsOf(index, typed, wish);
  const sums = new Map();
  const found = new Map();
  let total = 0;
  for (const { best, sure, idf } of words) {
    for (const [number, weight] of best) {
      sums.set(number, (sums.get(number) ?? 0) + idf * weight);
      found.set(number, (found.get(number) ?? 0) + idf * sure.get(number));
    }
    total += idf * EXACT;
  }
  for (const { best, idf } of phrases(index, typed.map(({ word }) => word), apart.map(({ word }) => word))) {
    for (const [number, weight] of best) if (sums.has(number)) sums.set(number, sums.get(number) + idf * weight);
  }
  const grams = words.some(({ word }) => forms.gram.test(word));
  const filtered = wish.category || wish.kind || wish.tag;
  const chosen = filtered ? more(index)?.chosen(index, wish) : () => true;
  let kept = [];
  let most = 0;
  for (const [number, held] of found) {
    if (!held || !chosen?.(number)) continue;
    const share = held / total;
    kept.push({ number, held, score: sums.get(number) * (grams ? share * share : share * share * share) });
    most = Math.max(most, held);
  }
  kept = kept.filter(({ held }) => held * 5 >= most * 2).sort((one, other) => other.score - one.score || one.number - other.number);
  if (/["“”„«»「『]/.test(text) && !index.wanted.size) kept = more(index)?.quoting(index, text, kept) ?? kept;
  const hits = (index.wanted.size ? [] : kept.slice(0, wish.limit ?? 10)).flatMap(({ number, held, score }) => {
    const record = recordOf(index, number);
    return record ? { number, ...record, score, sections: sections(index, record, Math.floor(held / EXACT), words) } : [];
  });
  const meant = new Map(words.filter((one) => one.meant).map((one) => [one.word, one.meant]));
  return Object.assign(hits, {
    total: kept.length,
    words: new Set(words.flatMap((one) => [...one.factors.keys()])),
    corrected: meant.size ? more(index).corrected(index, text, meant, hits) : "",
    facets: filtered || wish.facets ? (more(index)?.counted(index, kept) ?? null) : null,
  });
}

function wordsOf(index, typed, { literal }) {
  const { light, synonyms } = index;
  const stands = new Map();
  for (let size = 1; size < 7; size += 1) {
    for (let at = 0; at + size <= typed.length; at += 1) {
      const window = typed.slice(at, at + size).map(({ word }) => word);
      const key = window.join("+");
      if (Object.hasOwn(synonyms, key)) window.forEach((word) => stands.set(word, [...(stands.get(word) ?? []), ...synonyms[key]]));
    }
  }
  const telling = typed.filter(({ word }) => !light.has(word));
  const some = new Map((telling.length ? telling : typed).map((one) => [one.word, one]));
  return [...some.values()].map((one) => {
    const same = stands.get(one.word) ?? [];
    const asked = ask(index, one, typed, literal || same.length > 0);
    add(asked.factors, same, SYNONYM);
    weigh(index, asked);
    const df = asked.df || asked.best.size;
    return { ...asked, df, idf: idfOf(index, df) };
  });
}

/** Neighbours that are written as one word too become that word: wi, fi -> wifi. */
function compounds(index, typed) {
  const found = [];
  for (let at = 0; at < typed.length; at += 1) {
    const [one, other] = [typed[at], typed[at + 1]];
    if (other && joins(index, one, other) && has(index, one.word + other.word)) {
      found.push({ word: one.word + other.word, parts: [one.word, other.word] });
      at += 1;
    } else found.push(one);
  }
  return found;
}

function joins({ light, forms }, one, other) {
  if (one.parts.length || other.parts.length || (light.has(one.word) && light.has(other.word))) return false;
  return !forms.gram.test(one.word) && !forms.gram.test(other.word) && !/^\d+$/.test(one.word + other.word);
}

const idfOf = ({ count }, df) => Math.max(1, Math.floor(1000 * Math.log(1 + (count - df + 0.5) / (df + 0.5)) + 0.5));

function recordOf(index, number) {
  const slot = number % SLOTS;
  const chunk = slot >> 4;
  const at = ((number - slot) / SLOTS) * NAME;
  return take(index, index.records.slice(at, at + NAME) + chunk.toString(16), records)?.get(slot);
}

function ask(index, { word, parts }, typed, literal) {
  const factors = new Map();
  const asked = { word, factors, df: 0, best: new Map(), sure: new Map() };
  const shard = home(index, word);
  if (!shard) return asked;
  const row = shard.row(word);
  if (parts.length) add(factors, [together(index, parts)], EXACT);
  if (word === typed.at(-1).word || row < 0) add(factors, beginning(index, word), row < 0 ? PREFIX : LONGER);
  if (row >= 0) {
    asked.df = parts.length ? 0 : shard.df(row);
    add(factors, shard.kin(row), KIN);
    add(factors, [word], EXACT);
  } else if (index.forms.gram.test(word)) {
    more(index)?.variants(index, asked, typed, literal);
  } else if (!factors.size && !literal && !index.wanted.size) {
    asked.meant = more(index)?.meantBy(index, word, factors);
    const its = asked.meant && home(index, asked.meant);
    if (its) add(factors, its.kin(its.row(asked.meant)), SLIP_KIN);
  }
  if (index.forms.gram.test(word)) add(factors, [[...word].join("+")].filter((form) => has(index, form)), GAP);
  return asked;
}

/** What stands for articles that hold all parts of a word, light ones left out where others remain. */
function together({ light }, parts) {
  const telling = parts.filter((part) => !light.has(part));
  return (telling.length ? telling : parts).join(" ");
}

/** The titles and headings that hold neighbours of the query as neighbours, and the texts that are what was typed, or begin so. */
function phrases(index, typed, apart) {
  const { forms, light } = index;
  const says = (one, other) => !light.has(one) && !forms.gram.test(one) && !forms.gram.test(other);
  const pairs = new Set(typed.slice(1).flatMap((other, at) => (says(typed[at], other) ? `${typed[at]}+${other}` : [])));
  const asked = [...pairs].map((pair) => {
    const factors = new Map([[pair, PAIRED]]);
    if (pair.endsWith(`+${typed.at(-1)}`)) add(factors, (home(index, pair)?.rows(pair) ?? []).filter((form) => !form.endsWith("+")), PAIRED_PREFIX);
    return factors;
  });
  const names = [typed, apart].flatMap((words) => [true, false].map((lightly) => whole(words, light, forms.gram, lightly))).filter(Boolean);
  const begun = names.map((name) => name.slice(0, -1)).flatMap((name) => range(index, name).flatMap((shard) => shard.rows(name)));
  const factors = new Map();
  add(factors, begun.filter((form) => form.endsWith("+")), BEGINS);
  add(factors, names, WHOLE);
  return [...asked, factors].map((its) => {
    const best = new Map();
    weigh(index, { factors: its, best, sure: new Map() });
    return { best, idf: idfOf(index, best.size) };
  });
}

function add(factors, forms, factor) {
  forms.forEach((form) => factors.set(form, Math.max(factors.get(form) ?? 0, factor)));
}

function weigh(index, { factors, best, sure }) {
  for (const [key, factor] of factors) {
    const give = (number, value) => {
      best.set(number, Math.max(best.get(number) ?? 0, factor * value));
      sure.set(number, Math.max(sure.get(number) ?? 0, SURE[factor] ?? EXACT));
    };
    if (key.includes(" ")) all(index, key.split(" ")).forEach((value, number) => give(number, value));
    else home(index, key)?.each(key, give);
  }
}

/** The articles that hold all of some forms, and the least of their values there. */
function all(index, some) {
  let held;
  for (const form of some) {
    const both = new Map();
    home(index, form)?.each(form, (number, value) => (!held || held.has(number)) && both.set(number, Math.min(value, held?.get(number) ?? value)));
    held = both;
  }
  return held;
}

function beginning(index, word) {
  if (word.length < 3 && !index.forms.gram.test(word) && (index.deep || index.directory[1].length > 3)) return more(index)?.frequent(index, word) ?? [];
  return range(index, word).flatMap((shard) => shard.rows(word).filter((form) => !form.includes("+")));
}

function sections({ forms }, { headings }, found, words) {
  const rateOf = (held) => words.reduce((sum, { idf, factors }) => sum + (held.some((form) => factors.has(form)) ? idf : 0), 0);
  return headings
    .map((heading) => ({ ...heading, rate: rateOf(forms(heading.title)) }))
    .filter(({ rate }) => rate && rate * 2 >= found)
    .sort((one, other) => other.rate - one.rate)
    .slice(0, 2);
}

/**
 * Loads and searches for ask.mjs, on the page or, by messages, in a worker.
 * @param {{url: string, text?: string, wish?: object, manifest?: string}} asked  Without `text` the index is only loaded; `manifest`: its
 *   file, where the page has it; `wish.language`: that in which `count` says how many match, {form, text}: the first number that a
 *   browser writes costs it more than a search.
 */
export async function answer({ url, text, wish, manifest }, still) {
  const get = (address, how) => {
    const file = manifest ? new Response(manifest) : fetch(address, how);
    manifest = "";
    return file;
  };
  const index = await load(url, get);
  if (text === undefined) return [];
  const hits = await search(index, text, { ...wish, still });
  const { total } = hits;
  const { language } = wish;
  return Object.assign(hits, { count: { form: new Intl.PluralRules(language).select(total), text: total.toLocaleString(language) } });
}

if (globalThis.WorkerGlobalScope) {
  onmessage = ({ data, ports: [port] }) => {
    const still = () => new Promise((done) => {
      port.onmessage = (told) => done(told.data);
      port.postMessage("still");
    });
    port.postMessage("here");
    answer(data, still).then((hits) => port.postMessage({ hits }), (error) => port.postMessage({ error: `${error}` }));
  };
}
