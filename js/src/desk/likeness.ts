/** Near-duplicates of what is being written: asked for when the writing pauses. */
import { effect, type ReadonlySignal, signal, untracked } from "@preact/signals";
import type { Similar } from "./protocol";

const PAUSE = 500;
/** Characters below which a prompt says too little to be like another. */
const SHORTEST = 12;

export class LikePrompts {
  readonly found = signal<readonly Similar[]>([]);
  #text = "";
  #asked: { request: number; text: string } | null = null;
  #requests = 0;
  readonly stop: () => void;

  /** `text`: all that the author says in the conversation; null where nothing is to be looked for. */
  constructor(text: ReadonlySignal<string | null>, ask: (request: number, text: string) => void) {
    this.stop = effect(() => {
      const wanted = text.value;
      if (wanted === null || wanted.length < SHORTEST) {
        this.forget();
        return;
      }
      if (wanted === this.#text) return;
      const timer = setTimeout(() => {
        this.#asked = { request: ++this.#requests, text: wanted };
        ask(this.#requests, wanted);
      }, PAUSE);
      return () => clearTimeout(timer);
    });
  }

  arrived(request: number, found: readonly Similar[]): void {
    if (this.#asked?.request !== request) return;
    this.#text = this.#asked.text;
    this.found.value = found;
  }

  forget(): void {
    this.#text = "";
    this.#asked = null;
    if (untracked(() => this.found.value.length)) this.found.value = [];
  }
}
