import { describe, expect, it } from "vitest";
import { askedIn, slotId } from "../src/asked";
import type { DimensionSpec, Value } from "../src/protocol";
import { NOWHERE } from "./place";

const PLAIN = {
  question: "?",
  description: "",
  weight: 1,
  required: true,
  rationale: {
    policy: "optional" as const,
    required_at_most: null,
    required_at_least: null,
    required_when: null,
    required_for: null,
    min_length: 0,
    ask: "",
  },
};
const binary = { kind: "binary", not_applicable: true, yes: "Yes", no: "No" };
const ordinal = { kind: "ordinal", not_applicable: false, low: 1, high: 4, anchors: {} };
const when = (dimension: string, more: object) => ({
  ask_when: { dimension, one_of: null, at_most: null, at_least: null, ...more },
});
const dimensions: DimensionSpec[] = [
  { ...PLAIN, name: "safe", title: "Safe", about: "response", scale: binary },
  { ...PLAIN, name: "harm", title: "Harm", about: "response", scale: ordinal, ...when("safe", { one_of: [false] }) },
  { ...PLAIN, name: "whom", title: "Whom", about: "response", scale: binary, ...when("harm", { at_least: 3 }) },
  { ...PLAIN, name: "note", title: "Note", about: "item", scale: binary, ...when("safe", { one_of: [false] }) },
];
const RUBRIC = { title: "r", guidelines: "", dimensions };
const item = { ...NOWHERE.item, responses: ["a", "b"].map((key) => ({ key, text: key })) };

const asked = (answers: [string, string | null, Value][]): string[] => {
  const draft = {
    flagged: false,
    note: "",
    answers: Object.fromEntries(
      answers.map(([name, response, value]) => [
        slotId(name, response),
        value === null ? { not_applicable: true, rationale: "" } : { value, not_applicable: false, rationale: "" },
      ]),
    ),
  };
  return [...askedIn(draft, RUBRIC, item)].map((id) => id.replace("\u0000", " ").trim());
};

describe("what is asked", () => {
  it("is only what has no condition while nothing is answered", () => {
    expect(asked([])).toEqual(["safe a", "safe b"]);
  });
  it("follows the answer for the same response, and for the item that of any", () => {
    expect(asked([["safe", "b", false]])).toEqual(["safe a", "safe b", "harm b", "note"]);
  });
  it("goes on through conditions, and ends where one of them is not asked", () => {
    const chain: [string, string | null, Value][] = [
      ["safe", "a", false],
      ["harm", "a", 3],
    ];
    expect(asked(chain)).toContain("whom a");
    expect(
      asked([
        ["safe", "a", true],
        ["harm", "a", 3],
      ]),
    ).not.toContain("whom a");
  });
  it("is not brought about by not applicable", () => {
    expect(asked([["safe", "a", null]])).toEqual(["safe a", "safe b"]);
  });
});
