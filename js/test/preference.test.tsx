import { cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { afterEach, expect, it, vi } from "vitest";
import { fakeSession } from "../demo/fake";
import type { Value } from "../src/protocol";
import type { Place } from "../src/scale.types";
import preference from "../src/scales/preference";
import { createView, ViewContext } from "../src/ui/view";
import { NOWHERE } from "./place";

const SCALE = { kind: "preference", not_applicable: false, strength: 3, tie: true, neither: true };

function place(texts: string[], pairs: [number, number][], key = texts.join()): Place {
  const responses = texts.map((text) => ({ key: `key-${text}`, text }));
  return { ...NOWHERE, item: { ...NOWHERE.item, key, responses }, response: null, slot: "overall", asks: { pairs } };
}

const PAIR = place(["one", "two"], [[0, 1]]);
const THREE = place(
  ["one", "two", "three"],
  [
    [2, 1],
    [0, 2],
    [1, 0],
  ],
);

function show(where: Place, value?: Value) {
  const onChange = vi.fn();
  const view = createView(fakeSession().session);
  const { Control } = preference;
  render(
    <ViewContext.Provider value={view}>
      <Control
        scale={SCALE}
        value={value}
        notApplicable={false}
        onChange={onChange}
        label="Overall"
        describedBy="x"
        place={where}
        slot={where.slot}
      />
    </ViewContext.Provider>,
  );
  return { onChange, view };
}

const verdict = (left: string, right: string, choice: string, strength: number) => ({
  left: `key-${left}`,
  right: `key-${right}`,
  choice,
  strength,
});

afterEach(cleanup);

it("prefers neither until the rater does", () => {
  show(PAIR);
  expect(screen.queryAllByRole("radio", { checked: true })).toEqual([]);
  expect(screen.getAllByRole("radio").map((stop) => stop.getAttribute("aria-label"))).toEqual([
    "A much better",
    "A better",
    "A slightly better",
    "equal",
    "B slightly better",
    "B better",
    "B much better",
    "both bad",
  ]);
});

it("says which of the two and how much, by mouse and by key", () => {
  const { onChange } = show(PAIR);
  fireEvent.click(screen.getByRole("radio", { name: "B much better" }));
  expect(onChange).toHaveBeenLastCalledWith([verdict("one", "two", "right", 3)]);
  expect(preference.key(SCALE, undefined, "3", PAIR)).toEqual([verdict("one", "two", "left", 1)]);
  expect(preference.key(SCALE, undefined, "b", PAIR)).toEqual([verdict("one", "two", "neither", 0)]);
  expect(preference.key({ ...SCALE, neither: false }, undefined, "b", PAIR)).toBeUndefined();
  expect(preference.key(SCALE, undefined, "9", PAIR)).toBeUndefined();
});

it("asks only which one where strength is not asked for, and offers no tie where there is none", () => {
  const plain = { ...SCALE, strength: 0, tie: false, neither: false };
  expect(preference.key(plain, undefined, "1", PAIR)).toEqual([verdict("one", "two", "left", 1)]);
  expect(preference.key(plain, undefined, "2", PAIR)).toEqual([verdict("one", "two", "right", 1)]);
  expect(preference.keys(plain)).toBe("1 … 2");
});

it("goes from pair to pair of many responses, and says how many are left", () => {
  let value: Value | undefined;
  for (const key of ["2", "4", "6"]) value = preference.key(SCALE, value, key, THREE) ?? undefined;
  expect(value).toEqual([
    verdict("three", "two", "left", 2),
    verdict("one", "three", "tie", 0),
    verdict("two", "one", "right", 2),
  ]);
  expect(preference.lacks?.(SCALE, (value as Value[]).slice(0, 1), THREE)).toBe("2 pairs left");
  expect(preference.lacks?.(SCALE, value as Value, THREE)).toBeNull();
  expect(preference.text(SCALE, value as Value, THREE)).toBe("C/B: C better; A/C: equal; B/A: A better");
  expect(preference.brief?.(SCALE, value as Value, THREE)).toBe("3 of 3 pairs");
});

it("can go back to a pair and change its verdict without losing the others", () => {
  const where = place(
    ["one", "two", "three"],
    [
      [2, 1],
      [0, 2],
      [1, 0],
    ],
    "another item",
  );
  const value = [verdict("three", "two", "left", 2), verdict("one", "three", "tie", 0)] as unknown as Value;
  const { onChange } = show(where, value);
  expect(screen.getByText(/Pair 3 of 3/)).toBeTruthy();
  fireEvent.click(screen.getByRole("button", { name: "Overall: previous pair" }));
  fireEvent.click(screen.getByRole("radio", { name: "C much better" }));
  expect(onChange).toHaveBeenLastCalledWith([verdict("three", "two", "left", 2), verdict("one", "three", "right", 3)]);
});

it("a verdict from elsewhere that does not say how strongly is still to be given", () => {
  const unsaid = [{ ...verdict("one", "two", "right", 0), strength: null }] as unknown as Value;
  expect(preference.lacks?.(SCALE, unsaid, PAIR)).toBe("1 pair left");
  expect(preference.text(SCALE, unsaid, PAIR)).toBe("B better");
  show(PAIR, unsaid);
  expect(screen.getAllByRole("radio").filter((one) => one.getAttribute("aria-checked") === "true")).toEqual([]);
});
