/**
 * What every page of the desk needs: single keys as shortcuts, filters that apply themselves, no double sending.
 * Enhances: [data-key] (pressed by that key), <p data-module="keys-switch">, <form data-module="filters">; all of it works without.
 * Errors:   none; a browser that forbids storage forgets whether single keys are wanted.
 */
const store = {
  get(name) { try { return localStorage.getItem(name); } catch { return null; } },
  set(name, value) { try { localStorage.setItem(name, value); } catch { /* storage is forbidden */ } },
};
const keys = new Map();
const wanted = () => store.get("desk-keys") !== "off";

/** Says something to a screen reader, and shows nothing. */
export function say(text) {
  const live = document.getElementById("live");
  if (live) live.textContent = text;
}

/** Writes a count as the page's language does. */
export const number = (value) => new Intl.NumberFormat(document.documentElement.lang).format(value);

/** Lets a key do something; it stays a letter where somebody types. */
export function onKey(key, act) {
  keys.set(key, act);
}

/** Names a key by its letter, also on a keyboard of another script. */
function named(event) {
  if (event.key.length > 1 || /^[\x20-\x7e]$/.test(event.key)) return event.key.toLowerCase();
  return { BracketLeft: "[", BracketRight: "]", Slash: event.shiftKey ? "?" : "/" }[event.code] || event.code.replace("Key", "").toLowerCase();
}

/* With keys one walks over values that are not meant: only a choice by pointer applies itself. */
let isPointed = false;
document.addEventListener("pointerdown", () => { isPointed = true; }, true);
document.addEventListener("keydown", () => { isPointed = false; }, true);

const typing = (target) => target.closest("textarea, select, [contenteditable], input:not([type=checkbox], [type=radio])");

document.addEventListener("keydown", (event) => {
  const own = event.target.closest(".act"); // where a form has many acts, the one that the field belongs to
  const sends = event.ctrlKey || event.metaKey || (own && event.target.matches("input, select"));
  if (event.key === "Enter" && sends && event.target.form) {
    event.preventDefault();
    const button = [...(own || event.target.form).querySelectorAll("button:not([type=button], :disabled)")].find((one) => one.checkVisibility());
    if (button) event.target.form.requestSubmit(button);
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape" && typing(event.target)) {
    event.target.blur();
    return;
  }
  if (typing(event.target) || !wanted()) return;
  const act = keys.get(named(event));
  if (act && act(event) !== false) event.preventDefault();
});

for (const element of document.querySelectorAll("[data-key]")) onKey(element.dataset.key, () => element.click());
onKey("/", () => {
  const field = document.getElementById("find");
  const rail = document.getElementById("rail");
  if (rail && !field?.checkVisibility()) rail.showPopover();
  field?.focus();
  field?.select();
});
onKey("?", () => document.getElementById("keys")?.togglePopover());

const parts = {
  "keys-switch": (element) => {
    const box = element.querySelector("input");
    box.checked = wanted();
    box.addEventListener("change", () => store.set("desk-keys", box.checked ? "on" : "off"));
    element.hidden = false;
  },
  filters: (form) => form.addEventListener("change", (event) => {
    const isFolded = form.querySelector(":popover-open"); // on a phone several are chosen, then shown
    if (!isFolded && isPointed && event.target.matches("select")) form.requestSubmit();
  }),
};
for (const element of document.querySelectorAll("[data-module]")) parts[element.dataset.module]?.(element);

document.documentElement.classList.add("scripted");
document.addEventListener("submit", (event) => {
  if (event.target.method !== "post" || event.defaultPrevented) return;
  if (event.target.dataset.sent) event.preventDefault();
  else {
    event.target.dataset.sent = "yes";
    setTimeout(() => { delete event.target.dataset.sent; }, 5000); // who stopped the page may send again; the same message stays one
  }
});
addEventListener("pageshow", () => { for (const form of document.forms) delete form.dataset.sent; });
