/** What an author has said of a conversation so far, and what it still lacks: the same rules as judgement.py. */
import { lengthOf } from "../ui/words";
import type { Criterion, DeskSpec, Judgement, Reply, Turn } from "./protocol";
import { current, usable } from "./tree";

/** What is being said: a judgement without what is known only when it is submitted. */
export type Said = Omit<Judgement, "base" | "decision" | "leaf" | "seconds" | "at">;

export const NOTHING: Said = {
  verdicts: {},
  capability: [],
  difficulty: null,
  reference: "",
  criteria: [],
  goal: "",
  strategy: [],
  broke: null,
  severity: null,
  outcome: null,
  rationale: "",
};

/** The field that something is missing in, to go there, and what. */
export interface Lack {
  field: keyof Said | "turn";
  /** The answer that is meant, where one is. */
  reply?: string;
  text: string;
}

export function saidIn(judgement: Judgement | null): Said {
  if (!judgement) return NOTHING;
  return Object.fromEntries(
    Object.keys(NOTHING).map((name) => [name, judgement[name as keyof Said]]),
  ) as unknown as Said;
}

export const sameSaid = (one: Said, other: Said): boolean => plain(one) === plain(other);

const plain = (said: Said): string =>
  JSON.stringify(Object.keys(NOTHING).map((name) => said[name as keyof Said] ?? null));

/** The answers that a kept prompt is judged by: of each model the one that counts at the end of the branch. */
export function judged(branch: readonly Turn[]): Reply[] {
  const last = branch.at(-1);
  const found = last ? [...current(last).values()].filter(usable) : [];
  return found.sort((one, other) => (one.slot < other.slot ? -1 : 1));
}

export const owesRationale = (desk: DeskSpec, outcome: string | null): boolean =>
  desk.rationale.policy === "required" ||
  (desk.rationale.policy === "required_when" && (desk.rationale.required_for ?? []).includes(outcome));

export const leastWords = (desk: DeskSpec): number => Math.max(1, desk.rationale.min_length);

export function lacking(said: Said, branch: readonly Turn[], desk: DeskSpec): Lack[] {
  const found = desk.mode === "prompts" ? lackingPrompt(said, branch, desk) : lackingAttack(said, branch, desk);
  const more = criteriaFault(said.criteria);
  return more ? [...found, { field: "criteria", text: more }] : found;
}

/** What is wrong with the criteria, in words; null where nothing is. */
export function criteriaFault(criteria: readonly Criterion[]): string | null {
  // As `refuse_repeated` of criteria.py compares them: without case, blanks as one.
  const texts = criteria.map(({ text }) => text.trim().replace(/\s+/g, " ").toUpperCase().toLowerCase());
  if (texts.includes("")) return "A criterion has no words yet";
  if (new Set(texts).size < texts.length) return "Two criteria are the same";
  if (criteria.some(({ points }) => !Number.isFinite(points))) return "A criterion has no points";
  if (criteria.length === 0) return null;
  return criteria.some(({ points }) => points > 0) ? null : "No criterion earns points";
}

function lackingPrompt(said: Said, branch: readonly Turn[], desk: DeskSpec): Lack[] {
  const replies = judged(branch);
  if (!branch.length) return [{ field: "turn", text: "A prompt" }];
  if (!replies.length) return [{ field: "turn", text: "An answer of the model" }];
  const found: Lack[] = [];
  const least = leastWords(desk);
  for (const { id, slot } of replies) {
    const of = replies.length > 1 ? ` ${slot}` : "";
    const verdict = said.verdicts[id];
    if (!verdict) {
      if (desk.require.includes("verdicts"))
        found.push({ field: "verdicts", reply: id, text: `Whether the answer${of} failed` });
    } else if (verdict.failed && desk.rationale.policy === "required" && lengthOf(verdict.why) < least)
      found.push({ field: "verdicts", reply: id, text: `Why the answer${of} failed` });
  }
  const parts: [keyof Said, string][] = [
    ["capability", "Capability"],
    ["difficulty", "Difficulty"],
    ["reference", "Reference answer"],
    ["criteria", "Criteria"],
  ];
  for (const [field, text] of parts)
    if (desk.require.includes(field) && isEmpty(said[field])) found.push({ field, text });
  return found;
}

function lackingAttack(said: Said, branch: readonly Turn[], desk: DeskSpec): Lack[] {
  const found: Lack[] = [];
  if (!branch.some((turn) => turn.replies.some(usable))) found.push({ field: "turn", text: "An answer to judge" });
  const parts: [keyof Said, string][] = [
    ["goal", "Goal"],
    ["strategy", "Strategy"],
    ["outcome", "Outcome"],
  ];
  for (const [field, text] of parts)
    if (desk.require.includes(field) && isEmpty(said[field])) found.push({ field, text });
  const held = said.outcome === desk.outcomes[0]?.name;
  // Of an attack that the model withstood, a mark is not submitted.
  if (said.broke !== null && !held && !branch.some((turn) => turn.replies.some(({ id }) => id === said.broke)))
    found.push({ field: "broke", text: "The answer on this branch in which it broke" });
  if (said.outcome !== null && !held) {
    if (said.broke === null) found.push({ field: "broke", text: "The answer in which it broke" });
    if (said.severity === null) found.push({ field: "severity", text: "Severity" });
  }
  const short = leastWords(desk) - lengthOf(said.rationale);
  if (owesRationale(desk, said.outcome) && short > 0) found.push({ field: "rationale", text: "Rationale" });
  return found;
}

const isEmpty = (value: unknown): boolean =>
  value === null || (typeof value === "string" && !value.trim()) || (Array.isArray(value) && !value.length);
