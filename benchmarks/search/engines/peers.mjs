/**
 * Asks one engine that runs in a browser every query of one locale, in node:  node peers.mjs ENGINE LOCALE WORK (LOCALE may be synthetic)
 * Reads WORK/export/LOCALE.json ([{id, title, description, headings, body}]) and WORK/queries/LOCALE.json; prints
 * {"hits": {"dev": [[id ..] ..], "test": ..}, "bytes": the index as gzip, "load": ms, "times": [ms a query ..]}.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { setups } from "./setups.mjs";

const [engine, corpus, work] = process.argv.slice(2);
const locale = corpus === "synthetic" ? "en" : corpus;
const require = createRequire(join(work, "peers", "package.json"));
const lunr = require("lunr");
if (locale === "ro") {
  require("lunr-languages/lunr.stemmer.support")(lunr);
  require("lunr-languages/lunr.ro")(lunr);
}
const libraries = { lunr, romanian: locale === "ro", MiniSearch: require("minisearch"), FlexSearch: require("flexsearch") };
const articles = JSON.parse(readFileSync(join(work, "export", `${corpus}.json`), "utf8")).map((one) => ({ ...one, headings: one.headings.join("\n") }));
const queries = JSON.parse(readFileSync(join(work, "queries", `${corpus}.json`), "utf8"));
let start = performance.now();
const { file, open, ask } = setups(locale, libraries)[engine](articles);
const build = performance.now() - start;
start = performance.now();
const index = open();
const load = performance.now() - start;
const hits = {};
const times = [];
for (const half of Object.keys(queries)) {
  hits[half] = queries[half].map(({ query }) => {
    start = performance.now();
    const found = ask(index, query);
    times.push(performance.now() - start);
    return found;
  });
}
process.stdout.write(JSON.stringify({ hits, bytes: gzipSync(file).length, build, load, times }));
