// Builds the widgets' bundles and their lazy chunks into the Python package, and holds each bundle to its budget.
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { buildRating } from "./scales.chunks.mjs";

const OUT = "../rubricwidgets/static";
// Sent by the kernel when a text first needs them.
const CHUNKS = ["diff", "markdown", "highlight", "maths"];
// Gzipped bytes of what a rater, or an author, loads first.
const BUDGETS = { "rating.js": 50 * 1024, "conversation.js": 45 * 1024 };

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
};

const [rating] = await Promise.all([
  buildRating(shared),
  build({ ...shared, entryPoints: { conversation: "src/conversation.tsx" }, outdir: OUT }),
  build({
    ...shared,
    entryPoints: Object.fromEntries(CHUNKS.map((name) => [name, `src/chunks/${name}.ts`])),
    outdir: OUT,
  }),
]);
await rm(`${OUT}/scales`, { recursive: true, force: true });
await mkdir(`${OUT}/scales`, { recursive: true });
for (const [name, source] of Object.entries(rating.files)) await writeFile(`${OUT}/${name}`, source);
if (process.argv.includes("--meta")) await writeFile("meta.json", JSON.stringify(rating.metafile));

const heavy = [];
for (const name of [
  ...Object.keys(rating.files),
  "conversation.js",
  "conversation.css",
  ...CHUNKS.map((chunk) => `${chunk}.js`),
]) {
  const source = await readFile(`${OUT}/${name}`);
  const size = gzipSync(source, { level: 9 }).length;
  if (size > (BUDGETS[name] ?? Number.POSITIVE_INFINITY)) heavy.push(name);
  console.log(
    `${name.padEnd(21)} ${(source.length / 1024).toFixed(1).padStart(7)} kB ${(size / 1024).toFixed(1).padStart(7)} kB gzipped`,
  );
}
for (const name of heavy) console.error(`${name} is over its budget of ${BUDGETS[name] / 1024} kB gzipped`);
if (heavy.length) process.exit(1);
