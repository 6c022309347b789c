/**
 * Opens search, and loads it when the reader wants it.  Part of the script of every page; search.mjs comes with the first focus.
 * Enhances: [data-module="kb-search"], a dialog, a hero or a list; without this script its form leads to the search page.
 * Keys:     "/" (not while typing) and openers ([data-search-open]) go to the field in the page, or open the dialog;
 *           Ctrl+K and Cmd+K open the dialog, or go to the field in the page.
 * Needs:    [data-search-field]; data-script, data-query, data-index; data-early where the script imports one.  Leaves the answer for data-index in `manifest`.
 * Errors:   throws if there is no [data-search-field]; what cannot be loaded shows [data-search-error].
 */
let listening = false;

function enhance(element) {
  const field = element.querySelector("[data-search-field]");
  if (!field) throw new Error("kb-search: [data-search-field] is missing");
  let ready;
  const start = () => {
    ready ??= brought(element).then((module) => module.default(element));
    ready.catch((error) => {
      ready = undefined;
      failed(element, error);
    });
  };
  field.addEventListener("focus", start);
  element.addEventListener("click", (event) => event.target.closest("[data-search-retry]") && start());
  const { initial } = element.dataset;
  if (initial === "path" || (initial === "url" && new URLSearchParams(location.search).get("q")) || field === document.activeElement) start();
  if (element.localName === "dialog") closable(element, field);
  if (!listening) listen();
  listening = true;
}

/** Asks for everything at once: on a slow line each round trip counts, so nothing waits for the script that will want it. */
function brought(element) {
  const { script, early, query, index } = element.dataset;
  element.manifest = fetch(index, { cache: "no-cache" });
  element.manifest.catch(() => {});
  for (const href of [early ?? script, query]) document.head.append(Object.assign(document.createElement("link"), { rel: "modulepreload", href }));
  return import(script);
}

function failed(element, error) {
  console.error(error);
  element.dataset.state = "error";
  const said = element.querySelector("[data-search-error]");
  if (!said) return;
  said.hidden = false;
}

function closable(dialog, field) {
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest("[data-search-close]")) dialog.close();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing) return;
    event.preventDefault(); // a search field would only clear itself
    dialog.close();
  });
}

function listen() {
  const dialog = document.querySelector('dialog[data-module="kb-search"]');
  const inPage = document.querySelector('[data-module="kb-search"]:not(dialog)');
  const show = (element) => {
    if (element.localName === "dialog" && !element.open) element.showModal();
    const field = element.querySelector("[data-search-field]");
    field.focus();
    field.select();
  };
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.altKey) return;
    if (event.key === "Escape" && parent !== self) parent.postMessage("kb-close", "*"); // suggest.mjs shows the page in a frame
    const command = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "k";
    const slash = event.key === "/" && !event.ctrlKey && !event.metaKey && !typing(event.target);
    if (!command && !slash) return;
    event.preventDefault();
    show(command ? (dialog ?? inPage) : dialog?.open ? dialog : (inPage ?? dialog));
  });
  document.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || !event.target.closest("[data-search-open]")) return;
    event.preventDefault();
    show(inPage ?? dialog);
  });
}

const typing = (target) => target.isContentEditable || /^(input|textarea|select)$/.test(target.localName);

export default enhance;
