import { cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { afterEach, expect, it, vi } from "vitest";
import { fakeSession } from "../demo/fake";
import type { Value } from "../src/protocol";
import type { Place } from "../src/scale.types";
import ranking from "../src/scales/ranking";
import { dropAt } from "../src/scales/ranking_drag";
import { dropped } from "../src/scales/ranking_order";
import { createView, ViewContext } from "../src/ui/view";
import { NOWHERE } from "./place";

const SCALE = { kind: "ranking", not_applicable: false, ties: true, partial: false, best_worst: false };
const ENDS = { ...SCALE, ties: false, best_worst: true };
const responses = ["a", "b", "c", "d"].map((key) => ({ key, text: `text of ${key}` }));
const PLACE: Place = { ...NOWHERE, item: { ...NOWHERE.item, responses }, response: null, slot: "order" };

function show(scale: typeof SCALE, value?: Value) {
  const onChange = vi.fn();
  const view = createView(fakeSession().session);
  const { Control } = ranking;
  render(
    <ViewContext.Provider value={view}>
      <Control
        scale={scale}
        value={value}
        notApplicable={false}
        onChange={onChange}
        label="Order"
        describedBy="x"
        place={PLACE}
        slot="order"
      />
    </ViewContext.Provider>,
  );
  return { onChange, view };
}
const keys = (value: Value | undefined, ...pressed: string[]): Value | undefined =>
  pressed.reduce<Value | undefined>((now, key) => ranking.key(SCALE, now, key, PLACE) ?? undefined, value);

afterEach(cleanup);

it("ranks nothing until the rater does, and shows how each response begins", () => {
  show(SCALE);
  expect(screen.getAllByRole("group").map((row) => row.getAttribute("aria-label"))).toEqual([
    "Response A, not ranked",
    "Response B, not ranked",
    "Response C, not ranked",
    "Response D, not ranked",
  ]);
  expect(screen.getByText("text of a")).toBeTruthy();
});

it("takes digits in the order of the ranks, and a digit again takes the response out", () => {
  expect(keys(undefined, "2", "4", "1", "3")).toEqual([["b"], ["d"], ["a"], ["c"]]);
  expect(keys([["b"], ["d"]], "2")).toEqual([["d"]]);
  expect(ranking.key(SCALE, [["b"]], "2", PLACE)).toBeNull();
  expect(ranking.key(SCALE, undefined, "5", PLACE)).toBeUndefined();
});

it("moves a response with Shift and an arrow, and says where it is now", () => {
  const { onChange, view } = show(SCALE, [["b"], ["d"], ["a"], ["c"]]);
  fireEvent.keyDown(screen.getByRole("group", { name: "Response A, rank 3" }), { key: "ArrowUp", shiftKey: true });
  expect(onChange).toHaveBeenLastCalledWith([["b"], ["a"], ["d"], ["c"]]);
  expect(view.said.value).toBe("Response A rank 2 of 4");
});

it("stacks ties, counts those who share a rank, and takes one out of the tie", () => {
  const { onChange, view } = show(SCALE, [["b"], ["d"], ["a"], ["c"]]);
  fireEvent.keyDown(screen.getByRole("group", { name: "Response A, rank 3" }), { key: "=" });
  expect(onChange).toHaveBeenLastCalledWith([["b"], ["d", "a"], ["c"]]);
  expect(view.said.value).toBe("Response A rank 2 of 4, tied with D");
  cleanup();
  const tied = show(SCALE, [["b"], ["d", "a"], ["c"]]);
  expect(screen.getByRole("group", { name: "Response C, rank 4" })).toBeTruthy();
  fireEvent.click(screen.getByRole("button", { name: "Response A: same rank as the one above" }));
  expect(tied.onChange).toHaveBeenLastCalledWith([["b"], ["d"], ["a"], ["c"]]);
});

it("offers no ties where the scale has none", () => {
  const { onChange } = show({ ...SCALE, ties: false }, [["b"], ["d"]]);
  expect(screen.queryByRole("button", { name: /same rank/ })).toBeNull();
  fireEvent.keyDown(screen.getByRole("group", { name: "Response D, rank 2" }), { key: "=" });
  expect(onChange).not.toHaveBeenCalled();
});

it("is unset again when the last response is taken out", () => {
  const { onChange } = show(SCALE, [["b"]]);
  fireEvent.click(screen.getByRole("button", { name: "Response B: out of the ranking" }));
  expect(onChange).toHaveBeenLastCalledWith(undefined);
});

it("says what is left to rank, and in words what was ranked", () => {
  expect(ranking.lacks?.(SCALE, [["b"], ["d"]], PLACE)).toBe("2 responses left to rank");
  expect(ranking.lacks?.({ ...SCALE, partial: true }, [["b"]], PLACE)).toBeNull();
  expect(ranking.lacks?.(SCALE, [["b"], ["d", "a"], ["c"]], PLACE)).toBeNull();
  expect(ranking.text(SCALE, [["b"], ["d", "a"], ["c"]], PLACE)).toBe("B › D = A › C");
});

it("asks for the best and the worst of them where that is all it asks", () => {
  const { onChange } = show(ENDS);
  fireEvent.click(screen.getAllByRole("radio", { name: "Response C" })[0] as Element);
  expect(onChange).toHaveBeenLastCalledWith({ best: "c" });
  let value: Value | undefined = ranking.key(ENDS, undefined, "3", PLACE);
  expect(ranking.lacks?.(ENDS, value as Value, PLACE)).toBe("the worst one");
  value = ranking.key(ENDS, value, "1", PLACE);
  expect(value).toEqual({ best: "c", worst: "a" });
  expect(ranking.text(ENDS, value as Value, PLACE)).toBe("best C, worst A");
  // Nothing is both.
  expect(ranking.key(ENDS, { best: "c", worst: "a" }, "1", PLACE)).toEqual({ best: "a" });
});

// Two ranked rows of 30 px and two that are not, with 4 px between them.
const GROUPS = [
  { top: 0, bottom: 30 },
  { top: 34, bottom: 64 },
];
const LAYOUT = { groups: GROUPS, pool: { top: 68, bottom: 132 }, own: { top: 68, bottom: 98 } };

it.each([
  [2, { before: 0 }],
  [15, { with: 0 }],
  [29, { before: 1 }],
  [36, { before: 1 }],
  [49, { with: 1 }],
  [66, { before: 2 }],
  [80, null],
  [110, { before: 2 }],
])("knows at a height of %i px what an unranked row is dropped on", (y, drop) => {
  expect(dropAt(y, LAYOUT, false, true)).toEqual(drop);
});

it("drops above or below a row where there are no ties, and takes a ranked row out among the unranked", () => {
  expect(dropAt(14, LAYOUT, false, false)).toEqual({ before: 0 });
  expect(dropAt(16, LAYOUT, false, false)).toEqual({ before: 1 });
  expect(dropAt(80, LAYOUT, true, true)).toBe("out");
  expect(dropAt(80, { ...LAYOUT, pool: null }, true, true)).toEqual({ before: 2 });
});

it("changes nothing when a response is dropped where it is", () => {
  const order = [["b"], ["d", "a"], ["c"]];
  expect(dropped(order, "b", { before: 0 })).toEqual(order);
  expect(dropped(order, "d", { with: 1 })).toEqual(order);
  expect(dropped(order, "d", { before: 1 })).toEqual([["b"], ["d"], ["a"], ["c"]]);
  expect(dropped(order, "b", { with: 0 })).toEqual([["d", "a", "b"], ["c"]]);
  expect(dropped(order, "a", "out")).toEqual([["b"], ["d"], ["c"]]);
});
