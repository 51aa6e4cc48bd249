/**
 * What the screen asks of the kernel beside the items: first lines for the list, earlier revisions of a rating, what a
 * program says of what was judged.
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import { slotId } from "./asked";
import type { Kernel } from "./kernel";
import type { Preview, SavedRating, Suggestions, Value } from "./protocol";
import type { Slot } from "./session.types";

const PATIENCE = 5000;
const PAGE = 50;

export class Lookups {
  readonly #previews = signal<ReadonlyMap<number, string>>(new Map());
  readonly previews: ReadonlySignal<ReadonlyMap<number, string>> = this.#previews;
  readonly #asked = new Set<number>();
  readonly #histories = new Map<number, ((revisions: SavedRating[]) => void)[]>();

  constructor(private readonly kernel: Kernel) {}

  wantPreviews(from: number, count: number): void {
    for (let page = Math.floor(from / PAGE); page * PAGE < from + count; page++) {
      if (this.#asked.has(page)) continue;
      this.#asked.add(page);
      this.kernel.send({ kind: "previews", from: page * PAGE, count: PAGE });
    }
  }

  previewsArrived(previews: Preview[]): void {
    const next = new Map(this.#previews.value);
    for (const preview of previews) next.set(preview.index, preview.text);
    this.#previews.value = next;
  }

  history(place: number): Promise<SavedRating[]> {
    return new Promise((resolve, reject) => {
      const waiting = this.#histories.get(place) ?? [];
      const timer = setTimeout(() => reject(new Error("the kernel did not answer")), PATIENCE);
      waiting.push((revisions) => {
        clearTimeout(timer);
        resolve(revisions);
      });
      this.#histories.set(place, waiting);
      this.kernel.send({ kind: "history", index: place });
    });
  }

  historyArrived(place: number, revisions: SavedRating[]): void {
    for (const give of this.#histories.get(place) ?? []) give(revisions);
    this.#histories.delete(place);
  }

  readonly #suggested = signal<ReadonlyMap<string, Suggestions["found"]>>(new Map());

  suggest(index: number, { dimension, response }: Slot, value: Value): void {
    this.kernel.send({ kind: "suggest", index, dimension: dimension.name, response, value });
  }

  suggested(index: number, slot: string): Suggestions["found"] | undefined {
    return this.#suggested.value.get(`${index} ${slot}`);
  }

  suggestionsArrived({ index, dimension, response, found }: Suggestions): void {
    const key = `${index} ${slotId(dimension, response)}`;
    this.#suggested.value = new Map([...this.#suggested.value, [key, { ...this.#suggested.value.get(key), ...found }]]);
  }
}
