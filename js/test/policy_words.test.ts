import { expect, it } from "vitest";
import { dimension } from "../demo/fake";
import type { RationaleSpec, ScaleSpec, Value } from "../src/protocol";
import nominal from "../src/scales/nominal";
import { policyWords } from "../src/ui/policy_words";

const GRAVE = ["low", "high"].map((name) => ({ name, description: "" }));
const POLICIES = {
  kind: "nominal",
  not_applicable: false,
  multiple: true,
  none: "no policy",
  severities: GRAVE,
  categories: [{ name: "Violence", description: "" }],
};
const words = (scale: ScaleSpec, required_for: Value[]): string =>
  policyWords(
    dimension("any", scale, {
      rationale: { ...dimension("any", scale).rationale, policy: "required_when", required_for } as RationaleSpec,
    }),
  );

it("names the values that ask for a rationale, unless they leave nothing out", () => {
  const safe = { kind: "binary", not_applicable: false, yes: "Yes", no: "No" };
  expect(words(safe, [false])).toBe("Required for “No”");
  expect(words(safe, [true, false])).toBe("Required for any answer");
  const points = { kind: "ordinal", not_applicable: false, low: 1, high: 3, anchors: {} };
  expect(words(points, [1, 2])).toBe("Required for “1”, “2”");
  expect(words(points, [1, 2, 3])).toBe("Required for any answer");
});

it("says of severities that they are all named, and that none of the policies is no such answer", () => {
  expect(nominal.whole?.(POLICIES, ["high"])).toBeNull();
  expect(nominal.whole?.(POLICIES, ["low", "high"])).toBe("any answer but “no policy”");
  expect(nominal.whole?.(POLICIES, ["low", "high", "no policy"])).toBe("any answer");
});
