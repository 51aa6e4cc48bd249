/** When a rationale is required: the same rule as `Rationale.is_required` in rubric.py. */
import { chosenOf } from "./asked";
import type { DimensionSpec } from "./protocol";
import { scaleOf } from "./scales";
import type { DraftAnswer } from "./session.types";

export function rationaleRequired({ rationale, scale }: DimensionSpec, answer: DraftAnswer | undefined): boolean {
  const value = answer?.value ?? undefined;
  if (!answer || (value === undefined && !answer.not_applicable) || rationale.policy === "never") return false;
  if (rationale.policy === "required") return true;
  if (value === undefined || answer.not_applicable) return false;
  const { required_at_most: most, required_at_least: least, required_when: when, required_for: values } = rationale;
  const number = scaleOf(scale.kind).number(scale, value);
  if (number !== null) {
    if (most !== null && number <= most) return true;
    if (least !== null && number >= least) return true;
    if (when && number >= when[0] && number <= when[1]) return true;
  }
  return values?.some((each) => chosenOf(scale, value).includes(each)) ?? false;
}
