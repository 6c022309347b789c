/**
 * What few queries need, beside query.mjs, which loads it then: words that no article has, the other way of writing Chinese, phrases in
 * quotes, filters.  The twin of the same parts of kbgen/search/query.py.
 * Imports nothing: query.mjs lends its tools with the index.
 * Errors: none of its own; a file that is not there yet is asked for by `take`, and the query is answered again when it has come.
 */
const SLOTS = 256;
const [EXACT, VARIANT, SLIP, PREFIX, SLIPS] = [20, 18, 14, 12, 9];
const MOST_FORMS = 8;
const MOST_LOOKS = 20;
// Letters beyond the first 65,536 count as two here and as one in Python, so forms that hold one are taken as they are.
const ASTRAL = /[\ud800-\udfff]/;

/** Reads the file of the most frequent words. */
async function headOf(index, name) {
  const [coded, rates] = await index.get(name);
  const all = index.numbers(rates);
  return index.unfolded(coded).map((form, at) => ({ form, rate: all[at] }));
}

const head = (index) => index.take(index, index.head, headOf) ?? [];

/** The most frequent words that begin so. */
export function frequent(index, word) {
  const some = head(index).filter(({ form }) => form.startsWith(word));
  return some.sort((one, other) => other.rate - one.rate || (one.form < other.form ? -1 : 1)).slice(0, MOST_FORMS).map(({ form }) => form);
}

/** Looks for what was meant by a word that no article has: a number and its unit, another form of it, or words that are near. */
export function meantBy(index, word, factors) {
  const parts = word.match(/[0-9]+|[^0-9]+/g);
  if (parts.length > 1 && index.all(index, parts).size) {
    factors.set(parts.join(" "), EXACT);
    return "";
  }
  if (word.length < 4 || /^\d+$/.test(word) || ASTRAL.test(word) || index.light.has(word)) return "";
  const most = word.length < 8 ? 1 : 2;
  const near = new Map();
  const same = [];
  const look = (form, rate) => {
    const steps = slips(word, form, most);
    if (steps <= most && !near.has(form)) near.set(form, { form, steps, rate: rate() });
  };
  for (const shard of index.range(index, word.slice(0, 3), word)) {
    shard.forms.forEach((form, row) => {
      look(form, () => shard.df(row));
      if (isForm(index, word, form)) same.push({ form, rate: shard.df(row) });
    });
  }
  for (const { form, rate } of head(index)) look(form, () => 2 ** Math.floor(rate / 2));
  const best = [...near.values()]
    .sort((one, other) => one.steps - other.steps || other.rate - one.rate || (one.form < other.form ? -1 : 1))
    .slice(0, MOST_FORMS);
  for (const { form, steps } of best) factors.set(form, steps === 1 ? SLIP : SLIPS);
  const order = (one, other) => other.rate - one.rate || (one.form < other.form ? -1 : 1);
  for (const { form } of same.sort(order).slice(0, MOST_FORMS)) factors.set(form, SLIP);
  return same.length ? "" : (best[0]?.form ?? "");
}

/** Whether two forms differ by their endings alone. */
function isForm({ rules: { endings } }, word, form) {
  let at = /^[\0-\x7f]*$/.test(word) ? 4 : 3;
  if (word.slice(0, at) !== form.slice(0, at) || Math.min(word.length, form.length) < at) return false;
  const ends = (rest) => !rest || endings.includes(rest);
  for (; at <= word.length && at <= form.length && word.slice(0, at) === form.slice(0, at); at += 1) {
    if (ends(word.slice(at)) && ends(form.slice(at))) return true;
  }
  return false;
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

/** Reads the file of characters that are written in two ways. */
const groupsOf = async (index, name) => (await index.get(name)).map((group) => [...group]);

/** Looks for what a pair of letters is called in the other way of writing; if it is not, for letters that changed places. */
export function variants(index, { word, factors }, typed, literal) {
  const groups = index.characters ? index.take(index, index.characters, groupsOf) : [];
  const options = (letter) => [letter, ...(groups ?? []).filter((group) => group[0] === letter).flatMap((group) => group.slice(1))];
  const letters = [...word];
  const all = letters.reduce((made, letter) => made.flatMap((start) => options(letter).map((end) => start + end)), [""]).slice(1, MOST_FORMS + 1);
  index.add(factors, all.filter((form) => index.has(index, form)), VARIANT);
  if (letters.length < 2) {
    index.add(factors, all.flatMap((form) => index.beginning(index, form)), PREFIX);
  } else if (!factors.size && !literal && !index.wanted.size) {
    const after = typed.map((other) => [...other.word]).filter((other) => other.length === 2 && other[0] === letters[1]);
    const near = [letters[1] + letters[0], ...after.map((other) => letters[0] + other[1])];
    index.add(factors, near.filter((form) => index.has(index, form)), SLIP);
  }
}

/** The query with the words that were meant, as the hits write them. */
export function corrected({ forms }, text, meant, hits) {
  const shown = hits.map(({ title, description, headings }) => [title, description, ...headings.map((one) => one.title)].join(" ")).join(" ");
  const words = shown.match(forms.word) ?? [];
  const written = (form) => words.find((word) => forms(word)[0] === form)?.toLowerCase() ?? form;
  return text.replace(forms.word, (word) => (meant.has(forms(word)[0]) ? written(meant.get(forms(word)[0])) : word)).trim();
}

/** Reads the plain text of an article, which not every one has. */
const textOf = (index, page) =>
  index.text(page).catch((error) => {
    if (!/: 4(04|10)$/.test(error.message)) throw error;
    return "";
  });

/** Keeps the articles whose record, or else whose text, holds what stands in quotes. */
export function quoting(index, text, kept) {
  const spaced = (found) => ` ${index.forms(found).join(" ")} `;
  const phrases = [...text.matchAll(/["“”„«»「『]([^"“”„«»「」『』]+)["“”«»」』]/g)].map(([, phrase]) => spaced(phrase)).filter((phrase) => phrase.trim());
  const holds = ({ number }) => {
    const record = index.recordOf(index, number);
    if (!record) return false;
    const shown = [record.title, record.description, ...record.headings.map(({ title }) => title)].map(spaced);
    const left = phrases.filter((phrase) => !shown.some((one) => one.includes(phrase)));
    if (!left.length) return true;
    const all = spaced(index.take(index, record.url, textOf) ?? "");
    return left.every((phrase) => all.includes(phrase));
  };
  return phrases.length ? kept.slice(0, MOST_LOOKS).filter(holds) : kept;
}

/** Reads the file of categories, kinds and tags: number of an article -> its own. */
async function facetsOf(index, name) {
  const [categories, kinds, tags, text] = await index.get(name);
  const all = index.numbers(text);
  const found = new Map();
  for (let at = 0, block = 0; at < all.length; block += 1) {
    for (let left = all[at++]; left; left -= 1) {
      const [slot, category, kind, count] = all.slice(at, (at += 4));
      const its = all.slice(at, (at += count)).map((tag) => tags[tag]);
      found.set(block * SLOTS + slot, { category: categories[category], kind: kinds[kind], tags: its });
    }
  }
  return found;
}

const facetsIn = (index) => index.take(index, index.facets, facetsOf);

/** Says which articles a wish chooses. */
export function chosen(index, { category = "", kind = "", tag = "" }) {
  const facets = facetsIn(index);
  return (number) => {
    if (!category && !kind && !tag) return true;
    const its = facets?.get(number);
    return its && its.category.startsWith(category) && (!kind || kind === its.kind) && (!tag || its.tags.includes(tag));
  };
}

/** Counts what filters would leave of the articles that match. */
export function counted(index, kept) {
  const facets = facetsIn(index);
  if (!facets) return null;
  const counts = { category: {}, kind: {}, tag: {} };
  for (const { number } of kept) {
    const { category, kind, tags = [] } = facets.get(number) ?? {};
    for (const [table, values] of [[counts.category, [category]], [counts.kind, [kind]], [counts.tag, tags]]) {
      for (const value of values) table[value] = (table[value] ?? 0) + 1;
    }
  }
  return counts;
}
