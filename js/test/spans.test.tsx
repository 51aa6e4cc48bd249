import { act, cleanup, fireEvent, render, screen, within } from "@testing-library/preact";
import { afterEach, describe, expect, it, vi } from "vitest";
import { dimension, fakeSession } from "../demo/fake";
import type { RubricSpec } from "../src/protocol";
import {
  inReadingOrder,
  lacks,
  levelOf,
  type MarkValue,
  marksOf,
  type SpansSpec,
  sumOf,
  weightOf,
} from "../src/scales/span_marks";
import spans from "../src/scales/spans";
import { App } from "../src/widgets/rating";
import { NOWHERE } from "./place";

const named = (...names: string[]) => names.map((name) => ({ name, description: "" }));
const SCALE: SpansSpec = {
  kind: "spans",
  not_applicable: false,
  categories: [
    { name: "made up", description: "Does not exist" },
    { name: "Fluency", description: "", subcategories: named("Grammar", "Punctuation") },
  ],
  severities: named("minor", "major", "critical"),
  weights: { minor: 1, major: 5, critical: 25, "Fluency/Punctuation": { minor: 0.1 } },
  targets: ["response"],
};
const mark = (start: number | null, end: number | null, more: Partial<MarkValue> = {}): MarkValue => ({
  target: "response",
  start,
  end,
  category: "made up",
  severity: "minor",
  note: "",
  correction: "",
  ...more,
});

afterEach(cleanup);

describe("marks as an answer", () => {
  it("weigh what is most specific", () => {
    expect(weightOf(SCALE, "Fluency/Punctuation", "minor")).toBe(0.1);
    expect(weightOf(SCALE, "Fluency/Punctuation", "major")).toBe(5);
    expect(weightOf(SCALE, "made up", null)).toBeNull();
    const own = { ...SCALE, weights: { ...SCALE.weights, "made up": 30, Fluency: { major: 7 } } };
    expect(weightOf(own, "made up", null)).toBe(30);
    expect(weightOf(own, "Fluency/Grammar", "major")).toBe(7);
    expect(weightOf({ ...SCALE, severities: [], weights: {} }, "made up", null)).toBe(1);
    const tenths = [0, 1, 2].map((at) => mark(at, at + 1, { category: "Fluency/Punctuation" }));
    expect(sumOf(SCALE, tenths)).toBe(0.3);
    expect(sumOf(SCALE, [])).toBe(0);
  });

  it("are numbered in reading order", () => {
    const marks = [
      mark(null, null),
      mark(5, 6),
      mark(2, 9),
      mark(2, 4),
      mark(1, 2, { target: "prompt[10]" }),
      mark(3, 4, { target: "prompt[9]" }),
      mark(0, 1, { target: "context" }),
    ];
    expect(inReadingOrder(marks).map(({ target, start, end }) => `${target} ${start} ${end}`)).toEqual([
      "prompt[9] 3 4",
      "prompt[10] 1 2",
      "context 0 1",
      "response 2 4",
      "response 2 9",
      "response 5 6",
      "response null null",
    ]);
  });

  it("say what they lack, in words", () => {
    expect(lacks(SCALE, [mark(0, 1), mark(1, 2, { severity: null })])).toBe("severity of mark 2");
    expect(lacks(SCALE, [mark(0, 1), mark(1, 2), mark(0, 1, { note: "again" })])).toBe("marks 1 and 3 are the same");
    expect(lacks(SCALE, [mark(0, 1)])).toBeNull();
    expect(spans.lacks?.(SCALE, [], NOWHERE)).toBeNull();
  });

  it("read in words, short and long, and as what conditions are held against", () => {
    const value = [mark(0, 6, { correction: "Reply" }), mark(6, 7, { category: "Fluency/Grammar", severity: "major" })];
    expect(spans.brief?.(SCALE, value, NOWHERE)).toBe("2 marks · weight 6");
    expect(spans.text(SCALE, value, NOWHERE)).toBe(
      "2 marks · weight 6: minor made up “Answer” → Reply; major Fluency / Grammar “.”",
    );
    expect(spans.text(SCALE, [], NOWHERE)).toBe("no errors found");
    expect(spans.number(SCALE, value)).toBe(6);
    expect(spans.chosen?.(SCALE, value)).toEqual(["made up", "Fluency/Grammar", "Fluency"]);
    expect(spans.chosen?.(SCALE, [])).toEqual(["no errors found"]);
  });

  it("have a level by their severity", () => {
    expect(["minor", "major", "critical", null].map((one) => levelOf(SCALE, one))).toEqual([0, 1, 2, null]);
    expect(levelOf({ ...SCALE, severities: [] }, null)).toBe(1);
  });
});

/** The whole screen with a dimension of marks. */
function open(scale: SpansSpec = SCALE, responses = 1) {
  const rubric: RubricSpec = {
    title: "t",
    guidelines: "",
    dimensions: [dimension("errors", scale, { question: "What is wrong?" })],
  };
  const fake = fakeSession({ rubric, responses });
  const { container } = render(<App session={fake.session} />);
  const slot = fake.session.slots.value[0]?.id ?? "";
  const value = () => fake.session.draft.value.answers[slot]?.value;
  const marks = () => marksOf(value());
  return { ...fake, container, slot, value, marks };
}
const frame = () => act(() => new Promise((done) => setTimeout(done, 20)));

function select(root: Element, words: string): void {
  const walker = document.createTreeWalker(root, 4);
  const nodes: [start: number, node: Node][] = [];
  let text = "";
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    nodes.push([text.length, node]);
    text += node.textContent;
  }
  const at = text.indexOf(words);
  if (at < 0) throw new Error(`no '${words}'`);
  const [from, first] = nodes.findLast(([start]) => start <= at) as [number, Node];
  const [to, last] = nodes.findLast(([start]) => start < at + words.length) as [number, Node];
  const range = document.createRange();
  range.setStart(first, at - from);
  range.setEnd(last, at + words.length - to);
  document.getSelection()?.removeAllRanges();
  document.getSelection()?.addRange(range);
}
/** As with the mouse. */
async function drag(container: Element, words: string, where = ".rw-response"): Promise<void> {
  const text = container.querySelector(`${where} [data-s]`) as Element;
  fireEvent.pointerDown(text, { button: 0, pointerType: "mouse" });
  select(container.querySelector(where) as Element, words);
  fireEvent.pointerUp(text, { button: 0, pointerType: "mouse" });
  await frame();
}
async function press(key: string, more: KeyboardEventInit = {}): Promise<void> {
  await act(async () => {
    fireEvent.keyDown(document.activeElement ?? document.body, { key, ...more });
  });
  await frame();
}

describe("marking", () => {
  it("leaves the answer unset until a category is chosen", async () => {
    const { container, value } = open();
    await drag(container, "strong concern");
    expect(screen.getByRole("dialog", { name: "New mark" })).toBeTruthy();
    expect(value()).toBeUndefined();
    await press("Escape");
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(value()).toBeUndefined();
    expect(container.querySelector("[data-mark]")).toBeNull();
  });

  it("takes two digits, a note and Enter", async () => {
    const { container, marks, session } = open();
    await drag(container, "strong concern");
    await press("1");
    expect(marks()).toEqual([mark(40, 54, { severity: null })]);
    expect(session.missing.value).toHaveLength(0); // the demo's session knows no `lacks`
    await press("2");
    const note = screen.getByRole("textbox", { name: "Note" });
    expect(document.activeElement).toBe(note);
    fireEvent.input(note, { target: { value: "It is" } });
    await press("Enter");
    expect(marks()).toEqual([mark(40, 54, { severity: "major", note: "It is" })]);
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(container.querySelector("[data-mark]")?.textContent).toBe("strong concern");
  });

  it("asks for the sub-category where there are some, and a click does as much", async () => {
    const { container, marks } = open();
    await drag(container, "strong concern");
    fireEvent.click(screen.getByRole("radio", { name: "Fluency" }));
    await frame();
    expect(marks()).toEqual([]);
    fireEvent.click(screen.getByRole("radio", { name: "Punctuation" }));
    await frame();
    fireEvent.click(screen.getByRole("radio", { name: "minor" }));
    await frame();
    expect(marks()[0]).toMatchObject({ category: "Fluency/Punctuation", severity: "minor" });
    expect(screen.getByText("Weight 0.1")).toBeTruthy();
  });

  it("asks for no severity where there is none or one", async () => {
    const { container, marks } = open({ ...SCALE, severities: named("major"), weights: { major: 5 } });
    await drag(container, "strong concern");
    expect(screen.queryByRole("radiogroup", { name: "Severity" })).toBeNull();
    await press("1");
    expect(marks()[0]?.severity).toBe("major");
  });

  it("by touch waits until the handles rest, and follows them", async () => {
    const { container, marks } = open();
    const text = container.querySelector(".rw-response [data-s]") as Element;
    fireEvent.pointerDown(text, { button: 0, pointerType: "touch" });
    for (const words of ["strong", "strong concern"]) {
      select(container.querySelector(".rw-response") as Element, words);
      fireEvent(document, new Event("selectionchange"));
      expect(screen.queryByText("“strong concern”")).toBeNull();
      await vi.waitFor(() => expect(screen.getByRole("dialog").querySelector("q")?.textContent).toBe(words), 4_000);
      // The selection is put back over the text that was cut.
      await vi.waitFor(() => expect(String(document.getSelection())).toBe(words), 4_000);
      // Until it is, the next one would be taken back by it.
      await frame();
    }
    expect(screen.getByRole("dialog").contains(document.activeElement)).toBe(false);
    fireEvent.click(screen.getByRole("radio", { name: "made up" }));
    await frame();
    expect(marks()).toEqual([mark(40, 54, { severity: null })]);
  });

  it("of nothing is an answer of its own, and never wipes marks away", async () => {
    const { session, slot, value } = open();
    act(() => screen.getByRole("button", { name: "No errors found" }).focus());
    await press("0");
    expect(value()).toEqual([]);
    expect(screen.getByRole("button", { name: "No errors found" }).getAttribute("aria-pressed")).toBe("true");
    await press("0");
    expect(value()).toBeUndefined();
    act(() => session.set(slot, [mark(0, 4)]));
    expect(screen.queryByRole("button", { name: "No errors found" })).toBeNull();
    await press("0");
    expect(value()).toEqual([mark(0, 4)]);
  });

  it("of something that is missing has no place", async () => {
    const { marks, container } = open();
    act(() => screen.getByRole("button", { name: "Without a place" }).focus());
    await press("w");
    await press("1");
    await press("3");
    expect(marks()).toEqual([mark(null, null, { severity: "critical" })]);
    expect(container.querySelector(".rw-ask [role=dialog]")).toBeTruthy();
    expect(container.querySelector("[data-mark]")).toBeNull();
  });

  it("takes what is selected once: the next key brings the caret", async () => {
    const { container, marks } = open();
    await drag(container, "strong concern");
    fireEvent(document, new Event("selectionchange"));
    await press("1");
    await press("1");
    await press("Escape");
    expect(marks()).toHaveLength(1);
    await press("m");
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(document.activeElement?.getAttribute("role")).toBe("application");
  });

  it("leaves what was not decided selected, for a quote or for m", async () => {
    const { container, marks } = open();
    await drag(container, "strong concern");
    fireEvent(document, new Event("selectionchange"));
    await press("Escape");
    await press("m");
    expect(screen.getByRole("dialog", { name: "New mark" }).querySelector("q")?.textContent).toBe("strong concern");
    expect(marks()).toEqual([]);
  });

  it("takes once what the caret selected", async () => {
    const { marks } = open();
    act(() => screen.getByRole("button", { name: "Mark by keys" }).focus());
    await press("m");
    await press("ArrowRight", { ctrlKey: true, shiftKey: true });
    fireEvent(document, new Event("selectionchange"));
    await press("1");
    await press("1");
    await press("Escape");
    await press("Escape");
    expect(marks()).toHaveLength(1);
    await press("m");
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(document.activeElement?.getAttribute("role")).toBe("application");
  });

  it("forgets what was selected when the item ends", async () => {
    const { container, session } = open({ ...SCALE, targets: ["prompt"] });
    await drag(container, container.querySelector(".rw-prompt [data-s]")?.textContent ?? "", ".rw-prompt");
    fireEvent(document, new Event("selectionchange"));
    expect(screen.getByRole("dialog", { name: "New mark" })).toBeTruthy();
    await press("Escape");
    await act(async () => session.go(1));
    await frame();
    act(() => screen.getByRole("button", { name: "Mark by keys" }).focus());
    await press("m");
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it("goes on with the caret where keys began it", async () => {
    const { marks } = open();
    act(() => screen.getByRole("button", { name: "Mark by keys" }).focus());
    await press("m");
    const caret = screen.getByRole("application", { name: "Caret in the text" });
    expect(document.activeElement).toBe(caret);
    await press("ArrowRight", { ctrlKey: true });
    expect(document.querySelector(".rw-spoken")?.textContent).toBe("Grapefruit");
    await press("ArrowRight", { ctrlKey: true, shiftKey: true });
    expect(document.querySelector(".rw-spoken")?.textContent).toBe("selected: juice");
    await press("1");
    await press("1");
    await press("Enter");
    expect(marks()).toEqual([mark(11, 16)]);
    expect(document.activeElement?.getAttribute("role")).toBe("application");
    // Nothing selected: the word that the caret stands at. Space holds Shift for who cannot.
    await press("ArrowRight", { ctrlKey: true });
    await press("2");
    await press("1");
    await press("2");
    await press("Enter");
    await press(" ");
    await press("ArrowRight");
    await press("ArrowRight");
    await press("Enter");
    await press("1");
    await press("1");
    await press("Escape");
    await press("Escape");
    expect(marks().map(({ start, end, category }) => [start, end, category])).toEqual([
      [11, 16, "made up"],
      [17, 19, "Fluency/Grammar"],
      [20, 21, "made up"],
    ]);
    expect(screen.queryByRole("application")).toBeNull();
    expect(document.activeElement?.closest(".rw-spans")).toBeTruthy();
  });

  it("by keys lets no letter act on the item", async () => {
    const { session } = open();
    act(() => screen.getByRole("button", { name: "Mark by keys" }).focus());
    await press("m");
    for (const key of ["f", "s", "g", "Backspace", "j"]) await press(key);
    expect(session.draft.value.flagged).toBe(false);
    expect(screen.queryByRole("form")).toBeNull();
    expect(screen.getByRole("application")).toBeTruthy();
  });
});

describe("the list of marks", () => {
  const three = [mark(0, 10), mark(11, 16, { note: "a note", correction: "juices" }), mark(null, null)];
  const rows = () =>
    within(screen.getByRole("list", { name: "Marks: Errors" })).getAllByRole("button", { name: /^Mark/ });

  it("names each with all that it says, and is one stop for Tab", async () => {
    const { session, slot } = open();
    act(() => session.set(slot, three));
    expect(rows().map((row) => row.getAttribute("aria-label"))).toEqual([
      "Mark 1: minor made up, Grapefruit",
      "Mark 2: minor made up, juice. Note: a note. Better: juices",
      "Mark 3: minor made up, without a place",
    ]);
    expect(rows().map((row) => row.tabIndex)).toEqual([0, -1, -1]);
    act(() => rows()[0]?.focus());
    await press("ArrowDown");
    expect(document.activeElement).toBe(rows()[1]);
    await press("End");
    expect(document.activeElement).toBe(rows()[2]);
  });

  it("and the text point at each other", async () => {
    const { session, slot, container } = open();
    act(() => session.set(slot, three));
    act(() => rows()[1]?.focus());
    expect(container.querySelector(".rw-response .rw-hot")?.textContent).toBe("juice");
    const first = container.querySelector(".rw-response [data-mark]") as Element;
    fireEvent.pointerOver(first);
    expect(container.querySelector("li.rw-hot")?.textContent).toContain("Grapefruit");
    document.getSelection()?.removeAllRanges();
    fireEvent.click(first);
    await frame();
    expect(screen.getByRole("dialog", { name: "Mark 1" })).toBeTruthy();
  });

  it("goes through marks that overlap, press by press", async () => {
    const { session, slot, container } = open();
    act(() => session.set(slot, [mark(0, 20), mark(5, 16), mark(11, 18)]));
    document.getSelection()?.removeAllRanges();
    const juice = [...container.querySelectorAll("[data-mark]")].find((one) => one.textContent === "juice") as Element;
    expect(juice.getAttribute("data-mark")?.split(" ")).toHaveLength(3);
    const opened: string[] = [];
    for (let time = 0; time < 4; time += 1) {
      fireEvent.click(juice);
      await frame();
      opened.push(screen.getByRole("dialog").getAttribute("aria-label") ?? "");
    }
    expect(opened).toEqual(["Mark 3", "Mark 2", "Mark 1", "Mark 3"]);
  });

  it("changes a mark, deletes one, and the last one leaves the answer unset", async () => {
    const { session, slot, marks, value } = open();
    act(() => session.set(slot, three.slice(0, 2)));
    act(() => rows()[1]?.focus());
    await press("Enter");
    fireEvent.click(screen.getByRole("radio", { name: "critical" }));
    await frame();
    await press("Escape");
    expect(marks()[1]?.severity).toBe("critical");
    expect(document.activeElement).toBe(rows()[1]);
    await press("Delete");
    expect(marks()).toEqual([three[0]]);
    expect(document.querySelector(".rw-spoken")?.textContent).toBe("Mark 2 deleted. 1 mark left. Press u to undo.");
    expect(document.activeElement).toBe(rows()[0]);
    await press("Backspace");
    expect(value()).toBeUndefined();
    await press("u");
    expect(marks()).toEqual([three[0]]);
  });

  it("moves a mark to another place and keeps what it says", async () => {
    const { session, slot, marks, container } = open();
    act(() => session.set(slot, three.slice(0, 2)));
    fireEvent.click(rows()[1] as Element);
    await frame();
    fireEvent.click(screen.getByRole("button", { name: "Change the place" }));
    await frame();
    expect(screen.getByText(/Select the new place of mark 2/)).toBeTruthy();
    await drag(container, "generally");
    expect(marks()).toEqual([three[0], { ...three[1], start: 20, end: 29 }]);
    expect(screen.getByRole("dialog", { name: "Mark 2" })).toBeTruthy();
  });
});

it("marks the response that it is asked of, each by its own control", async () => {
  const { container, session } = open(SCALE, 2);
  const [first, second] = session.slots.value;
  const texts = container.querySelectorAll(".rw-response");
  fireEvent.pointerDown(texts[1] as Element, { button: 0 });
  select(texts[1] as Element, "breakfast");
  fireEvent.pointerUp(texts[1] as Element, { button: 0 });
  await frame();
  await press("1");
  expect(marksOf(session.draft.value.answers[first?.id ?? ""]?.value)).toEqual([]);
  expect(marksOf(session.draft.value.answers[second?.id ?? ""]?.value)).toHaveLength(1);
  expect(session.current.value).toBe(second?.id);
  await vi.waitFor(() => expect(texts[1]?.querySelector("[data-no]")?.getAttribute("data-no")).toBe("1"));
  expect(texts[0]?.querySelector("[data-mark]")).toBeNull();
});

it("says so where the item has nothing to mark", () => {
  open({ ...SCALE, targets: ["context"] });
  expect(screen.getByText(/nothing to mark here/)).toBeTruthy();
});
