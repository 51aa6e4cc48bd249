/** Parts of the program that the kernel sends when a text first needs them; imported from a blob, never from a server. */
import type { ChunkName } from "./protocol";

type Module = Record<string, unknown>;
export type Importer = (source: ArrayBuffer | ArrayBufferView) => Promise<Module>;

const importBlob: Importer = async (source) => {
  const url = URL.createObjectURL(new Blob([source as BlobPart], { type: "text/javascript" }));
  try {
    return (await import(/* @vite-ignore */ url)) as Module;
  } finally {
    URL.revokeObjectURL(url);
  }
};

const PATIENCE = 20_000;

export class Chunks {
  /** What came unasked, or for another tab, until it is wanted here. */
  #early = new Map<ChunkName, ArrayBuffer | ArrayBufferView>();
  #modules = new Map<ChunkName, Promise<Module>>();
  #asked = new Map<ChunkName, (source: ArrayBuffer | ArrayBufferView | null) => void>();

  constructor(
    private readonly ask: (name: ChunkName) => void,
    private readonly importer: Importer = importBlob,
  ) {}

  get(name: ChunkName): Promise<Module> {
    let module = this.#modules.get(name);
    if (!module) {
      module = this.#fetch(name);
      this.#modules.set(name, module);
      // A failure is not for ever: the next text that needs it asks again.
      module.catch(() => this.#modules.delete(name));
    }
    return module;
  }

  arrived(name: ChunkName, source: ArrayBuffer | ArrayBufferView | undefined): void {
    const waiting = this.#asked.get(name);
    if (waiting) waiting(source ?? null);
    else if (source && !this.#modules.has(name)) this.#early.set(name, source);
  }

  async #fetch(name: ChunkName): Promise<Module> {
    const early = this.#early.get(name);
    this.#early.delete(name);
    if (early) return this.importer(early);
    const source = await new Promise<ArrayBuffer | ArrayBufferView | null>((resolve) => {
      const timer = setTimeout(() => resolve(null), PATIENCE);
      this.#asked.set(name, (given) => {
        clearTimeout(timer);
        resolve(given);
      });
      this.ask(name);
    });
    this.#asked.delete(name);
    if (!source) throw new Error(`the kernel did not send '${name}'`);
    return this.importer(source);
  }
}
