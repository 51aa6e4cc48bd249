/** One rater's session with one kernel-side widget: what the screen shows as signals, what it can do as verbs. */
import { batch, computed, signal, untracked } from "@preact/signals";
import { askedIn, slotsOf } from "./asked";
import { fetchControls } from "./controls";
import { EMPTY, fromRating, sameDraft, toAnswers, withAnswer } from "./draft";
import type { Model } from "./kernel";
import { openLine } from "./line";
import { Lookups } from "./lookups";
import { missingFrom } from "./missing";
import type { DraftRecord } from "./outbox";
import { Pages } from "./pages";
import type {
  Ack,
  Config,
  FromKernel,
  Rating,
  RubricSpec,
  SavedRating,
  ShownItem,
  Status,
  ToKernel,
  Welcome,
} from "./protocol";
import { knownKinds } from "./scales";
import type { DraftAnswer, DraftState, ItemState, Session } from "./session.types";
import { uuid } from "./uuid";

const MOST_UNDO = 200;
const AHEAD = 3;
const STATE: Record<string, ItemState> = { u: "unrated", r: "rated", f: "flagged", s: "skipped" };

interface Undo {
  draft: DraftState;
  /** The slot whose rationale was being typed, so that one undo takes a stretch of typing back. */
  typing: string | null;
}

export function createSession(model: Model, outer: AbortSignal): Session {
  const config = model.get("config");
  const rubric = signal<RubricSpec | null>(null);
  const rubricHash = signal("");
  const plan = signal<Welcome["plan"] | null>(null);
  const firstUse = signal(false);
  const total = signal(config.total);
  const index = signal(0);
  const item = signal<ShownItem | null>(null);
  const current = signal<string | null>(null);
  const draft = signal<DraftState>(EMPTY);
  const states = signal("u".repeat(config.total));
  const saved = signal(0);
  const savedSeconds = signal(0);
  const conflict = signal<{ index: number; mine: SavedRating; theirs: SavedRating } | null>(null);
  const lastSubmitted = signal<{ index: number; status: Status } | null>(null);
  const undoStack = signal<Undo[]>([]);
  /** Places with a draft; the outbox holds what is in them. */
  const drafted = signal<ReadonlySet<number>>(new Set());

  const line = openLine<FromKernel, ToKernel, Config, Rating, DraftRecord>({
    model,
    outer,
    store: config.study_id,
    receive,
    restore,
  });
  const { tab, outbox, kernel, submissions, clock, chunks } = line;
  const pages = new Pages(kernel);
  const lookups = new Lookups(kernel);
  /** Counts requests to show an item, so that a slow answer to an old one is dropped. */
  let showing = 0;
  let submitting = false;
  let welcomed = false;

  const every = computed(() => slotsOf(rubric.value, item.value));
  /** What is asked now, as one text: the slots are made anew only when it changes. */
  const asked = computed(() =>
    rubric.value?.dimensions.some((dimension) => dimension.ask_when) && item.value
      ? JSON.stringify([...askedIn(draft.value, rubric.value, item.value)])
      : null,
  );
  const slots = computed(() => {
    const ids = asked.value === null ? null : new Set(JSON.parse(asked.value) as string[]);
    return ids ? every.value.filter(({ id }) => ids.has(id)) : every.value;
  });
  const missing = computed(() => missingFrom(draft.value, slots.value, item.value));
  const waitingByIndex = computed(() => new Map(submissions.waiting.value.map((rating) => [rating.index, rating])));

  function stateOf(place: number): ItemState {
    const waiting = waitingByIndex.value.get(place);
    if (drafted.value.has(place)) return "draft";
    if (waiting) return waiting.status === "skipped" ? "skipped" : waiting.flagged ? "flagged" : "rated";
    return STATE[states.value[place] ?? "u"] ?? "unrated";
  }

  /** Whether nothing is left to do at a place but revise. */
  const isDone = (place: number): boolean => waitingByIndex.value.has(place) || (states.value[place] ?? "u") !== "u";

  function nextAfter(place: number): number {
    for (let next = place + 1; next < total.value; next++) if (!isDone(next)) return next;
    for (let next = 0; next < place; next++) if (!isDone(next)) return next;
    return isDone(place) ? total.value : place;
  }

  // Showing an item

  async function go(place: number): Promise<void> {
    keepDraft();
    const request = ++showing;
    const target = Math.max(0, Math.min(place, total.value));
    if (target === total.value) {
      batch(() => {
        index.value = target;
        item.value = null;
        draft.value = EMPTY;
        undoStack.value = [];
        clock.restart(0);
      });
      return;
    }
    const here = pages.peek(target);
    if (!here) {
      // Say at once where we are going; the text follows.
      batch(() => {
        index.value = target;
        item.value = null;
        current.value = null;
      });
    }
    const shown = here ?? (await pages.get(target));
    await outbox.ready;
    if (request === showing) show(shown);
  }

  function show(shown: ShownItem): void {
    const kept = outbox.drafts.get(shown.key);
    batch(() => {
      index.value = shown.index;
      item.value = shown;
      current.value = null;
      undoStack.value = [];
      draft.value = kept?.state ?? fromRating(basis(shown));
      clock.restart(kept?.seconds ?? 0);
    });
    // The way back, and enough of the way ahead to go on for a while should the kernel not answer.
    pages.prefetch(shown.index - 1, total.value);
    for (let next = nextAfter(shown.index), ahead = 0; ahead < AHEAD && next < total.value; ahead++, next++) {
      while (next < total.value && isDone(next)) next++;
      pages.prefetch(next, total.value);
    }
  }

  /** What a draft of the item starts from: the rating on its way, or else the saved one. */
  function basis(shown: ShownItem): Rating | SavedRating | null {
    const waiting = submissions.waiting.value.filter((rating) => rating.item === shown.key);
    return waiting.at(-1) ?? shown.rating;
  }

  /** The rating that a draft was begun from: if another tab has revised it since, the kernel says so. */
  function baseOf(shown: ShownItem): string | null {
    const begun = outbox.drafts.get(shown.key);
    return begun ? begun.base : (basis(shown)?.id ?? null);
  }

  // The draft

  function change(next: DraftState, typing: string | null = null): void {
    const before = draft.value;
    if (!item.value || sameDraft(before, next)) return;
    const last = undoStack.value.at(-1);
    batch(() => {
      if (typing === null || last?.typing !== typing)
        undoStack.value = [...undoStack.value.slice(-MOST_UNDO), { draft: before, typing }];
      draft.value = next;
    });
    keepDraft();
  }

  function keepDraft(): void {
    const shown = item.value;
    if (!shown || submitting) return;
    clock.tick();
    const start = basis(shown);
    const same = sameDraft(draft.value, fromRating(start));
    const record = {
      study_id: config.study_id,
      rater: config.rater,
      item: shown.key,
      index: shown.index,
      state: draft.value,
      seconds: clock.seconds.value,
      base: baseOf(shown),
    };
    outbox.draft(shown.key, same ? null : record);
    markDrafts();
  }

  function markDrafts(): void {
    const places = new Set([...outbox.drafts.values()].map((record) => record.index));
    const before = untracked(() => drafted.value);
    if (places.size !== before.size || [...places].some((place) => !before.has(place))) drafted.value = places;
  }

  // Submitting

  function ratingOf(shown: ShownItem, status: Status, reason: string, base: string | null): Rating {
    clock.tick();
    return {
      id: uuid(),
      item: shown.key,
      index: shown.index,
      status,
      answers: toAnswers(draft.value, slots.value),
      flagged: draft.value.flagged,
      note: draft.value.flagged ? draft.value.note : "",
      reason,
      base,
      order: shown.responses.map((response) => response.key),
      seconds: Math.round(clock.seconds.value * 10) / 10,
      submitted_at: Date.now(),
      rubric: rubricHash.value,
      tab,
    };
  }

  async function send(status: Status, reason = ""): Promise<boolean> {
    const shown = item.value;
    if (!shown || submitting || (status === "rated" && missing.value.length > 0)) return false;
    submitting = true;
    try {
      await submissions.add(ratingOf(shown, status, reason, baseOf(shown)));
      markDrafts();
      lastSubmitted.value = { index: shown.index, status };
    } finally {
      submitting = false;
    }
    // Refused meanwhile (only without storage): the rater stays and sees why.
    if (submissions.refused.value.some((refused) => refused.index === shown.index)) return false;
    item.value = null;
    await go(nextAfter(shown.index));
    return true;
  }

  async function resolveConflict(keep: "mine" | "theirs"): Promise<void> {
    const open = conflict.value;
    if (!open) return;
    conflict.value = null;
    const shown = pages.peek(open.index) ?? (await pages.get(open.index));
    if (keep === "mine") {
      const { mine, theirs } = open;
      await submissions.add({
        id: uuid(),
        item: shown.key,
        index: shown.index,
        status: mine.status,
        answers: mine.answers,
        flagged: mine.flagged,
        note: mine.note,
        reason: mine.reason,
        base: theirs.id,
        order: shown.responses.map((response) => response.key),
        seconds: 0,
        submitted_at: Date.now(),
        rubric: rubricHash.value,
        tab,
      });
    } else {
      outbox.draft(shown.key, null);
      markDrafts();
    }
    if (item.value?.index === open.index) show(pages.peek(open.index) ?? shown);
  }

  // What the kernel says

  async function receive(message: FromKernel): Promise<void> {
    switch (message.kind) {
      case "welcome":
        return welcome(message);
      case "item":
        submissions.storeError.value = null;
        pages.put(message.item);
        return;
      case "ack":
        return acknowledged(message);
      case "previews":
        return lookups.previewsArrived(message.previews);
      case "history":
        return lookups.historyArrived(message.index, message.revisions);
      case "suggestions":
        return lookups.suggestionsArrived(message);
    }
  }

  async function welcome(message: Welcome): Promise<void> {
    kernel.answered("hello");
    submissions.storeError.value = null;
    const first = !welcomed;
    welcomed = true;
    await fetchControls(message.rubric, (name) => chunks.get(name));
    batch(() => {
      rubric.value = message.rubric;
      rubricHash.value = message.rubric_hash;
      plan.value = message.plan;
      clock.cap = message.plan.idle_cap;
      total.value = message.total;
      states.value = message.states;
      saved.value = message.saved;
      savedSeconds.value = message.seconds;
    });
    if (message.item) pages.put(message.item);
    await outbox.ready;
    await submissions.adopt();
    // Whoever has begun a draft has read them.
    firstUse.value = message.first_use && outbox.drafts.size === 0 && submissions.waiting.value.length === 0;
    submissions.resend(true);
    pages.retry(true);
    markDrafts();
    if (first) await go(isDone(message.cursor) ? nextAfter(message.cursor) : message.cursor);
  }

  async function acknowledged(message: Ack): Promise<void> {
    // In one step for whoever looks: no longer waiting, and saved.
    await batch(() => {
      const entry = submissions.find(message.id);
      const forgotten = submissions.acknowledged(message);
      saved.value = message.saved;
      savedSeconds.value = message.seconds;
      const before = states.value;
      states.value = before.slice(0, message.index) + message.state + before.slice(message.index + 1);
      pages.rated(message.index, message.current);
      const shown = item.value;
      if (shown?.index === message.index) {
        // Messages reach every tab: an item that another has rated shows so, unless something was begun here.
        const untouched = !outbox.drafts.has(shown.key);
        item.value = { ...shown, rating: message.current };
        if (untouched) draft.value = fromRating(basis(item.value));
      }
      if (message.status === "conflict" && entry)
        conflict.value = {
          index: message.index,
          mine: asSaved(entry.rating, message.revision),
          theirs: message.current,
        };
      return forgotten;
    });
  }

  /** A refused rating becomes the item's draft again, unless something newer is there. */
  function restore(rating: Rating): void {
    if (!outbox.drafts.has(rating.item))
      outbox.draft(rating.item, {
        study_id: config.study_id,
        rater: config.rater,
        item: rating.item,
        index: rating.index,
        state: fromRating(rating),
        seconds: rating.seconds,
        base: rating.base,
      });
    markDrafts();
  }

  line.start({
    hello: () => ({ kind: "hello", tab, knows: knownKinds() }),
    welcomed: () => welcomed,
    keepDraft,
    tick: () => pages.retry(),
    drafted: () => drafted.value.size > 0,
  });

  return {
    config,
    rubric,
    plan,
    firstUse,
    total,
    index,
    item,
    slots,
    current,
    draft,
    missing,
    canUndo: computed(() => undoStack.value.length > 0),
    states,
    stateOf,
    saved,
    ...line.shown,
    refused: submissions.refused,
    itemSeconds: clock.seconds,
    totalSeconds: computed(
      () =>
        savedSeconds.value + clock.seconds.value + submissions.waiting.value.reduce((sum, one) => sum + one.seconds, 0),
    ),
    conflict,
    lastSubmitted,
    previews: lookups.previews,
    set: (slot, value) =>
      change(withAnswer(draft.value, slot, { value, not_applicable: false } as Partial<DraftAnswer>)),
    setNotApplicable: (slot, on) =>
      change(withAnswer(draft.value, slot, { value: undefined, not_applicable: on } as never)),
    setRationale: (slot, text) => change(withAnswer(draft.value, slot, { rationale: text }), slot),
    setFlag: (on, note) => change({ ...draft.value, flagged: on, note: note ?? draft.value.note }, on ? "flag" : null),
    undo() {
      const last = undoStack.value.at(-1);
      if (!last) return;
      batch(() => {
        undoStack.value = undoStack.value.slice(0, -1);
        draft.value = last.draft;
      });
      keepDraft();
    },
    go,
    submit: () => send("rated"),
    skip: (reason) => send("skipped", reason),
    resolveConflict,
    history: (place) => lookups.history(place),
    wantPreviews: (from, count) => lookups.wantPreviews(from, count),
    suggest(id, value) {
      const slot = slots.value.find((each) => each.id === id);
      if (slot) lookups.suggest(index.value, slot, value);
    },
    suggested: (slot) => lookups.suggested(index.value, slot),
    exportWaiting: async () =>
      line.waitingUnder("ratings", { study: config.study, study_id: config.study_id, rater: config.rater }),
  };
}

const asSaved = (rating: Rating, revision: number): SavedRating => ({ ...rating, revision, stale: true });
