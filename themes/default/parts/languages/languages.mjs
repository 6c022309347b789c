/**
 * Goes to the reader's language: the first of navigator.languages that the portal has.
 * Enhances: data-module="kb-languages" with links data-tag="zh-Hant"; without this script the reader chooses.
 * Stays:    when the reader came from one of the portal's own pages, or no language fits.
 */
const CHINESE = { TW: "Hant", HK: "Hant", MO: "Hant", CN: "Hans", SG: "Hans" };

/** Find the tag that serves a reader's language best: the same, then with the script of its region, then a longer or shorter one. */
export function closest(wanted, tags) {
  const parts = wanted.split("-");
  const language = parts[0].toLowerCase();
  const script = language === "zh" ? parts.find((part) => part.length === 4) || CHINESE[parts.at(-1).toUpperCase()] || "" : "";
  const low = (text) => text.toLowerCase();
  const tries = [wanted, script && `${language}-${script}`];
  if (language !== "zh") for (let length = parts.length - 1; length > 0; length--) tries.push(parts.slice(0, length).join("-"));
  for (const one of tries) {
    const found = one && tags.find((tag) => low(tag) === low(one));
    if (found) return found;
  }
  const kin = tags.filter((tag) => low(tag.split("-")[0]) === language);
  return kin.find((tag) => !script || low(tag).includes(low(script))) || (script ? "" : kin[0]) || "";
}

function enhance(element) {
  const links = [...element.querySelectorAll("a[data-tag]")];
  if (document.referrer && new URL(document.referrer).origin === location.origin) return;
  const tags = links.map((link) => link.dataset.tag);
  for (const wanted of navigator.languages) {
    const found = closest(wanted, tags);
    if (!found) continue;
    location.replace(links.find((link) => link.dataset.tag === found).href);
    return;
  }
}

export default enhance;
