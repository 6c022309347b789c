/**
 * Asks our own engine, the very script of the theme, every query of one locale, in node:  node ours.mjs ENGINE.mjs INDEX WORK LOCALE
 * INDEX is the address of the locale's index within the folder that `kbgen build` or direct.py has written, as a path.
 * Prints what peers.mjs prints; "bytes" is what all queries together have read.
 */
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

const [engine, path, work, locale] = process.argv.slice(2);
let bytes = 0;
globalThis.fetch = async (url) => {
  try {
    const data = await readFile(new URL(url));
    bytes += gzipSync(data).length;
    return new Response(data);
  } catch {
    return new Response("", { status: 404 });
  }
};
const { load, search } = await import(pathToFileURL(resolve(engine)));
let start = performance.now();
const index = await load(pathToFileURL(resolve(path)).href);
const ready = performance.now() - start;
const queries = JSON.parse(readFileSync(join(work, "queries", `${locale}.json`), "utf8"));
const hits = {};
const times = [];
const idOf = (hit) => hit.url.replace(/\/(index\.html)?$/, "").split("/").at(-1);
for (const half of Object.keys(queries)) {
  hits[half] = [];
  for (const { query } of queries[half]) {
    start = performance.now();
    const found = await search(index, query, { limit: 10 });
    times.push(performance.now() - start);
    hits[half].push(found.map(idOf));
  }
}
process.stdout.write(JSON.stringify({ hits, bytes, load: ready, times }));
