// Builds the widgets' bundle and its lazy chunks into the Python package, and holds the bundle to its budget.
import { readFile, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { scales } from "./scales.plugin.mjs";

const OUT = "../rubricwidgets/static";
const BUDGET = 50 * 1024; // gzipped bytes of what a rater loads first

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
  metafile: process.argv.includes("--meta"),
};

const results = await Promise.all([
  build({ ...shared, entryPoints: { rating: "src/index.tsx" }, outdir: OUT, plugins: [scales()] }),
  build({ ...shared, entryPoints: { highlight: "src/chunks/highlight.ts", maths: "src/chunks/maths.ts" }, outdir: OUT }),
]);
if (shared.metafile) await writeFile("meta.json", JSON.stringify(results[0].metafile));

let heavy = false;
for (const name of ["rating.js", "rating.css", "highlight.js", "maths.js"]) {
  const source = await readFile(`${OUT}/${name}`);
  const size = gzipSync(source, { level: 9 }).length;
  heavy ||= name === "rating.js" && size > BUDGET;
  console.log(`${name.padEnd(14)} ${(source.length / 1024).toFixed(1).padStart(7)} kB ${(size / 1024).toFixed(1).padStart(7)} kB gzipped`);
}
if (heavy) {
  console.error(`rating.js is over its budget of ${BUDGET / 1024} kB gzipped`);
  process.exit(1);
}
