// Builds the page with the scales it starts with, and each of the others as a chunk that uses the page's own modules.
import { build } from "esbuild";
import { atOnce, FOLDER, kinds, later, leaveOut, scales } from "./scales.plugin.mjs";

/** The chunk is a function: it is given the page's modules by their names, and returns its control. */
const BANNER = "export default(_,require)=>{let control;const give=(given)=>{control=given};";
const FOOTER = "return control};";
const IMPORT = /^import\s+(?:([^"]*?)\s+from\s+)?"([^"]+)";$/gm;

/** Returns the files to write, by name, and the metafile of the page's program. */
export async function buildRating(options) {
  const page = (some, shared) =>
    build({
      ...options,
      entryPoints: { rating: "src/index.tsx" },
      outdir: "out",
      plugins: [scales(some, shared)],
      metafile: true,
      write: false,
    });
  const chunk = (kind, held, more = {}) =>
    build({
      ...options,
      stdin: { contents: `import control from "./${kind}.tsx"; give(control);`, resolveDir: FOLDER, loader: "js" },
      // Every scale's styles are in the page's own file.
      loader: { ".css": "empty" },
      plugins: [leaveOut(held)],
      metafile: true,
      write: false,
      ...more,
    });

  const held = sharedFiles(await page(atOnce), await Promise.all(later.map((kind) => chunk(kind, new Set()))));
  const plain = await Promise.all(later.map((kind) => chunk(kind, held, { minify: false })));
  const [whole, rating, ...chunks] = await Promise.all([
    page(kinds),
    page(atOnce, namesTaken(plain.map((one) => textOf(one)))),
    ...later.map((kind) => chunk(kind, held, { format: "cjs", banner: { js: BANNER }, footer: { js: FOOTER } })),
  ]);
  const files = { "rating.js": textOf(rating, ".js"), "rating.css": textOf(whole, ".css") };
  later.forEach((kind, place) => {
    files[`scales/${kind}.js`] = textOf(chunks[place]);
  });
  return { files, metafile: rating.metafile };
}

const textOf = ({ outputFiles }, ending = "") => outputFiles.find(({ path }) => path.endsWith(ending)).text;

/** What the page holds anyway, and what two chunks would each hold: a module and its state exist once. */
function sharedFiles(page, chunks) {
  const uses = chunks.flatMap(({ metafile }) => Object.keys(metafile.inputs));
  const twice = uses.filter((name, place) => uses.indexOf(name) < place);
  const files = [...Object.keys(page.metafile.inputs), ...twice];
  return new Set(files.filter((name) => !/^(<stdin>|scales:.*|.*\.css)$/.test(name)));
}

/** By file, the names that chunks take from the page; the sources are esbuild's own, unminified. */
function namesTaken(sources) {
  const taken = {};
  for (const source of sources) {
    for (const [, clause, file] of source.matchAll(IMPORT)) {
      if (clause === undefined) continue;
      if (!clause.startsWith("{")) throw new Error(`a scale takes '${file}' whole: let it name what it needs`);
      const names = clause.replace(/[{}]/g, "").split(",");
      taken[file] ??= new Set();
      for (const name of names) taken[file].add(name.trim().split(" as ")[0]);
    }
  }
  const files = Object.keys(taken).sort();
  return Object.fromEntries(files.map((file) => [file, [...taken[file]].sort()]));
}
