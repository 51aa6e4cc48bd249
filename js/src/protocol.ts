/**
 * Every message between the page and the kernel, in one place.
 * `rubricwidgets/widgets/protocol.py` is the other half: change both together.
 */

/** The only state that is synced; everything else travels as messages. */
export interface Config {
  v: 1;
  study: string;
  study_id: string;
  rater: string;
  total: number;
}

export type Role = "system" | "user" | "assistant" | "tool" | (string & {});
export interface Message {
  role: Role;
  content: string;
}
/** A response as raters see it: an opaque key and its text, in the order to show. */
export interface ShownResponse {
  key: string;
  text: string;
}

/** A JSON value whose meaning the dimension's scale defines. */
export type Value = number | string | boolean | Value[] | { [key: string]: Value } | null;

export interface Answer {
  dimension: string;
  /** Key of the response, or null where the dimension is asked about the item. */
  response: string | null;
  value: Value;
  not_applicable: boolean;
  rationale: string;
}

export type Status = "rated" | "skipped";

/** What is submitted, once per click, under a UUID that the browser gives. */
export interface Rating {
  id: string;
  item: string;
  index: number;
  status: Status;
  answers: Answer[];
  flagged: boolean;
  note: string;
  reason: string;
  /** UUID of the rating that this one revises; null for the first. */
  base: string | null;
  /** Keys of the responses as they were shown, first to last. */
  order: string[];
  /** Active seconds, idle time capped. */
  seconds: number;
  /** Milliseconds since the epoch, by the browser's clock. */
  submitted_at: number;
  rubric: string;
  tab: string;
}

/** A rating as the store has it. */
export interface SavedRating {
  id: string;
  revision: number;
  stale: boolean;
  status: Status;
  answers: Answer[];
  flagged: boolean;
  note: string;
  reason: string;
  seconds: number | null;
  submitted_at: number;
}

export interface ShownItem {
  index: number;
  key: string;
  prompt: Message[];
  context: string | null;
  /** Null where there is none or where the plan hides it. */
  reference: string | null;
  responses: ShownResponse[];
  /** By dimension and response key ("" where it is about the item): what its scale must know of this item to ask. */
  asks: { [dimension: string]: { [response: string]: unknown } };
  /** What the rater should know before they see it; it is hidden until they show it. Null or absent: nothing. */
  content_warning?: string | null;
  /** The rater's current rating of this item. */
  rating: SavedRating | null;
}

export interface ScaleSpec {
  kind: string;
  not_applicable: boolean;
  [field: string]: unknown;
}
export interface RationaleSpec {
  policy: "never" | "optional" | "required" | "required_when";
  required_at_most: number | null;
  required_at_least: number | null;
  required_when: [number, number] | null;
  required_for: Value[] | null;
  min_length: number;
  ask: string;
}
export interface DimensionSpec {
  name: string;
  title: string;
  question: string;
  description: string;
  about: "response" | "item";
  weight: number;
  required: boolean;
  scale: ScaleSpec;
  rationale: RationaleSpec;
  /** Asked only where another dimension was answered so; absent: always. */
  ask_when?: AskWhenSpec;
}
export interface AskWhenSpec {
  dimension: string;
  one_of: Value[] | null;
  at_most: number | null;
  at_least: number | null;
}
export interface RubricSpec {
  title: string;
  guidelines: string;
  dimensions: DimensionSpec[];
}

/** One character per item in the rater's order: u unrated, r rated, f rated and flagged, s skipped. */
export type States = string;
export type ChunkName = "diff" | "highlight" | "markdown" | "maths" | `scale:${string}`;

export type ToKernel =
  /** `knows` names the scales whose controls the page has: of the rubric's others the kernel sends them unasked. */
  | { v: 1; kind: "hello"; tab: string; knows: string[] }
  | { v: 1; kind: "get"; index: number }
  | { v: 1; kind: "submit"; rating: Rating }
  | { v: 1; kind: "previews"; from: number; count: number }
  | { v: 1; kind: "history"; index: number }
  /** Parts of an answer are judged: what does a program say of the same parts? It never says so before. */
  | { v: 1; kind: "suggest"; index: number; dimension: string; response: string | null; value: Value }
  | { v: 1; kind: "chunk"; name: ChunkName };

export interface Welcome {
  v: 1;
  kind: "welcome";
  /** Changes with every kernel-side widget. */
  boot: string;
  rubric: RubricSpec;
  rubric_hash: string;
  plan: { reference: "on_request" | "shown" | "hidden"; idle_cap: number };
  total: number;
  /** First unrated item in the rater's order; total where all are done. */
  cursor: number;
  /** Items that the store holds a current rating or skip of. */
  saved: number;
  states: States;
  /** Active seconds saved so far. */
  seconds: number;
  /** True until this rater has anything saved: the guidelines open. */
  first_use: boolean;
  /** The item at the cursor, to spare a round trip; null where all are done. */
  item: ShownItem | null;
}
/** The store has committed the rating; only now may the outbox forget it. */
export interface Ack {
  v: 1;
  kind: "ack";
  id: string;
  status: "stored" | "duplicate" | "conflict";
  index: number;
  revision: number;
  saved: number;
  /** The item's new state character. */
  state: string;
  seconds: number;
  /** The rating that counts now. In a conflict it is the other tab's. */
  current: SavedRating;
}
export interface Problem {
  dimension: string | null;
  response: string | null;
  message: string;
}
export interface Nack {
  v: 1;
  kind: "nack";
  id: string;
  index: number | null;
  /** True: the store could not write now, send again. False: the rating itself is refused. */
  retry: boolean;
  /** In words, for the rater. */
  error: string;
  problems: Problem[];
}
export interface Preview {
  index: number;
  text: string;
}
/** What a program says of parts that the rater has judged: by part, as the dimension's scale defines it. */
export interface Suggestions {
  v: 1;
  kind: "suggestions";
  index: number;
  dimension: string;
  response: string | null;
  found: { [part: string]: unknown };
}
export type FromKernel =
  | Welcome
  | { v: 1; kind: "item"; item: ShownItem }
  | Ack
  | Nack
  /** The kernel could not serve what was asked, and why; the page asks again by itself. */
  | { v: 1; kind: "trouble"; error: string }
  | { v: 1; kind: "previews"; from: number; previews: Preview[] }
  | { v: 1; kind: "history"; index: number; revisions: SavedRating[] }
  | Suggestions
  /** The chunk's source is the message's first buffer (UTF-8). */
  | { v: 1; kind: "chunk"; name: ChunkName };
