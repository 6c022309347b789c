/**
 * Counts what our engine reads from a host that packs with gzip:  node wire.mjs ENGINE.mjs INDEX QUERIES.json
 * QUERIES is a list of texts.  Prints {"first": of each query by a reader who has nothing yet, "typed": of every fourth query, typed so
 * slowly that each letter asks for its files, "sessions": of each ten queries in a row}: each {bytes, requests (files), rounds (how often
 * the reader waits for files), meant (whether meant.mjs was loaded)}; scripts are not counted.
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

const [engine, path, list] = process.argv.slice(2);
const sizes = new Map();
let seen = new Set();
let bytes = 0;
let requests = 0;
let rounds = 0;
let waiting = 0;
globalThis.fetch = async (address) => {
  const url = new URL(address);
  url.search = "";
  if (!sizes.has(url.href)) sizes.set(url.href, gzipSync(readFileSync(fileURLToPath(url)), { level: 6 }).length);
  if (!seen.has(url.href)) {
    seen.add(url.href);
    bytes += sizes.get(url.href);
    requests += 1;
    rounds += waiting === 0;
    waiting += 1;
    // All files of one round are asked for before the first one comes.
    await new Promise((done) => setTimeout(done));
    waiting -= 1;
  }
  return new Response(readFileSync(fileURLToPath(url)));
};
const { load, search } = await import(pathToFileURL(resolve(engine)));
const queries = JSON.parse(readFileSync(list, "utf8"));
const base = pathToFileURL(resolve(path)).href;
let reader = 0;
async function session(texts) {
  seen = new Set();
  bytes = requests = rounds = 0;
  reader += 1;
  const index = await load(`${base}?${reader}`);
  for (const text of texts) await search(index, text, { limit: 10 });
  return { bytes, requests, rounds, meant: index.files.has("meant") };
}
const told = { first: [], typed: [], sessions: [] };
for (const query of queries) told.first.push(await session([query]));
for (const query of queries.filter((_, at) => at % 4 === 0)) told.typed.push(await session([...query].map((_, at, all) => all.slice(0, at + 1).join(""))));
for (let at = 0; at + 10 <= queries.length; at += 10) told.sessions.push(await session(queries.slice(at, at + 10)));
process.stdout.write(JSON.stringify(told));
