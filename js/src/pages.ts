/** The items that are here: the one on screen and its neighbours, fetched as they are needed. */
import type { Kernel } from "./kernel";
import type { SavedRating, ShownItem } from "./protocol";

const KEPT = 7;
const PATIENCE = 3000;

export class Pages {
  readonly #items = new Map<number, ShownItem>();
  readonly #wanted = new Map<number, { at: number; give: ((item: ShownItem) => void)[] }>();

  constructor(
    private readonly kernel: Kernel,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** The item at a place: at once if it is here, else when the kernel has sent it, however long that takes. */
  get(index: number): Promise<ShownItem> {
    const here = this.#items.get(index);
    return here ? Promise.resolve(here) : new Promise((give) => this.#ask(index, give));
  }

  peek(index: number): ShownItem | undefined {
    return this.#items.get(index);
  }

  prefetch(index: number, total: number): void {
    if (index >= 0 && index < total && !this.#items.has(index)) this.#ask(index);
  }

  put(item: ShownItem): void {
    this.#items.delete(item.index);
    this.#items.set(item.index, item);
    for (const index of this.#items.keys()) if (this.#items.size > KEPT) this.#items.delete(index);
    this.kernel.answered(`item:${item.index}`);
    const wanted = this.#wanted.get(item.index);
    this.#wanted.delete(item.index);
    for (const give of wanted?.give ?? []) give(item);
  }

  /** A rating of the item is saved: what is here knows. */
  rated(index: number, rating: SavedRating | null): void {
    const item = this.#items.get(index);
    if (item) this.#items.set(index, { ...item, rating });
  }

  clear(): void {
    this.#items.clear();
  }

  /** Ask again for what did not come. */
  retry(all = false): void {
    for (const [index, wanted] of this.#wanted)
      if (all || this.now() - wanted.at > PATIENCE) {
        wanted.at = this.now();
        this.kernel.send({ kind: "get", index }, `item:${index}`);
      }
  }

  #ask(index: number, give?: (item: ShownItem) => void): void {
    const wanted = this.#wanted.get(index);
    if (wanted) {
      if (give) wanted.give.push(give);
      return;
    }
    this.#wanted.set(index, { at: this.now(), give: give ? [give] : [] });
    this.kernel.send({ kind: "get", index }, `item:${index}`);
  }
}
