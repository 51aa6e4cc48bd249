import { signal } from "@preact/signals";
import { act, cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { afterEach, describe, expect, it, vi } from "vitest";
import { fakeSession } from "../demo/fake";
import type { Value } from "../src/protocol";
import type { Place } from "../src/scale.types";
import { judged, pointsOf, pointsWords } from "../src/scales/check_criteria";
import checklist from "../src/scales/checklist";
import { createView, ViewContext } from "../src/ui/view";
import { NOWHERE } from "./place";

const criterion = (id: string, points = 1, more: object = {}) => ({
  id,
  text: `Text of ${id}`,
  description: "",
  points,
  required: true,
  ...more,
});
const SCALE = {
  kind: "checklist",
  not_applicable: false,
  criteria: [
    criterion("a", 5),
    criterion("b", -2, { check: { name: "no_commas", arguments: {} } }),
    criterion("c", 1, { required: false, description: "With a description" }),
  ],
  from_item: false,
  inapplicable: true,
  evidence: true,
};
const entry = (id: string, met: boolean | null, points = 1, more: object = {}) => ({
  criterion: id,
  met,
  points,
  ...more,
});

/** The row that q quotes for. */
const quotes = (): string | null | undefined =>
  document.querySelector('[data-key="q"]')?.closest("li")?.getAttribute("data-criterion");

let slots = 0;

/** The control with an answer that changes as a session's would. */
function show(value?: Value, { scale = SCALE, place = {} as Partial<Place>, suggest = vi.fn() } = {}) {
  const { session } = fakeSession();
  const suggested = signal<Record<string, unknown>>({});
  Object.assign(session, { suggest, suggested: () => suggested.value });
  const view = createView(session);
  const answer = signal(value);
  const at: Place = { ...NOWHERE, item: { ...NOWHERE.item, key: `item ${++slots}` }, slot: `slot ${slots}`, ...place };
  const { Control } = checklist;
  const Held = () => (
    <ViewContext.Provider value={view}>
      <Control
        scale={scale}
        value={answer.value}
        notApplicable={false}
        onChange={(next) => {
          answer.value = next;
        }}
        label="Form"
        describedBy="x"
        place={at}
        slot={at.slot}
      />
    </ViewContext.Provider>
  );
  render(<Held />);
  const key = (pressed: string) =>
    act(() => {
      const next = checklist.key(scale, answer.value, pressed, at);
      if (next !== undefined) answer.value = next ?? undefined;
    });
  const radio = (n: number, words: string) =>
    screen
      .getByRole("radiogroup", { name: new RegExp(`^Criterion ${n}:`) })
      .querySelector<HTMLElement>(`[data-value="${words}"]`) as HTMLElement;
  return { answer, suggest, suggested, view, key, radio, at };
}
const marks = (value: Value | undefined) =>
  ((value ?? []) as { criterion: string; met?: boolean | null }[]).map(({ criterion, met }) => [criterion, met]);
const current = () => document.querySelector(".rw-here")?.getAttribute("data-criterion");

afterEach(cleanup);

describe("verdicts", () => {
  it("are unset until the rater gives them, and each can be given by a click", () => {
    const { answer, radio } = show();
    expect(document.querySelectorAll('[aria-checked="true"]').length).toBe(0);
    fireEvent.click(radio(2, "Not met"));
    fireEvent.click(radio(1, "N/A"));
    expect(marks(answer.value)).toEqual([
      ["a", null],
      ["b", false],
    ]);
    expect(radio(2, "Not met").getAttribute("aria-checked")).toBe("true");
    expect(screen.getByRole("radiogroup", { name: "Criterion 2: Text of b, -2 points, not met" })).toBeTruthy();
  });

  it("are given to the current row by y, n and x, which go on to the next", () => {
    const { answer, key } = show();
    for (const pressed of ["y", "n", "x"]) key(pressed);
    expect(marks(answer.value)).toEqual([
      ["a", true],
      ["b", false],
      ["c", null],
    ]);
    expect(current()).toBe("c");
  });

  it("begin where the first one is open, and rows are reached by their number", () => {
    const { key } = show([entry("a", true)]);
    expect(current()).toBe("b");
    key("3");
    expect(current()).toBe("c");
    key("9");
    expect(current()).toBe("c");
    expect(checklist.key(SCALE, undefined, "z", NOWHERE)).toBeUndefined();
  });

  it("are reached by two digits where there are so many", () => {
    const scale = { ...SCALE, criteria: Array.from({ length: 14 }, (_, n) => criterion(`k${n + 1}`)) };
    const { key } = show(undefined, { scale });
    key("1");
    key("2");
    expect(current()).toBe("k12");
    key("1");
    key("y");
    key("3");
    expect(current()).toBe("k3");
  });

  it("are moved to by arrows, chosen by arrows across, and taken back row by row", () => {
    const { answer, radio } = show();
    radio(1, "Met").focus();
    fireEvent.keyDown(document.activeElement as Element, { key: "ArrowDown" });
    expect(document.activeElement).toBe(radio(2, "Met"));
    fireEvent.keyDown(document.activeElement as Element, { key: "ArrowRight" });
    fireEvent.keyDown(document.activeElement as Element, { key: "ArrowRight" });
    expect(marks(answer.value)).toEqual([["b", false]]);
    expect(document.activeElement).toBe(radio(2, "Not met"));
    fireEvent.keyDown(document.activeElement as Element, { key: "Backspace" });
    expect(answer.value).toBeUndefined();
    fireEvent.keyDown(document.activeElement as Element, { key: "End" });
    expect(current()).toBe("c");
  });

  it("keep one row in the order of Tab", () => {
    show([entry("a", false)]);
    expect([...document.querySelectorAll('[role="radio"][tabindex="0"]')].length).toBe(1);
  });

  it("are two where a criterion always applies", () => {
    const { key, answer } = show(undefined, { scale: { ...SCALE, inapplicable: false } });
    expect(screen.queryByText("N/A")).toBeNull();
    key("x");
    expect(answer.value).toBeUndefined();
  });

  it("are asked on the item's criteria where it brings them", () => {
    const asks = { criteria: [criterion("own", 3, { check: true })] };
    const { key, answer } = show(undefined, { scale: { ...SCALE, from_item: true }, place: { asks } });
    key("y");
    expect(answer.value).toEqual([{ criterion: "own", met: true, points: 3 }]);
  });
});

describe("a program", () => {
  it("is asked only about what was judged, and its word stands beside one's own", async () => {
    const { suggest, suggested, radio, view, at } = show();
    fireEvent.click(radio(1, "Met"));
    await act(() => undefined);
    expect(suggest).not.toHaveBeenCalled();
    fireEvent.click(radio(2, "Met"));
    await act(() => undefined);
    expect(suggest).toHaveBeenCalledWith(at.slot, [{ criterion: "b", met: true }]);
    await act(() => {
      suggested.value = { b: { met: false, note: "3 commas" } };
    });
    expect(screen.getByText(/Program: not met · 3 commas/).className).toContain("rw-warn");
    expect(view.said.value).toBe("You said met, the program says not met · 3 commas: Text of b");
  });

  it("says nothing of a criterion without a verdict", () => {
    const { suggested } = show();
    act(() => {
      suggested.value = { b: { met: false, note: "" } };
    });
    expect(screen.queryByText(/Program: /)).toBeNull();
  });

  it("is known to have been seen when the verdict changes after it", async () => {
    const { answer, suggested, radio } = show();
    fireEvent.click(radio(2, "Met"));
    fireEvent.click(radio(2, "N/A"));
    expect(answer.value).toEqual([{ criterion: "b", met: null, points: -2 }]);
    await act(() => {
      suggested.value = { b: { met: false, note: "" } };
    });
    fireEvent.click(radio(2, "Not met"));
    expect(answer.value).toEqual([{ criterion: "b", met: false, points: -2, before: null }]);
    fireEvent.keyDown(radio(2, "Not met"), { key: "Delete" });
    fireEvent.click(radio(2, "Met"));
    expect(answer.value).toEqual([{ criterion: "b", met: true, points: -2, before: null }]);
  });

  it("is not asked again for a saved answer, which has its word", async () => {
    const { suggest, answer, radio } = show([entry("b", true, -2, { machine: false, note: "1 comma" })]);
    await act(() => undefined);
    expect(suggest).not.toHaveBeenCalled();
    expect(screen.getByText(/Program: not met · 1 comma/)).toBeTruthy();
    fireEvent.click(radio(2, "Met"));
    expect(answer.value).toEqual([entry("b", true, -2, { machine: false, note: "1 comma" })]);
    fireEvent.click(radio(2, "Not met"));
    expect(answer.value).toEqual([entry("b", false, -2, { before: true })]);
  });
});

describe("evidence", () => {
  it("is what is selected in the response, also before the verdict", async () => {
    const { answer, view, radio, at } = show();
    await act(() => {
      view.board.selected.value = { text: "response:answer", part: { start: 0, end: 6, text: "Answer" } };
    });
    fireEvent.click(screen.getByRole("button", { name: "Quote the selection for criterion 1" }));
    expect(answer.value).toEqual([{ criterion: "a", points: 5, evidence: { start: 0, end: 6, text: "Answer" } }]);
    expect(checklist.lacks?.(SCALE, answer.value as Value, at)).toBe("2 criteria left");
    fireEvent.click(radio(1, "Met"));
    expect(answer.value).toEqual([
      { criterion: "a", met: true, points: 5, evidence: { start: 0, end: 6, text: "Answer" } },
    ]);
    fireEvent.click(screen.getByRole("button", { name: "Remove the quote for criterion 1" }));
    expect(answer.value).toEqual([entry("a", true, 5)]);
  });

  it("is selected by keys where nothing is", async () => {
    const { answer, view } = show();
    fireEvent.click(screen.getByRole("button", { name: "Quote the response for criterion 1" }));
    expect(view.board.caret.value?.text).toBe("response:answer");
    await act(() => view.board.caret.value?.take({ start: 1, end: 3, text: "ns" }));
    expect(view.board.caret.value).toBeNull();
    expect(answer.value).toEqual([{ criterion: "a", points: 5, evidence: { start: 1, end: 3, text: "ns" } }]);
  });

  it("is not asked for where it is switched off, or where several responses are meant", () => {
    show(undefined, { scale: { ...SCALE, evidence: false } });
    expect(screen.queryByRole("button", { name: /Quote/ })).toBeNull();
    cleanup();
    const responses = [...NOWHERE.item.responses, { key: "other", text: "Other." }];
    show(undefined, { place: { response: null, item: { ...NOWHERE.item, responses } } });
    expect(screen.queryByRole("button", { name: /Quote/ })).toBeNull();
  });
});

describe("the score", () => {
  it("is points earned over points possible", () => {
    const value = [entry("a", true, 5), entry("b", true, -2), entry("c", null, 1)] as Value;
    expect(checklist.number(SCALE, value)).toBe(0.6);
    expect(checklist.brief?.(SCALE, value, NOWHERE)).toBe("3 of 5 points");
    expect(checklist.text(SCALE, value, NOWHERE)).toBe("3 of 5 points; met: 1, 2; not applicable: 3");
    expect(checklist.chosen?.(SCALE, value)).toEqual(["a", "b"]);
    expect(checklist.number(SCALE, [entry("a", null, 5), entry("b", true, -2)] as Value)).toBeNull();
    expect(pointsWords([entry("a", false, 5), entry("b", true, -2)])).toBe("−2 of 5 points");
    expect(pointsOf([entry("a", true, 0.1), entry("b", true, 0.2)])).toEqual({ earned: 0.3, possible: 0.3 });
  });

  it("is told how far it is until every required criterion is judged", () => {
    const value = [entry("a", true, 5)] as Value;
    expect(checklist.brief?.(SCALE, value, NOWHERE)).toBe("1 of 3 judged");
    expect(checklist.lacks?.(SCALE, value, NOWHERE)).toBe("1 criterion left");
    expect(checklist.lacks?.(SCALE, [...(value as Value[]), entry("b", false, -2)] as Value, NOWHERE)).toBeNull();
  });

  it("says its rule", () => {
    show();
    expect(
      screen.getByText(/Score: points of what is met over the points possible; negative points are taken off; N\/A/),
    ).toBeTruthy();
  });

  it("keeps the first verdict of several", () => {
    expect(judged({ criterion: "a", met: false, points: 1, before: true }, null, false)).toEqual({
      met: null,
      before: true,
    });
  });
});

it("quotes for the criterion that a key judged just now, though the cursor has moved on", () => {
  const { key } = show();
  expect(quotes()).toBe("a");
  key("y");
  expect(quotes()).toBe("a");
  expect(screen.getByText(/quote for 1/)).toBeTruthy();
  key("n");
  expect(quotes()).toBe("b");
  // Whoever moves means the row that they move to.
  key("1");
  expect(quotes()).toBe("a");
  key("y");
  fireEvent.pointerDown(document.querySelector('[data-criterion="c"]') as Element);
  expect(quotes()).toBe("c");
  expect(screen.queryByText(/quote for/)).toBeNull();
});
