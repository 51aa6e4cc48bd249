/** The lazy parts of this folder: asked for when a text first needs one, and kept for the page. */
import { type Signal, signal } from "@preact/signals";
import type * as HighlightChunk from "../chunks/highlight";
import type * as MathsChunk from "../chunks/maths";

export type ChunkOf = (name: "highlight" | "maths") => Promise<Record<string, unknown>>;

interface Modules {
  highlight: typeof HighlightChunk;
  maths: typeof MathsChunk;
}
const arrived: { [Name in keyof Modules]: Signal<Modules[Name] | null> } = {
  highlight: signal(null),
  maths: signal(null),
};
const asked = new Set<keyof Modules>();

/** The chunk as a signal: null until it is there. A failure is silent, and the next text asks again. */
export function need<Name extends keyof Modules>(name: Name, chunk: ChunkOf): Signal<Modules[Name] | null> {
  const module = arrived[name];
  if (!module.peek() && !asked.has(name)) {
    asked.add(name);
    chunk(name)
      .then((loaded) => {
        if (typeof loaded[name] === "function") module.value = loaded as unknown as Modules[Name];
      })
      .catch(() => undefined)
      .finally(() => asked.delete(name));
  }
  return module;
}

/** For tests: as if nothing had been loaded. */
export function forgetChunks(): void {
  for (const module of Object.values(arrived)) module.value = null;
}
