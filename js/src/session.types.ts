/** What the screen knows of a session: state as signals, and verbs. `session.ts` implements it. */
import type { ReadonlySignal, Signal } from "@preact/signals";
import type {
  ChunkName,
  Config,
  DimensionSpec,
  Preview,
  Problem,
  RubricSpec,
  SavedRating,
  ShownItem,
  States,
  Status,
  Value,
} from "./protocol";

/** One judgment to make: a dimension, about one response or about the item. */
export interface Slot {
  /** `${dimension}\u0000${response key or ""}`: the key into the draft. */
  id: string;
  dimension: DimensionSpec;
  /** Key of the response; null where the dimension is about the item. */
  response: string | null;
}
/** A draft answer; an absent entry is unset. */
export interface DraftAnswer {
  /** undefined: unset (a rationale may already be there). */
  value?: Value;
  not_applicable: boolean;
  rationale: string;
}
export interface DraftState {
  answers: { readonly [slot: string]: DraftAnswer };
  flagged: boolean;
  note: string;
}
/** What still stands between the draft and a submission, in words. */
export interface Missing {
  slot: Slot;
  what: "answer" | "rationale";
  /** "Accuracy", "Accuracy (response B)", "Rationale for accuracy: 12 more characters". */
  text: string;
}
export type Connection = "connecting" | "connected" | "busy" | "gone" | "unanswered";
export type ItemState = "unrated" | "draft" | "rated" | "flagged" | "skipped";

export interface Session {
  readonly config: Config;
  readonly rubric: ReadonlySignal<RubricSpec | null>;
  readonly plan: ReadonlySignal<{ reference: "on_request" | "shown" | "hidden"; idle_cap: number } | null>;
  readonly firstUse: ReadonlySignal<boolean>;
  readonly total: ReadonlySignal<number>;
  /** Place of the item on screen; total when everything is done and the closing page shows. */
  readonly index: ReadonlySignal<number>;
  /** Null while it is on its way. */
  readonly item: ReadonlySignal<ShownItem | null>;
  readonly slots: ReadonlySignal<Slot[]>;
  /** The slot that digits and the highlight go to; null before the first focus. */
  readonly current: Signal<string | null>;
  readonly draft: ReadonlySignal<DraftState>;
  readonly missing: ReadonlySignal<Missing[]>;
  readonly canUndo: ReadonlySignal<boolean>;
  /** States as saved, and as shown (drafts and ratings still waiting counted in). */
  readonly states: ReadonlySignal<States>;
  stateOf(index: number): ItemState;
  readonly saved: ReadonlySignal<number>;
  readonly waiting: ReadonlySignal<number>;
  /** Ratings the kernel refused as invalid; they are kept, and shown with their reason. */
  readonly refused: ReadonlySignal<{ id: string; index: number; error: string; problems: Problem[] }[]>;
  /** The last reason the store could not write, in words; null when all is well. */
  readonly storeError: ReadonlySignal<string | null>;
  readonly connection: ReadonlySignal<Connection>;
  /** False: no IndexedDB (or it failed): ratings live in this page only until acknowledged. */
  readonly durable: ReadonlySignal<boolean>;
  /** Active seconds: on this item, and altogether. */
  readonly itemSeconds: ReadonlySignal<number>;
  readonly totalSeconds: ReadonlySignal<number>;
  /** Set while another tab's newer rating of this item competes with ours. */
  readonly conflict: ReadonlySignal<{ index: number; mine: SavedRating; theirs: SavedRating } | null>;
  /** What was just submitted, for "Submitted · Undo". */
  readonly lastSubmitted: ReadonlySignal<{ index: number; status: Status } | null>;
  readonly previews: ReadonlySignal<ReadonlyMap<number, string>>;

  set(slot: string, value: Value | undefined): void;
  setNotApplicable(slot: string, on: boolean): void;
  setRationale(slot: string, text: string): void;
  setFlag(on: boolean, note?: string): void;
  undo(): void;
  go(index: number): Promise<void>;
  /** Resolves true when the next item may be shown (durable write done). False: something is missing. */
  submit(): Promise<boolean>;
  skip(reason: string): Promise<boolean>;
  resolveConflict(keep: "mine" | "theirs"): Promise<void>;
  history(index: number): Promise<SavedRating[]>;
  wantPreviews(from: number, count: number): void;
  /** Ask what a program says of the parts of an answer that the rater has judged. */
  suggest(slot: string, value: Value): void;
  /** What was said, by part; whoever reads it while rendering follows it. */
  suggested(slot: string): { readonly [part: string]: unknown } | undefined;
  /** Everything not yet acknowledged, as a JSON text to download. */
  exportWaiting(): Promise<string>;
  chunk(name: ChunkName): Promise<Record<string, unknown>>;
  /** A gesture inside the widget: feeds the active-time clock. */
  touched(): void;
}
export type { Preview };
