/**
 * Every message between the page and the kernel at the author's desk.
 * `rubricwidgets/widgets/conversation_protocol.py` is the other half: change both together.
 */
import type { Submitted } from "../outbox";
import type { ChunkName, Problem, RationaleSpec } from "../protocol";

export interface DeskConfig {
  v: 1;
  study: string;
  study_id: string;
  rater: string;
  mode: Mode;
}
export type Mode = "prompts" | "red_team";

/** A word of a taxonomy, and when it applies. */
export interface Term {
  name: string;
  meaning: string;
}
export interface DeskSpec {
  mode: Mode;
  brief: string;
  capabilities: Term[];
  difficulties: Term[];
  strategies: Term[];
  severities: Term[];
  outcomes: Term[];
  rationale: RationaleSpec;
  require: string[];
  warning: string;
  note: string;
  timeout: number | null;
  max_turns: number | null;
  similar_at: number;
}

export interface Reply {
  id: string;
  turn: string;
  slot: string;
  content: string;
  status: "ok" | "stopped" | "error" | "timeout";
  error: string;
  seconds: number;
  attempt: number;
}
export interface Turn {
  id: string;
  parent: string | null;
  content: string;
  /** Milliseconds since the epoch. */
  at: number;
  replies: Reply[];
}
export interface Criterion {
  id: string;
  text: string;
  points: number;
}
export interface Verdict {
  failed: boolean;
  why: string;
}
/** What the author says of a conversation; the same fields as EMPTY in judgement.py. */
export interface Judgement {
  base: string | null;
  decision: "kept" | "discarded";
  leaf: string | null;
  verdicts: { [reply: string]: Verdict };
  capability: string[];
  difficulty: string | null;
  reference: string;
  criteria: Criterion[];
  goal: string;
  strategy: string[];
  broke: string | null;
  severity: string | null;
  outcome: string | null;
  rationale: string;
  seconds: number;
  at: number;
}
export interface RunningReply {
  reply: string;
  turn: string;
  slot: string;
  text: string;
}
export interface ShownTalk {
  id: string;
  slots: string[];
  turns: Turn[];
  running: RunningReply[];
  judgement: Judgement | null;
  judgement_id: string | null;
}
export interface Summary {
  id: string;
  first: string;
  turns: number;
  state: "open" | "kept" | "discarded";
  outcome: string | null;
  at: number;
}
export interface Similar {
  share: number;
  whose: "own" | "other" | "item";
  text: string;
  conversation: string | null;
}

/** What is made durable, once per click, under a UUID that the browser gives. */
export type DeskEvent = Submitted & { conversation: string } & (
    | { what: "turn"; parent: string | null; content: string }
    | { what: "judgement"; judgement: Judgement }
  );

export type ToDesk =
  | { v: 1; kind: "hello"; tab: string }
  | { v: 1; kind: "submit"; event: DeskEvent }
  | { v: 1; kind: "open"; conversation: string }
  | { v: 1; kind: "retry"; conversation: string; turn: string; slot: string | null }
  | { v: 1; kind: "stop"; conversation: string }
  | { v: 1; kind: "similar"; conversation: string; request: number; text: string }
  | { v: 1; kind: "ping" }
  | { v: 1; kind: "chunk"; name: ChunkName };

export interface DeskWelcome {
  v: 1;
  kind: "welcome";
  boot: string;
  desk: DeskSpec;
  several: boolean;
  conversations: Summary[];
  first_use: boolean;
  current: ShownTalk | null;
}
export interface DeskAck {
  v: 1;
  kind: "ack";
  id: string;
  status: "stored" | "duplicate" | "conflict";
  conversation: string;
  summary: Summary;
  /** The turn that was acknowledged; null for a judgement. */
  turn: Omit<Turn, "replies"> | null;
  slots: string[];
  judgement: Judgement | null;
  judgement_id: string | null;
}
export type FromDesk =
  | DeskWelcome
  | DeskAck
  | { v: 1; kind: "conversation"; talk: ShownTalk }
  | { v: 1; kind: "nack"; id: string; conversation: string | null; retry: boolean; error: string; problems: Problem[] }
  | { v: 1; kind: "begun"; conversation: string; turn: string; reply: string; slot: string; attempt: number }
  | { v: 1; kind: "piece"; conversation: string; turn: string; reply: string; at: number; text: string }
  | { v: 1; kind: "done"; conversation: string; reply: Reply; saved: boolean }
  | { v: 1; kind: "similar"; conversation: string; request: number; found: Similar[] }
  | { v: 1; kind: "trouble"; error: string }
  | { v: 1; kind: "pong" }
  | { v: 1; kind: "chunk"; name: ChunkName };
