/** Answers on their way: what has come of them so far, and what has just happened, in words. */
import { batch, signal } from "@preact/signals";
import type { FromDesk, Reply, RunningReply } from "./protocol";

type Begun = Extract<FromDesk, { kind: "begun" }>;
type Piece = Extract<FromDesk, { kind: "piece" }>;

export class Answers {
  /** By reply. */
  readonly running = signal<ReadonlyMap<string, RunningReply>>(new Map());
  /** Turns that the kernel has and is about to ask the models about. */
  readonly asked = signal<ReadonlySet<string>>(new Set());
  /** Answers that are complete and that the store could not take yet. */
  readonly unsaved = signal<ReadonlySet<string>>(new Set());
  /** What has just happened to one, for a screen reader. */
  readonly happened = signal("");

  /** `nameOf`: what a model is called by its letter. */
  constructor(private readonly nameOf: (slot: string) => string) {}

  restart(running: readonly RunningReply[]): void {
    batch(() => {
      this.running.value = new Map(running.map((one) => [one.reply, one]));
      this.asked.value = new Set();
    });
  }

  ask(turn: string): void {
    this.asked.value = new Set(this.asked.value).add(turn);
  }

  isOn(turn: string): boolean {
    return this.asked.value.has(turn) || [...this.running.value.values()].some((one) => one.turn === turn);
  }

  begun({ reply, turn, slot }: Begun): void {
    batch(() => {
      this.asked.value = without(this.asked.value, turn);
      this.running.value = new Map(this.running.value).set(reply, { reply, turn, slot, text: "" });
      this.happened.value = `${this.nameOf(slot)} is answering`;
    });
  }

  piece({ reply, at, text }: Piece): void {
    const one = this.running.value.get(reply);
    // What came before a reload is in the welcome already; what is missing comes with the whole answer.
    if (one && at <= one.text.length)
      this.running.value = new Map(this.running.value).set(reply, { ...one, text: one.text.slice(0, at) + text });
  }

  done(reply: Reply, saved: boolean): void {
    batch(() => {
      const next = new Map(this.running.value);
      next.delete(reply.id);
      this.running.value = next;
      this.asked.value = without(this.asked.value, reply.turn);
      this.unsaved.value = saved ? without(this.unsaved.value, reply.id) : new Set(this.unsaved.value).add(reply.id);
      const words = reply.content.trim() ? reply.content.trim().split(/\s+/).length : 0;
      this.happened.value =
        reply.status === "ok"
          ? `${this.nameOf(reply.slot)} has answered: ${words} words`
          : `${this.nameOf(reply.slot)}: ${endOf(reply)}`;
    });
  }
}

/** How an answer ended that is not simply complete, in words. */
export function endOf(reply: Reply): string {
  switch (reply.status) {
    case "stopped":
      return reply.error ? `stopped (${reply.error})` : "stopped by you";
    case "timeout":
      return `took too long: ${reply.error}`;
    case "error":
      return reply.error;
    default:
      return "";
  }
}

function without<T>(set: ReadonlySet<T>, one: T): ReadonlySet<T> {
  if (!set.has(one)) return set;
  const next = new Set(set);
  next.delete(one);
  return next;
}
