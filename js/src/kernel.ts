/** The line to the kernel: sends, keeps track of what is still unanswered, and says in one word how the line is. */
import type { AnyModel } from "@anywidget/types";
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { Config, FromKernel, ToKernel } from "./protocol";
import type { Connection } from "./session.types";

export type Model<C = Config> = AnyModel<{ config: C }>;
type Unversioned<T> = T extends unknown ? Omit<T, "v"> : never;
export type Outgoing<Out = ToKernel> = Unversioned<Out>;

/** Silence after which the kernel counts as busy, as gone, or as never having been there; ms. */
const BUSY = 1500;
const GONE = 20_000;
const UNANSWERED = 4000;

export class Kernel<In extends { v: 1 } = FromKernel, Out = ToKernel, C = Config> {
  /** True once any message has come from this kernel-side widget. */
  readonly heard = signal(false);
  /** The kernel-side widget is no more: closed, restarted, or replaced. */
  readonly ended = signal(false);
  readonly #silence = signal(0);
  readonly #broken = signal(false);
  #oldest = new Map<string, number>();
  /** Asks the kernel for a sign of life. */
  ask: (() => void) | null = null;
  readonly connection: ReadonlySignal<Connection> = computed(() => {
    if (this.ended.value || this.#broken.value) return "gone";
    if (!this.heard.value) return this.#silence.value > UNANSWERED ? "unanswered" : "connecting";
    if (this.#silence.value > GONE) return "gone";
    return this.#silence.value > BUSY ? "busy" : "connected";
  });

  constructor(
    private readonly model: Model<C>,
    private readonly receive: (message: In, buffers: DataView[]) => void,
    signal: AbortSignal,
    private readonly now: () => number = () => performance.now(),
  ) {
    const onMessage = (message: In, buffers: DataView[]): void => {
      if (message?.v !== 1) return;
      this.heard.value = true;
      this.#broken.value = false;
      this.receive(message, buffers ?? []);
      this.tick();
    };
    const onEnd = (): void => {
      this.ended.value = true;
    };
    model.on("msg:custom", onMessage as never);
    // JupyterLab says so when the kernel restarts or the line comes and goes. Which of them it was, an answer will tell.
    const onLine = (): void => {
      this.#broken.value = true;
      this.ask?.();
    };
    model.on("comm:close" as never, onEnd as never);
    model.on("comm_live_update" as never, onLine as never);
    const stop = (): void => {
      this.ended.value = true;
      model.off("msg:custom", onMessage as never);
      model.off("comm:close" as never, onEnd as never);
      model.off("comm_live_update" as never, onLine as never);
    };
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  }

  /** Send a message; `expects` names the answer whose absence means that the kernel is busy. */
  send(message: Outgoing<Out>, expects?: string): boolean {
    if (this.ended.value) return false;
    if (expects !== undefined && !this.#oldest.has(expects)) this.#oldest.set(expects, this.now());
    try {
      this.model.send({ v: 1, ...message });
      return true;
    } catch {
      this.#broken.value = true;
      return false;
    }
  }

  answered(expected: string): void {
    this.#oldest.delete(expected);
    this.tick();
  }

  /** Look at the clock; called on the session's timer. */
  tick(): void {
    const oldest = this.#oldest.size ? Math.min(...this.#oldest.values()) : this.now();
    this.#silence.value = this.now() - oldest;
  }
}
