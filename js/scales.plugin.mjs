/**
 * Every `.tsx` file in src/scales is one kind of answer: a new kind is a new file and nothing else.
 *
 * `virtual:scales` are those that the page starts with. Each of the others is a chunk that the kernel sends to a page
 * whose rubric has it; `virtual:shared` is what those chunks take from the page instead of holding it themselves.
 */
import { readdirSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(fileURLToPath(import.meta.url));
export const FOLDER = resolve(ROOT, "src/scales");
/** Small, and in most rubrics: they are there from the start. */
const AT_ONCE = ["binary", "ordinal"];

export const kinds = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".tsx"))
  .map((name) => name.slice(0, -".tsx".length))
  .sort();
export const atOnce = kinds.filter((kind) => AT_ONCE.includes(kind));
export const later = kinds.filter((kind) => !AT_ONCE.includes(kind));

function scalesSource(some) {
  const imports = some.map((kind) => `import ${kind} from ${JSON.stringify(resolve(FOLDER, `${kind}.tsx`))};`);
  return `${imports.join("\n")}\nexport default [${some.join(", ")}];\n`;
}

/** A function, since what it names may not have been set up yet when this module is. */
function sharedSource(shared) {
  const files = Object.entries(shared).map(([name, names], place) => ({ name, names, place }));
  const imports = files.map(({ name, names, place }) => {
    const list = names.map((each) => `${each} as ${each}_${place}`).join(", ");
    return `import { ${list} } from ${JSON.stringify(resolve(ROOT, name))};`;
  });
  const modules = files.map(
    ({ name, names, place }) =>
      `${JSON.stringify(name)}: { ${names.map((each) => `${each}: ${each}_${place}`).join(", ")} }`,
  );
  return `${imports.join("\n")}\nexport default () => ({ ${modules.join(", ")} });\n`;
}

const sources = (some, shared) => ({ "virtual:scales": scalesSource(some), "virtual:shared": sharedSource(shared) });

/** For esbuild: the page with some of the scales, and what it shares with the others (names by file). */
export function scales(some, shared = {}) {
  return {
    name: "scales",
    setup(build) {
      build.onResolve({ filter: /^virtual:(scales|shared)$/ }, ({ path }) => ({ path, namespace: "scales" }));
      build.onLoad({ filter: /.*/, namespace: "scales" }, ({ path }) => ({
        contents: sources(some, shared)[path],
        resolveDir: FOLDER,
        loader: "js",
      }));
    },
  };
}

/** For esbuild: a chunk that leaves to the page the files that the page holds. */
export function leaveOut(held) {
  return {
    name: "leave-out",
    setup(build) {
      build.onResolve({ filter: /.*/ }, async ({ path, pluginData, ...found }) => {
        if (pluginData === "seen" || found.kind === "entry-point") return;
        const { path: file } = await build.resolve(path, { ...found, pluginData: "seen" });
        const name = relative(ROOT, file);
        return held.has(name) ? { path: name, external: true } : undefined;
      });
    },
  };
}

/** For Vite, which runs the tests: there every scale is there at once. */
export function viteScales() {
  return {
    name: "scales",
    resolveId: (name) => (/^virtual:(scales|shared)$/.test(name) ? `\0${name}` : undefined),
    load: (name) => sources(kinds, {})[name.slice(1)],
  };
}
