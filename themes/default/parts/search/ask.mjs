/**
 * Asks query.mjs in a worker, so that no search holds the page; where none can start, or it dies, on the page.
 * Part of search.mjs and offers.mjs.
 */
const PATIENCE = 5000; // milliseconds in which a worker that has begun has to answer that it is there
let worker;
let begun;

function started(url) {
  try {
    const policy = globalThis.trustedTypes?.createPolicy("kb-search", { createScriptURL: () => url });
    return new Worker(policy?.createScriptURL("") ?? url, { type: "module" });
  } catch {
    return null; // the page's policy, or the browser, has none
  }
}

/**
 * @param {{query: string, index: string}} data  Addresses of query.mjs and of the manifest.
 * @param {Promise<Response>} manifest  What has been asked for already, if anything has.
 * @returns {(text?: string, wish?: object) => Promise<object[]>}  `search` of query.mjs, `still` being needed; without text it only loads.
 *   Rejects when the index, or query.mjs itself, cannot be had.
 */
export function asking(data, manifest) {
  const [query, url] = [data.query, data.index].map((address) => new URL(address, document.baseURI).href);
  let handed = manifest?.then((file) => file.ok && file.text()).catch(() => {});
  if (worker === undefined) worker = started(query);
  return async (text, { still, ...wish } = {}) => {
    const asked = { url, text, wish, manifest: await handed };
    handed = null;
    const told = worker && (await heard(asked, still));
    if (told?.error) throw new Error(told.error);
    if (told) return told.hits;
    return (await import(query)).answer(asked, still);
  };
}

/** What the worker answers; nothing if it is gone, and then it is not asked again. */
function heard(asked, still) {
  const { port1, port2 } = new MessageChannel();
  return new Promise((done) => {
    const gone = () => {
      worker?.terminate();
      done((worker = null));
    };
    const late = begun && setTimeout(gone, PATIENCE);
    worker.addEventListener("error", gone, { once: true });
    port1.onmessage = async ({ data }) => {
      clearTimeout(late);
      begun = true;
      if (data === "still") port1.postMessage(await still());
      else if (data !== "here") done(data);
    };
    worker.postMessage(asked, [port2]);
  }).finally(() => port1.close());
}
