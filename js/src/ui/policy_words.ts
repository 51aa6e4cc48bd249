/** When a rationale is asked for, in words. */
import type { DimensionSpec, RationaleSpec, Value } from "../protocol";
import { scaleOf } from "../scales";

/** When a rationale is asked for: "Required for 1 to 2". */
export function policyWords({ rationale, scale }: DimensionSpec): string {
  if (rationale.policy === "required") return "Required";
  const { text, whole } = scaleOf(scale.kind);
  const all = rationale.required_for && whole?.(scale, rationale.required_for);
  if (all) return `Required for ${all}`;
  const when = conditions(rationale, (value) => text(scale, value)).join(" or ");
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
