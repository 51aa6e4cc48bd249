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
/** By who was asked: another widget's kernel may answer where one is gone. */
const asked = new WeakMap<ChunkOf, Set<keyof Modules>>();

/** The chunk as a signal: null until it is there. A failure is silent, and the next text asks again. */
export function need<Name extends keyof Modules>(name: Name, chunk: ChunkOf): Signal<Modules[Name] | null> {
  const module = arrived[name];
  const waiting = asked.get(chunk) ?? new Set();
  asked.set(chunk, waiting);
  if (!module.peek() && !waiting.has(name)) {
    waiting.add(name);
    chunk(name)
      .then((loaded) => {
        if (typeof loaded[name] === "function") module.value = loaded as unknown as Modules[Name];
      })
      .catch(() => undefined)
      .finally(() => waiting.delete(name));
  }
  return module;
}

/** For tests: as if nothing had been loaded. */
export function forgetChunks(): void {
  for (const module of Object.values(arrived)) module.value = null;
}
