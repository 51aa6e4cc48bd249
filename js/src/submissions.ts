/** Ratings, or what else is submitted, on their way: durable here first, sent until the kernel acknowledges them, never dropped before. */
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { Drafted, Entry, Outbox, Submitted } from "./outbox";
import type { Nack, Problem, Rating } from "./protocol";
import { livingTabs, STALE } from "./tabs";

const PATIENCE = 3000;
const LONGEST = 15_000;

export interface Refused<T extends Submitted = Rating> {
  id: string;
  index: T["index"];
  error: string;
  problems: Problem[];
}

/** What a line to the kernel must do for what is on its way. */
interface Line {
  send(message: never, expects?: string): boolean;
  answered(expected: string): void;
}

export class Submissions<T extends Submitted = Rating, D extends Drafted = never> {
  readonly #entries = signal<ReadonlyMap<string, Entry<T>>>(new Map());
  /** When each was last sent, and how long to wait before it is sent again. */
  readonly #sent = new Map<string, { at: number; patience: number }>();
  readonly #settled = new Map<string, () => void>();
  readonly storeError = signal<string | null>(null);
  readonly waiting: ReadonlySignal<T[]> = computed(() =>
    [...this.#entries.value.values()].filter((entry) => !entry.refused).map((entry) => entry.rating),
  );
  readonly refused: ReadonlySignal<Refused<T>[]> = computed(() =>
    [...this.#entries.value.values()].flatMap(({ id, rating, refused }) =>
      refused ? [{ id, index: rating.index as T["index"], ...refused }] : [],
    ),
  );

  constructor(
    private readonly outbox: Pick<
      Outbox<T, D>,
      "study_id" | "rater" | "durable" | "submit" | "put" | "remove" | "left"
    >,
    private readonly kernel: Line,
    private readonly tab: string,
    private readonly now: () => number = () => performance.now(),
    /** The message that submits. */
    private readonly message: (what: T) => object = (rating) => ({ kind: "submit", rating }),
  ) {}

  get all(): Entry<T>[] {
    return [...this.#entries.value.values()];
  }

  /** Resolves when the rating is on disk; without storage, when the kernel has acknowledged or refused it. */
  async add(rating: T): Promise<void> {
    const { study_id, rater } = this.outbox;
    const entry: Entry<T> = { id: rating.id, study_id, rater, rating, tab: this.tab, since: Date.now() };
    this.#set(entry);
    await this.outbox.submit(entry, rating.item);
    const settled = this.outbox.durable.value ? null : new Promise<void>((done) => this.#settled.set(rating.id, done));
    this.#send(entry);
    // What the kernel refused of this item before has been put right by this.
    for (const { id, rating: other, refused } of this.all)
      if (refused && other.item === rating.item && id !== rating.id) await this.#forget(id);
    await settled;
  }

  find(id: string): Entry<T> | undefined {
    return this.#entries.value.get(id);
  }

  /** The kernel has committed it: at once it waits no more; resolves when the storage has forgotten it too. */
  acknowledged({ id }: { id: string }): Promise<void> {
    this.storeError.value = null;
    this.kernel.answered(`submit:${id}`);
    return this.#forget(id);
  }

  /** The kernel could not write it now (it is sent again), or refuses it (it stays, with the reason). */
  async rejected({
    id,
    retry,
    error,
    problems,
  }: Pick<Nack, "id" | "retry" | "error" | "problems">): Promise<Entry<T> | undefined> {
    const entry = this.#entries.value.get(id);
    this.kernel.answered(`submit:${id}`);
    if (retry) {
      this.storeError.value = error;
      // The kernel is there, so silence is no reason to wait longer each time.
      if (entry) this.#sent.set(id, { at: this.now(), patience: PATIENCE });
      return undefined;
    }
    if (!entry) return undefined;
    const refused: Entry<T> = { ...entry, refused: { error, problems } };
    this.#set(refused);
    await this.outbox.put(refused);
    this.#settle(id);
    return refused;
  }

  /** Take over what this browser's dead or silent tabs have left, and send it. */
  async adopt(): Promise<void> {
    const left = (await this.outbox.left()).filter(({ id }) => !this.#entries.value.has(id));
    if (left.length === 0) return;
    const alive = await livingTabs();
    for (const entry of left) {
      const old = Date.now() - entry.since > STALE;
      const living = alive ? alive(entry.tab) : true;
      if (entry.tab !== this.tab && living && !old) continue;
      const adopted: Entry<T> = { ...entry, tab: this.tab, since: Date.now() };
      this.#set(adopted);
      await this.outbox.put(adopted);
      if (!adopted.refused) this.#send(adopted);
    }
  }

  /** Send again what was not answered in time, or all of it. */
  resend(all = false): void {
    for (const entry of this.all) {
      const sent = this.#sent.get(entry.id);
      if (!entry.refused && (all || !sent || this.now() - sent.at > sent.patience)) this.#send(entry);
    }
  }

  #send(entry: Entry<T>): void {
    const patience = Math.min((this.#sent.get(entry.id)?.patience ?? PATIENCE / 2) * 2, LONGEST);
    this.#sent.set(entry.id, { at: this.now(), patience });
    this.kernel.send(this.message(entry.rating) as never, `submit:${entry.id}`);
  }

  #set(entry: Entry<T>): void {
    this.#entries.value = new Map(this.#entries.value).set(entry.id, entry);
  }

  async #forget(id: string): Promise<void> {
    const entries = new Map(this.#entries.value);
    if (entries.delete(id)) this.#entries.value = entries;
    this.#sent.delete(id);
    this.#settle(id);
    await this.outbox.remove(id);
  }

  #settle(id: string): void {
    this.#settled.get(id)?.();
    this.#settled.delete(id);
  }
}
