/** One author's session at the desk: what the screen shows as signals, what it can do as verbs. */
import { batch, computed, type ReadonlySignal, type Signal, signal, untracked } from "@preact/signals";
import { Chunks } from "../chunks";
import { Clock } from "../clock";
import { Kernel, type Model } from "../kernel";
import { begin } from "../lifecycle";
import { Outbox } from "../outbox";
import type { ChunkName } from "../protocol";
import { Submissions } from "../submissions";
import { thisTab } from "../tabs";
import { uuid } from "../uuid";
import { Answers } from "./answers";
import { type Lack, lacking, NOTHING, type Said, saidIn, sameSaid } from "./judgement";
import { type DeskDraft, type DeskOutbox, Kept, type TurnDraft } from "./kept";
import { LikePrompts } from "./likeness";
import type {
  DeskAck,
  DeskConfig,
  DeskEvent,
  DeskSpec,
  DeskWelcome,
  FromDesk,
  Judgement,
  Reply,
  RunningReply,
  ShownTalk,
  Similar,
  Summary,
  ToDesk,
  Turn,
} from "./protocol";
import { branchOf, type Choice, choiceOf, isBlank, usable } from "./tree";

/** A turn on the screen: what the store has, or what waits for it. */
export interface ShownTurn extends Turn {
  waiting: boolean;
}

/** A judgement that did not know of another one: what the author said, and what stands. */
export interface Conflict {
  conversation: string;
  mine: Judgement;
  stands: Judgement["decision"];
  base: string | null;
}

const PAUSE = 500;
const EMPTY_TURN: TurnDraft = { text: "", edits: null };

export type Desk = ReturnType<typeof createDesk>;

export function createDesk(model: Model<DeskConfig>, outer: AbortSignal) {
  const config = model.get("config");
  const ending = new AbortController();
  const ended = AbortSignal.any([outer, ending.signal]);
  const tab = thisTab();
  // A name of its own beside the ratings of the same study: neither sends what the other has left.
  const store = `${config.study_id}:${config.mode}`;

  const spec = signal<DeskSpec | null>(null);
  const several = signal(false);
  const firstUse = signal(false);
  const list = signal<readonly Summary[]>([]);
  const here = signal("");
  const talk = signal<ShownTalk | null>(null);
  const choice = signal<Choice>({});
  const writing = signal<TurnDraft>(EMPTY_TURN);
  const said = signal<Said>(NOTHING);
  const conflict = signal<Conflict | null>(null);
  const lastJudged = signal<{ conversation: string; decision: Judgement["decision"] } | null>(null);
  const nameOf = (slot: string): string => (several.value ? `Model ${slot}` : "The model");

  const outbox: DeskOutbox = new Outbox(store, config.rater);
  const kept = new Kept(outbox);
  const answers = new Answers(nameOf);
  const kernel = new Kernel<FromDesk, ToDesk, DeskConfig>(
    model,
    (message, buffers) => void receive(message, buffers),
    ended,
  );
  const submissions = new Submissions<DeskEvent, DeskDraft>(outbox, kernel, tab, undefined, (event) => ({
    kind: "submit",
    event,
  }));
  const clock = new Clock();
  const chunks = new Chunks((name) => kernel.send({ kind: "chunk", name }));
  let welcomed = false;
  let submitting = false;

  const turns = computed<ShownTurn[]>(() => {
    const stored = talk.value?.turns ?? [];
    const known = new Set(stored.map(({ id }) => id));
    const coming = submissions.waiting.value.flatMap((event) =>
      event.what === "turn" && event.conversation === here.value && !known.has(event.id)
        ? [{ ...event, at: event.submitted_at, replies: [], waiting: true }]
        : [],
    );
    return [...stored.map((turn) => ({ ...turn, waiting: false })), ...coming];
  });
  const branch = computed(() => branchOf(turns.value, choice.value) as ShownTurn[]);
  const edited = computed(() => turns.value.find(({ id }) => id === writing.value.edits) ?? null);
  /** The turn that the next one follows. */
  const parent = computed(() => (edited.value ? edited.value.parent : (branch.value.at(-1)?.id ?? null)));
  const answering = computed(() => answers.running.value.size > 0 || answers.asked.value.size > 0);
  const lacks = computed<Lack[]>(() => (spec.value ? lacking(said.value, branch.value, spec.value) : []));
  const changed = computed(() => !sameSaid(said.value, saidIn(talk.value?.judgement ?? null)));

  /** Why nothing can be sent now, in words; null where it can. */
  const blocked = computed<string | null>(() => {
    const before = turns.value.find(({ id }) => id === parent.value);
    const most = spec.value?.max_turns ?? null;
    const place = edited.value
      ? branchOf(turns.value, choiceOf(turns.value, edited.value.id, {})).findIndex(({ id }) => id === edited.value?.id)
      : branch.value.length;
    if (!spec.value || !talk.value) return "The conversation is on its way.";
    if (most !== null && place >= most)
      return `This conversation has had its ${most} turns. Edit one, or begin another.`;
    if (submissions.waiting.value.some((event) => event.what === "turn" && event.conversation === here.value))
      return "The turn before is still being saved.";
    if (before && answers.isOn(before.id)) return "The model is still answering: wait, or stop it.";
    if (before && !before.replies.some(usable)) return "The turn before has no answer: try it again, or edit it.";
    return null;
  });

  // What is kept in the browser

  function keepDraft(): void {
    const of = here.peek();
    if (!of || submitting || !talk.peek()) return;
    clock.tick();
    const { text, edits } = writing.peek();
    kept.put("turn", of, text || edits ? writing.peek() : null);
    const base = kept.get("judgement", of)?.base ?? talk.peek()?.judgement_id ?? null;
    kept.put(
      "judgement",
      of,
      untracked(() => changed.value) ? { said: said.peek(), base, seconds: clock.seconds.peek() } : null,
    );
  }

  // Going about

  function show(shown: ShownTalk): void {
    const waiting = submissions.all.findLast(
      ({ rating }) => rating.what === "judgement" && rating.conversation === shown.id,
    )?.rating;
    const draft = kept.get("judgement", shown.id);
    const last = waiting?.what === "judgement" ? waiting.judgement : shown.judgement;
    const judgedLeaf = shown.judgement?.leaf;
    batch(() => {
      talk.value = shown;
      answers.restart(shown.running);
      choice.value = kept.get("view", shown.id)?.choice ?? (judgedLeaf ? choiceOf(shown.turns, judgedLeaf, {}) : {});
      writing.value = kept.get("turn", shown.id) ?? EMPTY_TURN;
      said.value = draft?.said ?? saidIn(last);
      like.forget();
      clock.restart(draft?.seconds ?? last?.seconds ?? 0);
    });
  }

  async function go(conversation: string): Promise<void> {
    await outbox.ready;
    keepDraft();
    const known = list.peek().some(({ id }) => id === conversation);
    batch(() => {
      here.value = conversation;
      answers.happened.value = "";
      talk.value = null;
      answers.restart([]);
      writing.value = EMPTY_TURN;
      said.value = NOTHING;
      choice.value = {};
    });
    kept.put("here", "", { here: conversation });
    if (known || !welcomed) kernel.send({ kind: "open", conversation }, `open:${conversation}`);
    else show(blank(conversation));
  }

  const blank = (id: string): ShownTalk => ({
    id,
    slots: [],
    turns: [],
    running: [],
    judgement: null,
    judgement_id: null,
  });

  /** Another conversation; an untouched one is as good as new. */
  function fresh(): Promise<void> {
    const untouched = talk.peek() && !turns.peek().length && !writing.peek().text && sameSaid(said.peek(), NOTHING);
    return untouched ? Promise.resolve() : go(uuid());
  }

  // Writing

  function write(text: string): void {
    writing.value = { ...writing.value, text };
    keepDraft();
  }

  async function send(): Promise<boolean> {
    const text = writing.value.text;
    if (isBlank(text) || blocked.value !== null || submitting) return false;
    submitting = true;
    try {
      const event: DeskEvent = {
        id: uuid(),
        conversation: here.value,
        item: Kept.item("turn", here.value),
        what: "turn",
        parent: parent.value,
        content: text,
        submitted_at: Date.now(),
      };
      choose(event.parent, event.id);
      writing.value = EMPTY_TURN;
      await submissions.add(event);
    } finally {
      submitting = false;
    }
    return true;
  }

  function edit(turn: string | null): void {
    const found = turns.value.find(({ id }) => id === turn);
    // What was being written goes on being written after the edit is given up.
    const text = found ? found.content : "";
    if (found && writing.value.text && !writing.value.edits) kept.put("aside", here.value, writing.value);
    writing.value = found ? { text, edits: found.id } : (kept.get("aside", here.value) ?? EMPTY_TURN);
    if (!found) kept.put("aside", here.value, null);
    keepDraft();
  }

  function choose(before: string | null, child: string): void {
    choice.value = { ...choice.value, [before ?? ""]: child };
    kept.put("view", here.value, { choice: choice.value });
  }

  // Judging

  function say(change: Partial<Said>): void {
    said.value = { ...said.value, ...change };
    keepDraft();
  }

  async function judge(decision: Judgement["decision"]): Promise<boolean> {
    const shown = talk.value;
    if (!shown || submitting || answering.value || !shown.turns.length) return false;
    if (decision === "kept" && lacks.value.length) return false;
    clock.tick();
    const draft = kept.get("judgement", shown.id);
    submitting = true;
    try {
      await submissions.add({
        id: uuid(),
        conversation: shown.id,
        item: Kept.item("judgement", shown.id),
        what: "judgement",
        submitted_at: Date.now(),
        judgement: {
          ...said.value,
          // What was said of a break is not said of an attack that the model withstood.
          ...(said.value.outcome === spec.value?.outcomes[0]?.name ? { broke: null, severity: null } : {}),
          // A criterion that was never written is none.
          criteria: said.value.criteria.filter(({ text }) => decision === "kept" || text.trim()),
          base: draft ? draft.base : shown.judgement_id,
          decision,
          leaf: branch.value.at(-1)?.id ?? null,
          seconds: Math.round(clock.seconds.value * 10) / 10,
          at: Date.now(),
        },
      });
    } finally {
      submitting = false;
    }
    if (submissions.refused.value.some(({ id }) => submissions.find(id)?.rating.conversation === shown.id))
      return false;
    lastJudged.value = { conversation: shown.id, decision };
    talk.value = null;
    await go(uuid());
    return true;
  }

  async function resolveConflict(useMine: boolean): Promise<void> {
    const open = conflict.value;
    conflict.value = null;
    if (!open) return;
    // What stood as a draft was decided on: it is sent, or given up. Something newer stays.
    const draft = kept.get("judgement", open.conversation);
    const decided = !draft || sameSaid(draft.said, saidIn(open.mine));
    if (decided) kept.put("judgement", open.conversation, null);
    if (here.value !== open.conversation) await go(open.conversation);
    else if (decided) said.value = saidIn(useMine ? open.mine : (talk.value?.judgement ?? null));
    if (!useMine) return;
    await submissions.add({
      id: uuid(),
      conversation: open.conversation,
      item: Kept.item("judgement", open.conversation),
      what: "judgement",
      submitted_at: Date.now(),
      judgement: { ...open.mine, base: open.base, at: Date.now() },
    });
  }

  // What the kernel says

  async function receive(message: FromDesk, buffers: DataView[]): Promise<void> {
    switch (message.kind) {
      case "welcome":
        return welcome(message);
      case "conversation":
        kernel.answered(`open:${message.talk.id}`);
        if (message.talk.id === here.value) show(message.talk);
        return;
      case "ack":
        return acknowledged(message);
      case "nack": {
        const refused = await submissions.rejected(message);
        if (refused) restore(refused.rating);
        return;
      }
      case "begun":
        if (message.conversation === here.value) answers.begun(message);
        return;
      case "piece":
        return answers.piece(message);
      case "done":
        return completed(message.conversation, message.reply, message.saved);
      case "similar":
        return like.arrived(message.request, message.found);
      case "trouble":
        submissions.storeError.value = message.error;
        return;
      case "chunk":
        chunks.arrived(message.name, buffers[0]);
    }
  }

  async function welcome(message: DeskWelcome): Promise<void> {
    kernel.answered("hello");
    submissions.storeError.value = null;
    const first = !welcomed;
    welcomed = true;
    batch(() => {
      spec.value = message.desk;
      several.value = message.several;
      list.value = message.conversations;
    });
    await outbox.ready;
    await submissions.adopt();
    firstUse.value = message.first_use && outbox.drafts.size === 0;
    if (first) {
      const last = kept.get("here", "")?.here;
      const current = message.current;
      if (current && (!last || last === current.id)) {
        here.value = current.id;
        kept.put("here", "", { here: current.id });
        show(current);
      } else await go(last ?? uuid());
    } else if (here.value) kernel.send({ kind: "open", conversation: here.value }, `open:${here.value}`);
    submissions.resend(true);
    // The kernel brings a message to where its last answer was given: from here on aside from running cells.
    setTimeout(() => kernel.send({ kind: "ping" }), PAUSE);
  }

  async function acknowledged(message: DeskAck): Promise<void> {
    await batch(() => {
      const entry = submissions.find(message.id);
      const forgotten = submissions.acknowledged(message);
      list.value = [...list.value.filter(({ id }) => id !== message.conversation), message.summary].sort(
        (one, other) => one.at - other.at,
      );
      const shown = talk.value;
      if (shown?.id === message.conversation) {
        const { turn, slots, judgement, judgement_id } = message;
        const untouched = !changed.value;
        const isNew = turn !== null && !shown.turns.some(({ id }) => id === turn.id);
        talk.value = {
          ...shown,
          slots,
          judgement,
          judgement_id,
          turns: isNew ? [...shown.turns, { ...turn, replies: [] }] : shown.turns,
        };
        if (isNew) answers.ask(turn.id);
        if (untouched && judgement) said.value = saidIn(judgement);
      }
      if (message.status === "conflict" && entry?.rating.what === "judgement")
        disagree(message, entry.rating.judgement);
      return forgotten;
    });
  }

  /** What does not count becomes a draft again, unless something newer is there, until the author has decided. */
  function disagree({ conversation, judgement, judgement_id: base }: DeskAck, mine: Judgement): void {
    if (!outbox.drafts.has(Kept.item("judgement", conversation)))
      kept.put("judgement", conversation, { said: saidIn(mine), base, seconds: mine.seconds });
    if (conversation === here.value && !changed.value) said.value = saidIn(mine);
    conflict.value = { conversation, mine, stands: judgement?.decision ?? "kept", base };
  }

  function completed(conversation: string, reply: Reply, saved: boolean): void {
    const shown = talk.value;
    if (shown?.id !== conversation) return;
    const add = (turn: Turn): Turn =>
      turn.id !== reply.turn || turn.replies.some(({ id }) => id === reply.id)
        ? turn
        : { ...turn, replies: [...turn.replies, reply] };
    batch(() => {
      answers.done(reply, saved);
      if (saved) submissions.storeError.value = null;
      talk.value = { ...shown, turns: shown.turns.map(add) };
    });
  }

  /** What was refused becomes a draft again, unless something newer is there. */
  function restore(event: DeskEvent): void {
    const drafted = outbox.drafts.has(event.item);
    if (event.what === "turn") {
      const edits = null;
      if (!drafted) kept.put("turn", event.conversation, { text: event.content, edits });
      if (event.conversation === here.value && !writing.value.text) writing.value = { text: event.content, edits };
    } else {
      const { base, seconds } = event.judgement;
      if (!drafted) kept.put("judgement", event.conversation, { said: saidIn(event.judgement), base, seconds });
      if (event.conversation === here.value && !changed.value) said.value = saidIn(event.judgement);
    }
  }

  const like = new LikePrompts(
    computed(() => {
      if (spec.value?.mode !== "prompts" || !talk.value) return null;
      const before = edited.value ? [] : branch.value.map(({ content }) => content);
      return [...before, writing.value.text].join("\n").trim();
    }),
    (request, text) => kernel.send({ kind: "similar", conversation: here.peek(), request, text }),
  );
  ended.addEventListener("abort", like.stop, { once: true });

  const hello = (): void => void kernel.send({ kind: "hello", tab }, "hello");
  kernel.ask = hello;
  chunks.get("markdown").catch(() => undefined);
  begin({
    key: `${store}\u0000${config.rater}`,
    tab,
    ended,
    async retire() {
      keepDraft();
      ending.abort();
      await outbox.flushed();
    },
    hello,
    welcomed: () => welcomed,
    tick() {
      clock.tick();
      kernel.tick();
      submissions.resend();
    },
    adopt: () => void submissions.adopt(),
    keepDraft,
    wake: () => submissions.resend(true),
    wouldLose: () =>
      !outbox.durable.value && (submissions.waiting.value.length > 0 || writing.value.text !== "" || changed.value),
  });

  return {
    config,
    spec: spec as ReadonlySignal<DeskSpec | null>,
    several: several as ReadonlySignal<boolean>,
    firstUse: firstUse as Signal<boolean>,
    list: list as ReadonlySignal<readonly Summary[]>,
    here: here as ReadonlySignal<string>,
    talk: talk as ReadonlySignal<ShownTalk | null>,
    turns,
    branch,
    running: answers.running as ReadonlySignal<ReadonlyMap<string, RunningReply>>,
    asked: answers.asked as ReadonlySignal<ReadonlySet<string>>,
    unsaved: answers.unsaved as ReadonlySignal<ReadonlySet<string>>,
    answering,
    writing: writing as ReadonlySignal<TurnDraft>,
    edited,
    blocked,
    said: said as ReadonlySignal<Said>,
    changed,
    lacks,
    conflict: conflict as ReadonlySignal<Conflict | null>,
    similar: like.found as ReadonlySignal<readonly Similar[]>,
    lastJudged: lastJudged as ReadonlySignal<{ conversation: string; decision: Judgement["decision"] } | null>,
    happened: answers.happened as ReadonlySignal<string>,
    waiting: computed(() => submissions.waiting.value.length),
    saved: computed(() => list.value.filter(({ state }) => state === "kept").length),
    refused: computed(() =>
      submissions.refused.value.map(({ id, error }) => ({ id, error, event: submissions.find(id)?.rating })),
    ),
    storeError: submissions.storeError as ReadonlySignal<string | null>,
    connection: kernel.connection,
    durable: outbox.durable as ReadonlySignal<boolean>,
    nameOf,
    go,
    fresh,
    write,
    send,
    edit,
    choose,
    say,
    judge,
    resolveConflict,
    retry: (turn: string, slot: string | null) =>
      void kernel.send({ kind: "retry", conversation: here.value, turn, slot }),
    stop: () => void kernel.send({ kind: "stop", conversation: here.value }),
    exportWaiting: async () =>
      JSON.stringify(
        {
          study: config.study,
          study_id: config.study_id,
          rater: config.rater,
          mode: config.mode,
          events: submissions.all.map((entry) => entry.rating),
        },
        null,
        2,
      ),
    chunk: (name: ChunkName) => chunks.get(name),
    touched: () => clock.touched(),
  };
}
