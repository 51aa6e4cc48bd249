/** Small things said in words, the same everywhere. */
import type { DimensionSpec, RationaleSpec, Value } from "../protocol";
import { scaleOf } from "../scales";
import type { ItemState } from "../session.types";

/** "40 s", "12 min", "1 h 05 min". */
export function duration(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1) return `${Math.floor(seconds)} s`;
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}

export function when(milliseconds: number): string {
  return new Date(milliseconds).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}

export const count = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString()} ${n === 1 ? one : many}`;

/** Unicode code points of the trimmed text, as the policy counts them. */
export const lengthOf = (text: string): number => [...text.trim()].length;

/** When a rationale is asked for: "Required for 1 to 2". */
export function policyWords({ rationale, scale }: DimensionSpec): string {
  if (rationale.policy === "required") return "Required";
  const when = conditions(rationale, (value) => scaleOf(scale.kind).text(scale, value)).join(" or ");
  return when ? `Required ${when}` : "Optional";
}

function conditions(policy: RationaleSpec, said: (value: Value) => string): string[] {
  const words: string[] = [];
  if (policy.required_at_most !== null) words.push(`at ${policy.required_at_most} or below`);
  if (policy.required_at_least !== null) words.push(`at ${policy.required_at_least} or above`);
  if (policy.required_when) words.push(`from ${policy.required_when[0]} to ${policy.required_when[1]}`);
  if (policy.required_for) {
    words.push(`for ${policy.required_for.map((value) => `“${said(value)}”`).join(", ")}`);
  }
  return words;
}

export const STATES: Record<ItemState, { mark: string; word: string }> = {
  unrated: { mark: "○", word: "unrated" },
  draft: { mark: "◐", word: "draft" },
  rated: { mark: "●", word: "rated" },
  flagged: { mark: "⚑", word: "flagged" },
  skipped: { mark: "↷", word: "skipped" },
};
