/** What every session has, whatever it is about: a line to the kernel, what is on its way there, storage, chunks, the clock. */
import { computed } from "@preact/signals";
import { Chunks } from "./chunks";
import { Clock } from "./clock";
import { Kernel, type Model, type Outgoing } from "./kernel";
import { begin } from "./lifecycle";
import { type Drafted, Outbox, type Submitted } from "./outbox";
import type { ChunkName, Nack } from "./protocol";
import { Submissions } from "./submissions";
import { thisTab } from "./tabs";

/** What the kernel says to every session. */
type Common =
  | ({ kind: "nack" } & Pick<Nack, "id" | "retry" | "error" | "problems">)
  | { kind: "trouble"; error: string }
  | { kind: "chunk"; name: ChunkName };

interface Options<In, T, C> {
  model: Model<C>;
  /** Ends the session from outside. */
  outer: AbortSignal;
  /** The name under which the browser keeps things: no two kinds of session share one. */
  store: string;
  /** The message that submits; left out, it is that of a rating. */
  message?: (what: T) => object;
  receive(message: In): Promise<void> | void;
  /** What was submitted is refused: it becomes a draft again. */
  restore(what: T): void;
}

/** What a session does of its own when the page or the clock says so. */
interface Own<Out> {
  hello(): Outgoing<Out>;
  welcomed(): boolean;
  keepDraft(): void;
  tick?(): void;
  /** Whether there are drafts, which leaving now would lose where nothing is durable. */
  drafted(): boolean;
}

export function openLine<
  In extends { v: 1; kind: string },
  Out,
  C extends { rater: string },
  T extends Submitted,
  D extends Drafted,
>({ model, outer, store, message, receive, restore }: Options<In, T, C>) {
  const { rater } = model.get("config");
  const ending = new AbortController();
  const ended = AbortSignal.any([outer, ending.signal]);
  const tab = thisTab();
  const outbox = new Outbox<T, D>(store, rater);
  const kernel = new Kernel<In, Out, C>(model, (heard, buffers) => void hear(heard, buffers), ended);
  const submissions = new Submissions<T, D>(outbox, kernel, tab, undefined, message);
  const clock = new Clock();
  const say = (what: { kind: string; name?: ChunkName }): void => void kernel.send(what as unknown as Outgoing<Out>);
  const chunks = new Chunks((name) => say({ kind: "chunk", name }));

  async function hear(message: In, buffers: DataView[]): Promise<void> {
    const common = message as unknown as Common;
    switch (common.kind) {
      case "nack": {
        const refused = await submissions.rejected(common);
        if (refused) restore(refused.rating);
        return;
      }
      case "trouble":
        submissions.storeError.value = common.error;
        return;
      case "chunk":
        chunks.arrived(common.name, buffers[0]);
        return;
      default:
        return receive(message);
    }
  }

  function start({ hello, welcomed, keepDraft, tick, drafted }: Own<Out>): void {
    const greet = (): void => void kernel.send(hello(), "hello");
    kernel.ask = greet;
    // The first text needs it: ask beside the greeting. Should it not come now, the text asks again.
    chunks.get("markdown").catch(() => undefined);
    begin({
      key: `${store}\u0000${rater}`,
      tab,
      ended,
      async retire() {
        keepDraft();
        ending.abort();
        await outbox.flushed();
      },
      hello: greet,
      welcomed,
      tick() {
        clock.tick();
        kernel.tick();
        submissions.resend();
        tick?.();
      },
      adopt: () => void submissions.adopt(),
      keepDraft,
      wake: () => submissions.resend(true),
      wouldLose: () => !outbox.durable.value && (submissions.waiting.value.length > 0 || drafted()),
    });
  }

  /** What every screen shows of it, and can do with it. */
  const shown = {
    waiting: computed(() => submissions.waiting.value.length),
    storeError: submissions.storeError,
    connection: kernel.connection,
    durable: outbox.durable,
    chunk: (name: ChunkName) => chunks.get(name),
    touched: () => clock.touched(),
  };
  /** What waits, for a file that its rater can keep. */
  const waitingUnder = (name: string, about: object): string =>
    JSON.stringify({ ...about, [name]: submissions.all.map((entry) => entry.rating) }, null, 2);

  return { ended, tab, outbox, kernel, submissions, clock, chunks, start, shown, waitingUnder };
}
