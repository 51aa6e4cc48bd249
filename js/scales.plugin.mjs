// `virtual:scales` is every file in src/scales: a new kind of answer is a new file and nothing else.
import { readdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const FOLDER = resolve(dirname(fileURLToPath(import.meta.url)), "src/scales");

export function source() {
  const files = readdirSync(FOLDER)
    .filter((name) => name.endsWith(".tsx"))
    .sort();
  const imports = files.map((name, place) => `import s${place} from ${JSON.stringify(resolve(FOLDER, name))};`);
  return `${imports.join("\n")}\nexport default [${files.map((_, place) => `s${place}`).join(", ")}];\n`;
}

/** For esbuild. */
export function scales() {
  return {
    name: "scales",
    setup(build) {
      build.onResolve({ filter: /^virtual:scales$/ }, (found) => ({ path: found.path, namespace: "scales" }));
      build.onLoad({ filter: /.*/, namespace: "scales" }, () => ({
        contents: source(),
        resolveDir: FOLDER,
        loader: "js",
      }));
    },
  };
}

/** For Vite, which runs the tests. */
export function viteScales() {
  const id = "\0virtual:scales";
  return {
    name: "scales",
    resolveId: (name) => (name === "virtual:scales" ? id : undefined),
    load: (name) => (name === id ? source() : undefined),
  };
}
