// Builds the widgets' bundle and its lazy chunks into the Python package, and holds the bundle to its budget.
import { readFile, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { scales } from "./scales.plugin.mjs";

const OUT = "../rubricwidgets/static";
// Sent by the kernel when a text first needs them.
const CHUNKS = ["diff", "markdown", "highlight", "maths"];
const BUDGET = 60 * 1024; // gzipped bytes of what a rater loads first

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
  build({
    ...shared,
    entryPoints: Object.fromEntries(CHUNKS.map((name) => [name, `src/chunks/${name}.ts`])),
    outdir: OUT,
  }),
]);
if (shared.metafile) await writeFile("meta.json", JSON.stringify(results[0].metafile));

let heavy = false;
for (const name of ["rating.js", "rating.css", ...CHUNKS.map((chunk) => `${chunk}.js`)]) {
  const source = await readFile(`${OUT}/${name}`);
  const size = gzipSync(source, { level: 9 }).length;
  heavy ||= name === "rating.js" && size > BUDGET;
  console.log(
    `${name.padEnd(14)} ${(source.length / 1024).toFixed(1).padStart(7)} kB ${(size / 1024).toFixed(1).padStart(7)} kB gzipped`,
  );
}
if (heavy) {
  console.error(`rating.js is over its budget of ${BUDGET / 1024} kB gzipped`);
  process.exit(1);
}
