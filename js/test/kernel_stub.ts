/** A kernel-side widget without a kernel: it hears what the page sends, and answers as told. */
import type { Ack, Config, FromKernel, Rating, SavedRating, ShownItem, ToKernel, Welcome } from "../src/protocol";

export const RUBRIC: Welcome["rubric"] = {
  title: "r",
  guidelines: "",
  dimensions: [
    {
      name: "accuracy",
      title: "Accuracy",
      question: "?",
      description: "",
      about: "response",
      weight: 1,
      required: true,
      scale: { kind: "ordinal", low: 1, high: 5, anchors: {}, not_applicable: true },
      rationale: {
        policy: "required_when",
        required_at_most: 2,
        required_at_least: null,
        required_when: null,
        required_for: null,
        min_length: 5,
        ask: "",
      },
    },
  ],
};

export class StubKernel {
  readonly sent: ToKernel[] = [];
  readonly ratings = new Map<string, SavedRating & { index: number }>();
  rubric = RUBRIC;
  /** False: it hears and does not answer. */
  answers = true;
  /** Set: it refuses or cannot write. */
  trouble: { retry: boolean; error: string } | null = null;
  #listeners = new Map<string, ((...args: unknown[]) => void)[]>();

  constructor(
    readonly config: Config,
    readonly total = config.total,
  ) {}

  get model() {
    return {
      get: () => this.config,
      send: (message: ToKernel) => {
        this.sent.push(structuredClone(message));
        if (this.answers) queueMicrotask(() => this.answer(message));
      },
      on: (name: string, heard: (...args: unknown[]) => void) =>
        this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), heard]),
      off: (name: string, heard: (...args: unknown[]) => void) =>
        this.#listeners.set(
          name,
          (this.#listeners.get(name) ?? []).filter((one) => one !== heard),
        ),
    } as never;
  }

  get listeners(): number {
    return [...this.#listeners.values()].reduce((sum, all) => sum + all.length, 0);
  }

  say(message: FromKernel): void {
    for (const heard of this.#listeners.get("msg:custom") ?? []) heard(structuredClone(message), []);
  }

  emit(name: string): void {
    for (const heard of this.#listeners.get(name) ?? []) heard();
  }

  of<Kind extends ToKernel["kind"]>(kind: Kind): Extract<ToKernel, { kind: Kind }>[] {
    return this.sent.filter((message) => message.kind === kind) as Extract<ToKernel, { kind: Kind }>[];
  }

  item(index: number): ShownItem {
    const rating = [...this.ratings.values()].filter((one) => one.index === index && !one.stale).at(-1) ?? null;
    return {
      index,
      key: `item-${index}`,
      prompt: [{ role: "user", content: `Question ${index}?` }],
      context: null,
      reference: null,
      responses: [{ key: `answer-${index}`, text: `Answer ${index}.` }],
      asks: {},
      rating,
    };
  }

  save(rating: Rating): Ack {
    const before = [...this.ratings.values()].filter((one) => one.index === rating.index);
    const current = before.filter((one) => !one.stale).at(-1);
    const known = this.ratings.has(rating.id);
    const stale = !known && (current?.id ?? null) !== rating.base;
    if (!known) this.ratings.set(rating.id, { ...rating, revision: before.length + 1, stale });
    return {
      v: 1,
      kind: "ack",
      id: rating.id,
      status: known ? "duplicate" : stale ? "conflict" : "stored",
      index: rating.index,
      revision: before.length + 1,
      saved: new Set([...this.ratings.values()].map((one) => one.index)).size,
      state: rating.status === "skipped" ? "s" : rating.flagged ? "f" : "r",
      seconds: 0,
      current: this.item(rating.index).rating as SavedRating,
    };
  }

  answer(message: ToKernel): void {
    const rated = new Set([...this.ratings.values()].map((one) => one.index));
    const states = Array.from({ length: this.total }, (_, index) => (rated.has(index) ? "r" : "u")).join("");
    const cursor = states.indexOf("u") < 0 ? this.total : states.indexOf("u");
    switch (message.kind) {
      case "hello":
        this.say({
          v: 1,
          kind: "welcome",
          boot: "b",
          rubric: this.rubric,
          rubric_hash: "hash",
          plan: { reference: "on_request", idle_cap: 60 },
          total: this.total,
          cursor,
          saved: rated.size,
          states,
          seconds: 0,
          first_use: rated.size === 0,
          item: cursor < this.total ? this.item(cursor) : null,
        });
        return;
      case "get":
        this.say({ v: 1, kind: "item", item: this.item(message.index) });
        return;
      case "submit":
        if (this.trouble)
          this.say({
            v: 1,
            kind: "nack",
            id: message.rating.id,
            index: message.rating.index,
            problems: [],
            ...this.trouble,
          });
        else this.say(this.save(message.rating));
        return;
      case "history":
        this.say({ v: 1, kind: "history", index: message.index, revisions: [...this.ratings.values()] });
        return;
      case "previews":
        this.say({ v: 1, kind: "previews", from: message.from, previews: [{ index: message.from, text: "Question" }] });
    }
  }
}
