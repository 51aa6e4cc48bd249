/** Active time: it runs while the page is visible and the last gesture is no longer ago than the cap. */
import { type ReadonlySignal, signal } from "@preact/signals";

export class Clock {
  readonly #seconds = signal(0);
  readonly seconds: ReadonlySignal<number> = this.#seconds;
  #last = 0;
  #gesture = Number.NEGATIVE_INFINITY;

  constructor(
    public cap = 60,
    private readonly now: () => number = () => performance.now() / 1000,
    private readonly visible: () => boolean = () => document.visibilityState !== "hidden",
  ) {
    this.#last = this.now();
  }

  /** Count up to now. Called on a timer, and whenever the time is needed exactly. */
  tick(): void {
    const now = this.now();
    const until = Math.min(now, this.#gesture + this.cap);
    if (this.visible() && until > this.#last) this.#seconds.value += until - this.#last;
    this.#last = now;
  }

  /** A gesture: the time since the last one has been counted as far as the cap allows; now it runs again. */
  touched(): void {
    this.tick();
    this.#gesture = this.now();
  }

  /** Start from another count: the next item's. */
  restart(seconds: number): void {
    this.tick();
    this.#seconds.value = seconds;
  }
}
