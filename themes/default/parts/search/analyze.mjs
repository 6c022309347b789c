/**
 * Text -> forms, by the rule book that travels in the index; analyze.py reads the same book and gives the same forms.
 * Pure: no page, no network.
 */

const quoted = (text) => [...text].map((letter) => `\\u{${letter.codePointAt(0).toString(16)}}`).join("");

const range = (lines) =>
  lines
    .join(" ")
    .split(" ")
    .map((span) => span.replace(/[0-9A-F]+/g, "\\u{$&}"))
    .join("");

/**
 * @param {object} book  The rules of a locale, as rules/*.json write them, merged.
 * @returns {(text: string) => string[]}  The forms in the order of the text; never throws. It carries
 *   `word` (RegExp: what may be marked as one word), `grams` (RegExp: a run of a script without spaces).
 */
export function analyser(book) {
  const separators = range(book.separators);
  const grams = range(book.grams);
  const inside = quoted(book.apostrophes + book.joiners);
  const outer = new RegExp(`(?![${quoted(book.inner)}${inside}])[${separators}]`, "gu");
  const word = new RegExp(`[^${separators}]+(?:[${inside}]+[^${separators}]+)*`, "gu");
  const apostrophes = new RegExp(`[${quoted(book.apostrophes)}]`, "u");
  const joiners = new RegExp(`[${quoted(book.joiners)}]+`, "u");
  const marks = new RegExp(`[${range(book.marks)}]+`, "gu");
  const runs = new RegExp(`[${grams}]+|[^${grams}]+`, "gu");
  const gram = new RegExp(`^[${grams}]`, "u");
  const fold = new Map(Object.entries(book.fold));

  const bare = (text) => {
    const parts = text.split(apostrophes);
    let first = 0;
    let last = parts.length;
    while (first < last - 1 && book.before.includes(parts[first])) first += 1;
    while (first < last - 1 && book.after.includes(parts[last - 1])) last -= 1;
    return parts.slice(first, last).join("");
  };

  const parted = (text) => {
    if (!joiners.test(text)) return [bare(text)].filter(Boolean);
    return text.match(runs).flatMap((run) => {
      const parts = run.split(joiners).map(bare).filter(Boolean);
      return parts.length > 1 ? [...parts, parts.join("")] : parts;
    });
  };

  const folded = (text) => {
    const plain = text.normalize("NFD").replace(marks, "");
    const letters = [...plain].map((letter) => fold.get(letter) ?? letter).join("").normalize("NFC");
    return (letters.match(runs) ?? []).flatMap((run) => {
      const points = [...run];
      if (points.length > 1 && gram.test(run)) return points.slice(1).map((point, at) => points[at] + point);
      return points.slice(0, book.longest).join("");
    });
  };

  const forms = (text) => {
    let clean = text.replace(outer, " ").normalize("NFKC").toLowerCase();
    for (const [old, by] of book.replace) clean = clean.replaceAll(old, by);
    return (clean.match(word) ?? []).flatMap(parted).flatMap(folded);
  };
  return Object.assign(forms, { word, gram, runs });
}

/** Brings the parts of a word with hyphens or half spaces together again: wi, fi, wifi -> {word: wifi, parts: [wi, fi]}. */
export function joined(forms) {
  const found = [];
  for (let at = 0; at < forms.length; at += 1) {
    let count = Math.min(5, forms.length - at - 1);
    while (count > 1 && forms[at + count] !== forms.slice(at, at + count).join("")) count -= 1;
    if (count > 1) found.push({ word: forms[at + count], parts: forms.slice(at, (at += count)) });
    else found.push({ word: forms[at], parts: [] });
  }
  return found;
}

/** One form for words as a whole, which begins with the first that says something; the twin tells it. */
export function whole(words, light, gram, lightly) {
  const some = words.filter((word) => !light.has(word));
  if (!some.length || (lightly && some.length === 1)) some.push(...words.filter((word) => light.has(word)));
  const letters = some.slice(0, 6).map((word) => [...word]);
  const next = (word, at) => {
    const before = letters[at - 1];
    if (at && word.length === 2 && before.length === 2 && before[1] === word[0] && gram.test(word[0])) return word[1];
    return (at ? "+" : "") + (at < 2 ? word : word.slice(0, 3)).join("");
  };
  return letters.length ? `${letters.map(next).join("")}+` : "";
}

/** A text in pieces; every second one is what was meant. */
export function pieces(forms, words, text) {
  const meant = (piece) => forms(piece).some((form) => words.has(form));
  const found = [""];
  const put = (piece, marked) => (found.length % 2 === Number(marked) ? found.push(piece) : (found[found.length - 1] += piece));
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
  return found;
}
