/** The lazy parts of this folder: asked for when a text first needs one, and kept for the page. */
import { type Signal, signal } from "@preact/signals";
import type * as DiffChunk from "../chunks/diff";
import type * as HighlightChunk from "../chunks/highlight";
import type * as MarkdownChunk from "../chunks/markdown";
import type * as MathsChunk from "../chunks/maths";
import type { ChunkName } from "../protocol";

export type ChunkOf = (name: ChunkName) => Promise<Record<string, unknown>>;

interface Modules {
  diff: typeof DiffChunk;
  highlight: typeof HighlightChunk;
  markdown: typeof MarkdownChunk;
  maths: typeof MathsChunk;
}
const arrived: { [Name in keyof Modules]: Signal<Modules[Name] | null> } = {
  diff: signal(null),
  highlight: signal(null),
  markdown: signal(null),
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

/** Put a chunk here that is there already. */
export function provide<Name extends keyof Modules>(name: Name, module: Modules[Name]): void {
  arrived[name].value = module;
}

/** For tests: as if these had not been loaded. */
export function forgetChunks(): void {
  arrived.highlight.value = null;
  arrived.maths.value = null;
}
