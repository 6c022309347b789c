/**
 * Reads the files of an index; kbgen/search/manifest.py, shards.py, records.py and numbers.py tell them.  Part of query.mjs.
 * Pure: no page, no network.
 */
export const LAST = "\uffff"; // comes after every form

/** Forms that are written one after the other, each without what it shares with the one before. */
export function unfolded(text) {
  let form = "";
  return (text.match(/[A-Z][^A-Z]*/g) ?? []).map((coded) => (form = form.slice(0, coded.charCodeAt(0) - 65) + coded.slice(1)));
}

export function numbers(text) {
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

/** The ranges of the rule book as its own files write them: "41-5A 61-7A". */
export function spans(text) {
  const all = numbers(text);
  let at = 0;
  return all.map((far) => (at += far).toString(16).toUpperCase()).join("-").replace(/(-[^-]+)-/g, "$1 ");
}

export const directoryOf = ([separators, names]) => [unfolded(separators), names.match(/.{7}/g) ?? []];

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

export function shardOf([coded, postings, kin], { cut }) {
  const [forms, all] = [unfolded(coded), numbers(postings)];
  let at = 0;
  const starts = [...forms, ""].map(() => {
    const start = at;
    at += all[at] > cut ? 2 + 2 * (cut + all[at + 1]) : 1 + 2 * all[at];
    return start;
  });
  const families = [];
  numbers(kin).forEach((back, place) => families.push(back ? families[place - back] : place));
  const rowOf = (form) => (forms[placeOf(forms, form)] === form ? placeOf(forms, form) : -1);
  return {
    forms,
    row: rowOf,
    rows: (start) => forms.slice(placeOf(forms, start), placeOf(forms, start + LAST)),
    df: (row) => all[starts[row]],
    kin: (row) => forms.filter((_, other) => families[other] === families[row]),
    each(form, give) {
      const row = rowOf(form);
      const first = starts[row] + 1 + (all[starts[row]] > cut); // no number for a form that is not here, so nothing is given
      for (let number = 0, one = first; one < starts[row + 1]; one += 2) give((number += all[one]), all[one + 1]);
    },
  };
}

export function recordsOf(rows, { forms }) {
  const section = (one) => (typeof one === "string" ? { id: forms(one).join("-"), title: one } : { id: one[1], title: one[0] });
  const record = ([slot, url, title, description, category, kind, tags, headings, lang = ""]) => [
    slot,
    { url, title, description, category, kind, tags, lang, headings: headings.map(section) },
  ];
  return new Map(rows.map(record));
}

export function between([separators, names], first, last) {
  const at = (form) => placeOf(separators, form + "\0");
  return names.slice(Math.max(0, at(first) - 1), Math.max(1, at(last)));
}
