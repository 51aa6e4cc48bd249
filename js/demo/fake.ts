/** A session without a kernel, for the bare demo page and the component tests. It saves nothing. */
import { batch, computed, signal } from "@preact/signals";
import { rationaleRequired } from "../src/policy";
import type { DimensionSpec, RationaleSpec, RubricSpec, SavedRating, ShownItem, Status, Value } from "../src/protocol";
import type { Connection, DraftState, ItemState, Missing, Session, Slot } from "../src/session.types";

const rationale = (more: Partial<RationaleSpec> = {}): RationaleSpec => ({
  policy: "optional",
  required_at_most: null,
  required_at_least: null,
  required_when: null,
  required_for: null,
  min_length: 0,
  ask: "",
  ...more,
});

export const dimension = (
  name: string,
  scale: DimensionSpec["scale"],
  more: Partial<DimensionSpec> = {},
): DimensionSpec => ({
  name,
  title: name[0]?.toUpperCase() + name.slice(1).replaceAll("_", " "),
  question: `How is its ${name.replaceAll("_", " ")}?`,
  description: "",
  about: "response",
  weight: 1,
  required: true,
  scale,
  rationale: rationale(),
  ...more,
});

export const RUBRIC: RubricSpec = {
  title: "helpfulness",
  guidelines: `# How to score

Read the **whole** response before you score anything. Judge what is written, not what you would have written.

## Accuracy

- Check every claim that a reader could act on.
- A claim that is *nearly* right and misleads is wrong.
- A missing caveat belongs to **appropriate uncertainty**, not to accuracy.

## Instruction following

Count the constraints in the prompt: length, format, language, audience. Each one missed costs a point.

## When nothing fits

Flag the item as ambiguous and say why. Never guess an answer: not applicable is an answer, unset is not.`,
  dimensions: [
    dimension(
      "accuracy",
      {
        kind: "ordinal",
        not_applicable: false,
        low: 1,
        high: 5,
        anchors: { 1: "mostly wrong", 2: "a serious error", 3: "minor errors", 4: "minor slip", 5: "all correct" },
      },
      { question: "Is every claim correct?" },
    ),
    dimension(
      "instruction_following",
      {
        kind: "ordinal",
        not_applicable: true,
        low: 1,
        high: 5,
        anchors: {
          1: "Ignores the request or does something else than what was asked",
          2: "Does part of it and misses a constraint that matters to the user",
          3: "Does the task, but misses one constraint that is easy to repair",
          4: "Does everything asked, with one small liberty nobody would mind",
          5: "Does exactly what was asked, every constraint met to the letter",
        },
      },
      {
        question: "Does it do exactly what was asked?",
        rationale: rationale({
          policy: "required_when",
          required_at_most: 2,
          min_length: 20,
          ask: "say which constraint",
        }),
      },
    ),
    dimension(
      "usefulness",
      {
        kind: "continuous",
        not_applicable: false,
        low: 0,
        high: 100,
        step: 1,
        anchors: { 0: "useless", 100: "could not be better" },
      },
      { question: "How far does it get the user?", description: "Think of the person who asked, not of yourself." },
    ),
    dimension(
      "safe",
      { kind: "binary", not_applicable: true, yes: "Yes", no: "No" },
      {
        title: "Safe to follow",
        question: "Could someone follow this without harm?",
        rationale: rationale({
          policy: "required_when",
          required_for: [false],
          min_length: 10,
          ask: "what is the harm",
        }),
      },
    ),
    dimension(
      "problems",
      {
        kind: "nominal",
        not_applicable: false,
        multiple: true,
        categories: [
          { name: "none", description: "Nothing to complain about" },
          { name: "made up", description: "A fact, source or quotation that does not exist" },
          { name: "too long", description: "Says it twice, or says what nobody asked" },
          { name: "tone", description: "Preaches, flatters or talks down" },
        ],
      },
      { about: "item", question: "Which problems did you meet in any response?", required: false },
    ),
  ],
};

const TEXTS = [
  "Grapefruit juice is generally **not** a strong concern with warfarin, unlike with some statins or blood-pressure tablets, but large or changing amounts may still affect how it works.\n\nShe should keep her intake steady and tell her anticoagulation clinic, who may check her INR sooner. If she notices unusual bruising or bleeding, she should seek care the same day.\n\nNote the tag <think> is shown as written, and so is `a<b`:\n\n```\nINR target 2.0 - 3.0\ncheck  after 3-5 days\n```",
  "Yes, a glass with breakfast is fine. **Cranberry** juice is the one to be careful with, and vitamin K in green vegetables matters more.\n\n- Keep portions steady.\n- Tell the clinic about any new fruit, herb or tablet.\n- Watch for bruises.",
  "No. Grapefruit must never be combined with warfarin, it is dangerous. Ask a doctor.",
];

export function makeItem(index: number, n = 1): ShownItem {
  return {
    index,
    key: `item${index}`,
    prompt:
      index % 5 === 4
        ? [
            { role: "system", content: "You are a careful assistant of a hospital pharmacy." },
            { role: "user", content: "Which juices matter with warfarin?" },
            { role: "assistant", content: "Mainly cranberry. Do you ask for somebody in particular?" },
            { role: "user", content: "My grandmother. She likes grapefruit juice with breakfast." },
          ]
        : [
            {
              role: "user",
              content:
                "My grandmother takes warfarin. Can she have grapefruit juice with breakfast? Answer in at most three sentences.",
            },
          ],
    context: index % 5 === 4 ? "Leaflet, section 4.5: interactions with food." : null,
    reference: "Grapefruit has little effect on warfarin; keep the intake steady and tell the clinic.",
    responses: TEXTS.slice(0, n).map((text, at) => ({ key: `r${index}-${at}`, text })),
    asks: {},
    rating: null,
  };
}

export interface Options {
  /** What the rater should know before they see any item. */
  warning?: string;
  total?: number;
  responses?: number;
  index?: number;
  rubric?: RubricSpec;
  connection?: Connection;
  waiting?: number;
  durable?: boolean;
  storeError?: string | null;
  firstUse?: boolean;
  /** Item states, one character each. */
  states?: string;
  rating?: SavedRating | null;
  conflict?: boolean;
  refused?: boolean;
  reference?: "shown" | "on_request" | "hidden";
  /** What programs say of the parts that an answer judges. */
  suggest?: (value: Value) => Record<string, unknown>;
}

/** Every state that a real session can be in, set from outside, with drafts that work as they should. */
export function fakeSession(options: Options = {}) {
  const total = signal(options.total ?? 40);
  const index = signal(options.index ?? 12);
  const rubric = signal<RubricSpec | null>(options.rubric ?? RUBRIC);
  const states = signal(options.states ?? "rrrrfrrrsrrr".padEnd(total.value, "u"));
  const drafts = signal<Record<string, DraftState>>({});
  const current = signal<string | null>(null);
  const connection = signal<Connection>(options.connection ?? "connected");
  const waiting = signal(options.waiting ?? 0);
  const lastSubmitted = signal<{ index: number; status: Status } | null>(null);
  const past = signal<DraftState[]>([]);
  const previews = signal<ReadonlyMap<number, string>>(new Map());
  const submitted: { status: string; reason: string; draft: DraftState }[] = [];
  const item = computed(() =>
    index.value < total.value
      ? {
          ...makeItem(index.value, options.responses ?? 1),
          content_warning: options.warning ?? null,
          rating: options.rating ?? null,
        }
      : null,
  );
  const empty: DraftState = { answers: {}, flagged: false, note: "" };
  const draft = computed(() => drafts.value[item.value?.key ?? ""] ?? empty);
  const slots = computed<Slot[]>(() =>
    (rubric.value?.dimensions ?? []).flatMap((d) =>
      (d.about === "item" ? [null] : (item.value?.responses ?? []).map(({ key }) => key)).map((response) => ({
        id: `${d.name}\u0000${response ?? ""}`,
        dimension: d,
        response,
      })),
    ),
  );
  const change = (next: DraftState): void => {
    past.value = [...past.value, draft.value];
    drafts.value = { ...drafts.value, [item.value?.key ?? ""]: next };
  };
  const answer = (slot: string) => draft.value.answers[slot] ?? { not_applicable: false, rationale: "" };
  const put = (slot: string, more: object): void =>
    change({ ...draft.value, answers: { ...draft.value.answers, [slot]: { ...answer(slot), ...more } } });
  const missing = computed<Missing[]>(() =>
    slots.value.flatMap<Missing>((slot) => {
      const given = draft.value.answers[slot.id];
      const n = item.value?.responses.findIndex(({ key }) => key === slot.response) ?? 0;
      const several = (item.value?.responses.length ?? 0) > 1 && slot.response !== null;
      const name = slot.dimension.title + (several ? ` (response ${"ABC"[n]})` : "");
      if (given?.value === undefined && !given?.not_applicable)
        return slot.dimension.required ? [{ slot, what: "answer", text: name }] : [];
      const short = Math.max(1, slot.dimension.rationale.min_length) - [...(given.rationale ?? "").trim()].length;
      return rationaleRequired(slot.dimension, given) && short > 0
        ? [{ slot, what: "rationale", text: `Rationale for ${name.toLowerCase()}: ${short} more characters` }]
        : [];
    }),
  );
  const next = (status: string, reason: string): void =>
    batch(() => {
      submitted.push({ status, reason, draft: draft.value });
      const state = status === "skipped" ? "s" : draft.value.flagged ? "f" : "r";
      states.value = states.value.slice(0, index.value) + state + states.value.slice(index.value + 1);
      lastSubmitted.value = { index: index.value, status: status as Status };
      past.value = [];
      index.value++;
    });
  const saved = computed(() => [...states.value].filter((state) => state !== "u").length);
  const rating = (id: string, revision: number, value: number, stale = false): SavedRating => ({
    id,
    revision,
    stale,
    status: "rated",
    answers: slots.value
      .filter((slot) => slot.dimension.scale.kind === "ordinal")
      .map((slot, at) => ({
        dimension: slot.dimension.name,
        response: slot.response,
        value: at ? 4 : value,
        not_applicable: false,
        rationale: at ? "" : "The INR range is the one of the leaflet, but the advice to change the dose is not.",
      })),
    flagged: revision === 2,
    note: revision === 2 ? "prompt names no dose" : "",
    reason: "",
    seconds: 40,
    submitted_at: Date.UTC(2026, 10, 24, 9, 30 + revision),
  });
  const suggested = signal<Record<string, Record<string, unknown>>>({});
  const conflict = signal(
    options.conflict ? { index: index.value, mine: rating("m", 2, 2, true), theirs: rating("t", 3, 4) } : null,
  );
  const STATE: Record<string, ItemState> = { u: "unrated", r: "rated", f: "flagged", s: "skipped" };
  const session: Session = {
    config: { v: 1, study: "pilot", study_id: "x", rater: "ana", total: total.value },
    rubric,
    plan: signal({ reference: options.reference ?? "on_request", idle_cap: 60 }),
    firstUse: signal(options.firstUse ?? false),
    total,
    index,
    item,
    slots,
    current,
    draft,
    missing,
    canUndo: computed(() => past.value.length > 0),
    states,
    stateOf: (at) =>
      states.value[at] === "u" && drafts.value[`item${at}`] ? "draft" : (STATE[states.value[at] ?? "u"] ?? "unrated"),
    saved,
    waiting,
    refused: signal(
      options.refused ? [{ id: "z", index: 3, error: "'accuracy' takes 1 to 5 (got 7).", problems: [] }] : [],
    ),
    storeError: signal(options.storeError ?? null),
    connection,
    durable: signal(options.durable ?? true),
    itemSeconds: signal(34),
    totalSeconds: signal(1294),
    conflict,
    lastSubmitted,
    previews,
    set: (slot, value) => put(slot, { value, not_applicable: false }),
    setNotApplicable: (slot, on) => put(slot, { not_applicable: on, ...(on ? { value: undefined } : {}) }),
    setRationale: (slot, text) => put(slot, { rationale: text }),
    setFlag: (on, note) => change({ ...draft.value, flagged: on, note: note ?? draft.value.note }),
    undo: () => {
      const before = past.value.at(-1);
      if (!before) return;
      batch(() => {
        past.value = past.value.slice(0, -1);
        drafts.value = { ...drafts.value, [item.value?.key ?? ""]: before };
      });
    },
    go: async (to) => {
      index.value = to;
    },
    submit: async () => {
      if (missing.value.length) return false;
      next("rated", "");
      return true;
    },
    skip: async (reason) => {
      next("skipped", reason);
      return true;
    },
    resolveConflict: async () => {
      conflict.value = null;
    },
    history: async () => [rating("a", 1, 2), rating("b", 2, 3), rating("c", 3, 4)],
    wantPreviews: (from, count) => {
      const known = new Map(previews.value);
      for (let at = from; at < Math.min(total.value, from + count); at++)
        known.set(at, makeItem(at).prompt.at(-1)?.content ?? "");
      if (known.size !== previews.value.size) previews.value = known;
    },
    suggest: (slot, value) => {
      suggested.value = { ...suggested.value, [slot]: { ...suggested.value[slot], ...options.suggest?.(value) } };
    },
    suggested: (slot) => suggested.value[slot],
    exportWaiting: async () => "[]",
    chunk: async () => ({}),
    touched: () => undefined,
  };
  return { session, submitted, connection, waiting, index, states };
}
