/** The author's desk kernel-side without a kernel: it hears what the page sends, and answers as told. */
import type {
  DeskConfig,
  DeskEvent,
  DeskSpec,
  FromDesk,
  Judgement,
  Reply,
  ShownTalk,
  Summary,
  ToDesk,
  Turn,
} from "../src/desk/protocol";

const term = (name: string) => ({ name, meaning: `${name} it is` });

export function specOf(mode: DeskSpec["mode"], changed: Partial<DeskSpec> = {}): DeskSpec {
  return {
    mode,
    brief: "",
    capabilities: [term("arithmetic")],
    difficulties: [term("easy"), term("hard")],
    strategies: [term("role play"), term("false premise")],
    severities: [term("low"), term("high")],
    outcomes: [term("held"), term("broke")],
    rationale: {
      policy: "required",
      required_at_most: null,
      required_at_least: null,
      required_when: null,
      required_for: null,
      min_length: 5,
      ask: "Why?",
    },
    require: mode === "prompts" ? ["verdicts"] : ["goal", "strategy", "outcome"],
    warning: "",
    note: "",
    timeout: 60,
    max_turns: null,
    similar_at: 0.5,
    ...changed,
  };
}

export class StubDesk {
  readonly sent: ToDesk[] = [];
  readonly talks = new Map<string, ShownTalk>();
  /** False: it hears and does not answer. */
  answers = true;
  /** Set: it refuses or cannot write. */
  trouble: { retry: boolean; error: string } | null = null;
  /** False: turns are acknowledged, and the models say nothing until told. */
  replies = true;
  slots = ["A"];
  /** The last of several models answers first. */
  reversed = false;
  #listeners = new Map<string, ((...args: unknown[]) => void)[]>();
  #count = 0;

  constructor(
    readonly config: DeskConfig,
    readonly spec: DeskSpec = specOf(config.mode),
  ) {}

  get model() {
    return {
      get: () => this.config,
      send: (message: ToDesk) => {
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

  say(message: FromDesk): void {
    for (const heard of this.#listeners.get("msg:custom") ?? []) heard(structuredClone(message), []);
  }

  of<Kind extends ToDesk["kind"]>(kind: Kind): Extract<ToDesk, { kind: Kind }>[] {
    return this.sent.filter((message) => message.kind === kind) as Extract<ToDesk, { kind: Kind }>[];
  }

  summary(talk: ShownTalk): Summary {
    return {
      id: talk.id,
      first: talk.turns[0]?.content ?? "",
      turns: talk.turns.length,
      state: talk.judgement?.decision ?? "open",
      outcome: null,
      at: talk.turns[0]?.at ?? 0,
    };
  }

  /** Let the models answer a turn. */
  reply(conversation: string, turn: string, changed: Partial<Reply> = {}): Reply[] {
    const talk = this.talks.get(conversation);
    const asked = talk?.turns.find(({ id }) => id === turn);
    if (!talk || !asked) throw new Error("no such turn");
    const order = this.reversed ? [...this.slots].reverse() : this.slots;
    return order.map((slot) => {
      const id = `reply-${++this.#count}`;
      const attempt = 1 + asked.replies.filter((one) => one.slot === slot).length;
      const content = `You said ${asked.content}`;
      const reply: Reply = { id, turn, slot, content, status: "ok", error: "", seconds: 1, attempt, ...changed };
      this.say({ v: 1, kind: "begun", conversation, turn, reply: id, slot, attempt });
      for (let at = 0; at < reply.content.length; at += 4)
        this.say({ v: 1, kind: "piece", conversation, turn, reply: id, at, text: reply.content.slice(at, at + 4) });
      asked.replies.push(reply);
      this.say({ v: 1, kind: "done", conversation, reply, saved: true });
      return reply;
    });
  }

  answer(message: ToDesk): void {
    switch (message.kind) {
      case "hello": {
        const open = [...this.talks.values()].filter((talk) => !talk.judgement).at(-1) ?? null;
        this.say({
          v: 1,
          kind: "welcome",
          boot: "b",
          desk: this.spec,
          several: this.slots.length > 1,
          conversations: [...this.talks.values()].map((talk) => this.summary(talk)),
          first_use: this.talks.size === 0,
          current: open,
        });
        return;
      }
      case "open":
        this.say({
          v: 1,
          kind: "conversation",
          talk: this.talks.get(message.conversation) ?? this.#blank(message.conversation),
        });
        return;
      case "submit":
        if (this.trouble)
          this.say({
            v: 1,
            kind: "nack",
            id: message.event.id,
            conversation: message.event.conversation,
            problems: [],
            ...this.trouble,
          });
        else this.#take(message.event);
        return;
      case "retry":
        this.reply(message.conversation, message.turn);
    }
  }

  #blank = (id: string): ShownTalk => ({
    id,
    slots: this.slots,
    turns: [],
    running: [],
    judgement: null,
    judgement_id: null,
  });

  #take(event: DeskEvent): void {
    const talk = this.talks.get(event.conversation) ?? this.#blank(event.conversation);
    this.talks.set(talk.id, talk);
    const known = talk.turns.some(({ id }) => id === event.id);
    let status: "stored" | "duplicate" | "conflict" = known ? "duplicate" : "stored";
    let turn: Turn | null = null;
    if (event.what === "turn") {
      turn = { id: event.id, parent: event.parent, content: event.content, at: event.submitted_at, replies: [] };
      if (!known) talk.turns.push(turn);
    } else if (event.judgement.base !== talk.judgement_id) status = "conflict";
    else {
      talk.judgement = event.judgement as Judgement;
      talk.judgement_id = event.id;
    }
    this.say({
      v: 1,
      kind: "ack",
      id: event.id,
      status,
      conversation: talk.id,
      summary: this.summary(talk),
      turn,
      slots: this.slots,
      judgement: talk.judgement,
      judgement_id: talk.judgement_id,
    });
    if (turn && !known && this.replies) this.reply(talk.id, event.id);
  }
}
