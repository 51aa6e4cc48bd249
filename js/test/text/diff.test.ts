import { describe, expect, it } from "vitest";
import { diff } from "../../src/chunks/diff";
import { grouped } from "../../src/text/diff";

const runs = (before: string, after: string): string[] =>
  grouped(diff(before, after) ?? []).map((run) => ({ both: "", before: "-", after: "+" })[run.in] + run.text);

describe("changes between two texts", () => {
  it("shows a rewritten passage as what went and then what came", () => {
    expect(runs("Soak overnight in bleach.", "Dab with mild bleach.")).toEqual([
      "-Soak overnight in",
      "+Dab with mild",
      " bleach.",
    ]);
  });

  it("takes one short word that stayed into the passage, and leaves longer ones alone", () => {
    expect(runs("cold and wet", "warm and dry")).toEqual(["-cold and wet", "+warm and dry"]);
    expect(runs("cold between wet", "warm between dry")).toEqual(["-cold", "+warm", " between ", "-wet", "+dry"]);
  });

  it("invents no deletion where words were only added", () => {
    expect(runs("a b", "a new and a good b").some((run) => run.startsWith("-"))).toBe(false);
  });

  it("keeps every character of either text", () => {
    const [before, after] = ["One two three, four five.\n\nSix seven?", "One 2 three and 4 five!\nSix, seven."];
    const found = grouped(diff(before, after) ?? []);
    const of = (side: string): string =>
      found
        .filter((run) => run.in === "both" || run.in === side)
        .map((run) => run.text)
        .join("");
    expect([of("before"), of("after")]).toEqual([before, after]);
  });
});
