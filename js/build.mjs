// Builds the widgets' bundles and their lazy chunks into the Python package, and holds each bundle to its budget.
import { readFile, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { scales } from "./scales.plugin.mjs";

const OUT = "../rubricwidgets/static";
// Sent by the kernel when a text first needs them.
const CHUNKS = ["diff", "markdown", "highlight", "maths"];
// Gzipped bytes of what a rater, or an author, loads first.
const BUDGETS = { "rating.js": 60 * 1024, "conversation.js": 45 * 1024 };

const shared = {
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
  jsx: "automatic",
  jsxImportSource: "preact",
  // The parser's own table of character references is a browser trick with an HTML string, or 12 kB.
  alias: { "decode-named-character-reference": "./src/text/entities.ts" },
  metafile: process.argv.includes("--meta"),
};

const results = await Promise.all([
  build({ ...shared, entryPoints: { rating: "src/index.tsx" }, outdir: OUT, plugins: [scales()] }),
  build({ ...shared, entryPoints: { conversation: "src/conversation.tsx" }, outdir: OUT }),
  build({
    ...shared,
    entryPoints: Object.fromEntries(CHUNKS.map((name) => [name, `src/chunks/${name}.ts`])),
    outdir: OUT,
  }),
]);
if (shared.metafile) await writeFile("meta.json", JSON.stringify(results[0].metafile));

const heavy = [];
for (const name of [
  "rating.js",
  "rating.css",
  "conversation.js",
  "conversation.css",
  ...CHUNKS.map((chunk) => `${chunk}.js`),
]) {
  const source = await readFile(`${OUT}/${name}`);
  const size = gzipSync(source, { level: 9 }).length;
  if (size > (BUDGETS[name] ?? Number.POSITIVE_INFINITY)) heavy.push(name);
  console.log(
    `${name.padEnd(16)} ${(source.length / 1024).toFixed(1).padStart(7)} kB ${(size / 1024).toFixed(1).padStart(7)} kB gzipped`,
  );
}
for (const name of heavy) console.error(`${name} is over its budget of ${BUDGETS[name] / 1024} kB gzipped`);
if (heavy.length) process.exit(1);
