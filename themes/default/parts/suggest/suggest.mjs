/**
 * Offers articles of the portal on any page of the company, while somebody types into a field; opens the answer in place.
 * Use:      <script type="module" src="https://help.example/suggest.mjs" data-field="#subject" data-locale="ca" data-limit="4" data-ask="no"></script>, or
 *           import { suggest } from "https://help.example/suggest.mjs"; suggest(field, { locale: "ca" });
 * Shows:    a list after the field, in a shadow tree: the page's styles do not reach it; its tokens --kb-accent and the like do.  An answer
 *           is the portal's own page in a sandboxed frame, so nothing of the portal's text becomes part of the page around it.
 * Tells:    the field gets "kb-suggest" events, detail {what: "offered" | "opened" | "asked", query, url}; nothing else leaves the page.
 * Errors:   rejects if the portal has no such language or does not let this page in; a search that fails takes the offers away.
 */
import { load, search } from "../search/query.mjs";

const PORTAL = new URL("..", import.meta.url).href;
const [WAIT, FAR] = [250, 10]; // milliseconds without a key before articles are looked up; less than such a part of the best score is no answer
const SANDBOX = "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox";
const STYLE = [
  ":host{display:block;--accent:var(--kb-accent,light-dark(#0e6b5c,#74d3be));--ink:var(--kb-ink,light-dark(#1b2326,#e4e9e8));--paper:var(--kb-surface,light-dark(#fff,#1a1f22));--line:var(--kb-line,light-dark(#e4e0d8,#2c3437));font:1rem/1.5 system-ui,sans-serif}",
  "[hidden]{display:none!important}*{box-sizing:border-box}",
  "section,dialog{color:var(--ink);background:var(--paper);border:1px solid var(--line);border-radius:.75rem}",
  "section{margin-block:.5rem;padding:.9rem 1rem .6rem}h2{font-size:1rem;margin:0}ul{list-style:none;margin:.4rem 0;padding:0}",
  "li+li{border-block-start:1px solid var(--line)}a{color:var(--accent)}li a{display:block;padding-block:.5rem;text-decoration:none;font-weight:600}",
  "li a:hover{text-decoration:underline}li span{display:block;color:var(--ink);opacity:.8;font-weight:400;font-size:.9375em}mark{background:color-mix(in oklab,var(--accent) 18%,transparent);color:inherit;border-radius:3px}",
  ".foot{margin:.2rem 0;font-size:.9375em}.hush{position:absolute;inline-size:1px;block-size:1px;overflow:hidden;clip-path:inset(50%)}",
  "dialog{padding:0;inline-size:min(46rem,100vw - 1rem);max-inline-size:none;block-size:min(52rem,100dvh - 1rem);max-block-size:none;overflow:hidden;color-scheme:light dark}",
  "dialog[open]{display:flex;flex-direction:column}dialog::backdrop{background:rgb(8 14 14/.5)}header{display:flex;gap:1rem;align-items:center;justify-content:space-between;padding:.3rem 1rem;border-block-end:1px solid var(--line)}",
  "button{font:inherit;color:inherit;min-inline-size:2.75rem;min-block-size:2.75rem;border:0;border-radius:.5rem;background:none;cursor:pointer}iframe{flex:1;inline-size:100%;border:0}",
  ":focus-visible{outline:2px solid var(--accent);outline-offset:2px}@media(max-width:40rem){dialog{inline-size:100vw;block-size:100dvh;border:0;border-radius:0;margin:0}}",
].join("");

/**
 * @param {HTMLInputElement | HTMLTextAreaElement} field
 * @param {{locale?: string, limit?: number, ask?: boolean}} wish  `locale`: one of the portal's, else the page's language;
 *   `ask`: false takes away the way to the portal's own form.
 * @returns {Promise<Element>} What was put after the field.
 */
export async function suggest(field, { locale = document.documentElement.lang, limit = 4, ask = true } = {}) {
  const facts = await about(locale);
  if (!ask) facts.contact = "";
  const index = new URL(facts.index, PORTAL).href;
  const view = shown(facts);
  const tell = (what, url) => field.dispatchEvent(new CustomEvent("kb-suggest", { bubbles: true, detail: { what, query: asked(), url } }));
  const asked = () => [...field.value.trim()].slice(0, 200).join("").replace(/\p{Cs}/gu, "");
  let [timer, turn] = [0, 0];
  const offer = async () => {
    const mine = (turn += 1);
    const text = asked();
    const found = text.length > 1 ? await search(await load(index), text, { limit }) : [];
    const hits = found.filter(({ score }) => score * FAR >= found[0].score);
    if (mine !== turn) return;
    view.offer(hits, found.marks);
    if (hits.length) tell("offered");
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => offer().catch((error) => {
      view.offer([]);
      console.error("kb-suggest:", error);
    }), WAIT);
  };
  view.ask?.addEventListener("click", () => {
    view.ask.href = `${PORTAL}${facts.contact}?query=${encodeURIComponent(asked())}`;
    tell("asked", view.ask.href);
  });
  view.list.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    view.open(link);
    tell("opened", link.href);
  });
  field.addEventListener("input", (event) => event.isComposing || soon());
  field.addEventListener("compositionend", soon);
  field.after(view.host);
  if (field.value) soon();
  return view.host;
}

/** What the portal says about a locale: words, direction, addresses.  "ca-ES" takes those of "ca", "zh-TW" those of "zh-Hant". */
async function about(locale) {
  const own = new Intl.Locale(locale.replace(/_/g, "-"));
  const { language, script } = own.maximize();
  for (const tag of new Set([own.baseName, `${language}-${script}`, language])) {
    const answer = await fetch(`${PORTAL}${tag}/suggest.json`, { credentials: "omit" });
    if (!answer.ok) continue;
    const facts = await answer.json();
    if (PORTAL.startsWith(`${origin}/`) || facts.origins.includes(origin)) return facts;
    throw new Error(`kb-suggest: [suggest] origins of ${PORTAL} does not name ${origin}`);
  }
  throw new Error(`kb-suggest: ${PORTAL} has no articles in "${locale}"`);
}

function shown(facts) {
  const { words } = facts;
  const make = (name, facts = {}, ...children) => {
    const node = Object.assign(document.createElement(name), facts);
    node.append(...children);
    return node;
  };
  const host = make("div");
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  const root = host.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [sheet];
  const plural = new Intl.PluralRules(facts.lang);
  const list = make("ul");
  const status = make("p", { className: "hush", role: "status" });
  const ask = facts.contact ? make("a", { href: `${PORTAL}${facts.contact}`, target: "_blank", rel: "noopener", textContent: words.ask }) : null;
  const foot = ask ? [make("p", { className: "foot" }, ask)] : [];
  const box = make("section", { hidden: true, ariaLabel: words.title }, make("h2", { textContent: words.title }), list, ...foot);
  const full = make("a", { target: "_blank", rel: "noopener", textContent: words.open });
  const close = make("button", { type: "button", ariaLabel: words.close, textContent: "✕" });
  const dialog = make("dialog", {}, make("header", {}, full, close));
  close.addEventListener("click", () => dialog.close());
  addEventListener("message", ({ data, source }) => {
    if (data === "kb-close" && source === dialog.querySelector("iframe")?.contentWindow) dialog.close(); // Escape within the article
  });
  dialog.addEventListener("close", () => dialog.querySelector("iframe")?.remove());
  for (const part of [box, status, dialog]) Object.assign(part, { lang: facts.lang, dir: facts.dir });
  root.append(box, status, dialog);

  const marked = (piece, at) => (at % 2 ? make("mark", { textContent: piece }) : piece);
  const offer = (hits, marks) => {
    list.replaceChildren(...hits.map(({ url, title, description }) => {
      const [link, name, about] = [make("a", { href: PORTAL + url }), make("b", { dir: "auto" }), make("span", { dir: "auto" })];
      name.append(...marks.get(title).map(marked));
      about.append(...marks.get(description).map(marked));
      link.dataset.title = title;
      link.append(name, about);
      return make("li", {}, link);
    }));
    box.hidden = !hits.length;
    const words = facts.found[plural.select(hits.length)] ?? facts.found.other;
    status.textContent = hits.length ? words.replace("{n}", hits.length.toLocaleString(facts.lang)) : "";
  };
  const open = (link) => {
    const frame = make("iframe", { title: link.dataset.title, referrerPolicy: "no-referrer" });
    frame.setAttribute("sandbox", SANDBOX);
    frame.src = full.href = link.href;
    dialog.ariaLabel = link.dataset.title;
    dialog.append(frame);
    dialog.showModal();
  };
  return { host, list, ask, offer, open };
}

for (const { src, dataset } of document.querySelectorAll("script[data-field]")) {
  if (!src.startsWith(PORTAL)) continue;
  const fields = [...document.querySelectorAll(dataset.field)];
  if (!fields.length) console.error(`kb-suggest: no field matches ${dataset.field}`);
  for (const field of fields) suggest(field, { locale: dataset.locale, limit: Math.max(1, dataset.limit || 4), ask: dataset.ask !== "no" }).catch(console.error);
}
