/** Marks on texts, the caret that keys move, and what is selected. */
import { act, cleanup, render } from "@testing-library/preact";
import { afterEach, describe, expect, it, test, vi } from "vitest";
import * as highlight from "../../src/chunks/highlight";
import { MarkLayer, TextBlock } from "../../src/text";
import { provide } from "../../src/text/chunk";
import { createBoard, cut, inLanes, type Mark } from "../../src/text/marks";
import { moved, step, toPlace, toSource, visibleOf, wordAt } from "../../src/text/marks_caret";
import { selectedIn } from "../../src/text/selection";
import { expectExact, noChunk, show } from "./show";

afterEach(cleanup);

const mark = (from: number, to: number, number = 1, level: Mark["level"] = 1): Mark => ({
  id: `m${number}`,
  from,
  to,
  level,
  number,
  words: "major",
});

/** A text in a pane, with its board. */
function pane(source: string, mode: "rendered" | "raw" = "rendered") {
  const board = createBoard(() => undefined);
  const taker = { slot: "s", texts: ["t"], take: vi.fn(), press: vi.fn() };
  board.enter(taker);
  const { container } = render(
    <section class="rw-read">
      <TextBlock label={`${mode} text`} text={source} chunk={noChunk} initialMode={mode} on={{ board, text: "t" }} />
      <MarkLayer board={board} say={() => undefined} />
    </section>,
  );
  const draw = (...marks: Mark[]) => act(() => board.draw("s", new Map([["t", marks]])));
  const words = (id: string): string =>
    [...container.querySelectorAll(`[data-mark~="${id}"]`)].map((piece) => piece.textContent).join("");
  return { container, board, taker, draw, words };
}

describe("marks on a text", () => {
  const source =
    "Plain **bold** and `code` with &amp; and 👩‍👩‍👧 e\u0301\r\n\r\n- שלום עולם\r\n\r\n```py\nx = 1\n```\n\nText[^1]\n\n[^1]: note";

  for (const mode of ["rendered", "raw"] as const)
    it(`cover exactly what they should in the ${mode} text, whatever overlaps`, () => {
      provide("highlight", highlight);
      const { container, draw, words } = pane(source, mode);
      const before = container.querySelector(".rw-text-body")?.textContent;
      const bold = source.indexOf("bold");
      const hebrew = source.indexOf("עולם");
      const family = source.indexOf("👩");
      draw(mark(0, bold + 4, 1), mark(bold, bold + 8, 2), mark(hebrew, hebrew + 4, 3), mark(family, family + 8, 4));
      expect(words("m1")).toBe(mode === "raw" ? "Plain **bold" : "Plain bold");
      expect(words("m2")).toBe(mode === "raw" ? "bold** a" : "bold a");
      expect(words("m3")).toBe("עולם");
      expect(words("m4")).toBe("👩‍👩‍👧");
      expectExact(container, source);
      // No character came or went.
      expect(container.querySelector(".rw-text-body")?.textContent).toBe(before);
      draw();
      expect(container.querySelectorAll("[data-mark]").length).toBe(0);
      expect(container.querySelector(".rw-text-body")?.textContent).toBe(before);
    });

  it("cover a character reference, code in colours and a footnote's number", () => {
    provide("highlight", highlight);
    const { draw, words } = pane(source);
    const [amp, code, note] = ["amp;", "= 1", "[^1]"].map((text) => source.indexOf(text)) as [number, number, number];
    draw(mark(amp, amp + 2, 1), mark(code, code + 3, 2), mark(note, note + 4, 3));
    expect(words("m1")).toBe("&");
    expect(words("m2")).toBe("= 1");
    expect(words("m3")).toBe("1");
  });

  it("are numbered where they begin, in one place where two begin together", async () => {
    const { container, draw } = pane("one **two** three");
    draw(mark(0, 3, 1), mark(4, 9, 2), mark(6, 9, 3));
    await vi.waitFor(() =>
      expect(
        [...container.querySelectorAll("[data-no]")].map((one) => [one.textContent, one.getAttribute("data-no")]),
      ).toEqual([
        ["one", "1"],
        ["two", "2 3"],
      ]),
    );
  });

  it("draw only what changes", () => {
    const { container, draw } = pane("one **two** three");
    const three = [...container.querySelectorAll("[data-s]")].at(-1);
    draw(mark(0, 3, 1));
    expect([...container.querySelectorAll("[data-s]")].at(-1)).toBe(three);
  });

  it("are not drawn on texts that nobody marks", () => {
    const page = show("one *two*");
    expect(page.querySelector("[data-mark]")).toBeNull();
  });

  it("stay apart by a line of their own", () => {
    const lanes = inLanes([mark(0, 9, 1), mark(2, 5, 2), mark(4, 8, 3), mark(9, 12, 4)]);
    expect(lanes.map(({ id, lane }) => [id, lane])).toEqual([
      ["m1", 0],
      ["m2", 1],
      ["m3", 2],
      ["m4", 0],
    ]);
    expect(cut(lanes, 3, 10).map((part) => [part.from, part.to, part.marks.map(({ id }) => id).join()])).toEqual([
      [3, 4, "m1,m2"],
      [4, 5, "m1,m2,m3"],
      [5, 8, "m1,m3"],
      [8, 9, "m1"],
      [9, 10, "m4"],
    ]);
  });

  it("of the control that is asked now come first where several mark a text", () => {
    let current = "b";
    const board = createBoard(() => current);
    const taker = (slot: string) => ({ slot, texts: ["t"], take: vi.fn(), press: vi.fn() });
    board.enter(taker("a"));
    const leave = board.enter(taker("b"));
    board.draw("a", new Map([["t", [mark(0, 1, 1)]]]));
    board.draw("b", new Map([["t", [mark(0, 1, 2)]]]));
    expect(board.takerOf("t")?.slot).toBe("b");
    expect(board.marked("t").marks.value.map(({ id }) => id)).toEqual(["m2"]);
    leave();
    expect(board.takerOf("t")?.slot).toBe("a");
    expect(board.marked("t").marks.value.map(({ id }) => id)).toEqual(["m1"]);
    current = "elsewhere";
    expect(board.takerOf("t")?.slot).toBe("a");
  });

  it("unfold a folded text where somebody goes", async () => {
    const long = "A sentence of some words.\n\n".repeat(1_000);
    const { container, board } = pane(long);
    const shown = container.querySelectorAll("p").length;
    expect(shown).toBeLessThan(400);
    act(() => {
      board.marked("t").wanted.value = 20_000;
    });
    await vi.waitFor(() => expect(container.querySelectorAll("p").length).toBe(1_000));
  });
});

describe("a selection", () => {
  const select = (root: Element, from: [string, number], to: [string, number]) => {
    const find = ([text, offset]: [string, number]): [Node, number] => {
      const walker = document.createTreeWalker(root, 4);
      for (let node = walker.nextNode(); node; node = walker.nextNode())
        if (node.textContent?.includes(text)) return [node, node.textContent.indexOf(text) + offset];
      throw new Error(`no '${text}'`);
    };
    const range = document.createRange();
    range.setStart(...find(from));
    range.setEnd(...find(to));
    document.getSelection()?.removeAllRanges();
    document.getSelection()?.addRange(range);
  };

  test("begins and ends with what is seen, not with the marks of Markdown", () => {
    const source = "It is **not** so";
    const root = show(source);
    // As browsers select a bold word from its edges: from the end of the text before to the start of the text after.
    for (const [from, to] of [
      [6, 0],
      [5, 1],
    ] as const) {
      select(root, ["It is ", from], [" so", to]);
      expect(selectedIn(root, source)).toEqual({ start: 8, end: 11, text: "not" });
    }
  });

  test("is counted in code points, over emoji, line endings and right-to-left words", () => {
    const source = "👩‍👩‍👧 e\u0301\r\nשלום *עולם*";
    const root = show(source);
    select(root, ["👩", 0], ["עולם", 2]);
    const part = selectedIn(root, source);
    expect(part).toEqual({ start: 0, end: 18, text: source.slice(0, source.indexOf("עולם") + 2) });
    expect([...source].slice(part?.start, part?.end).join("")).toBe(part?.text);
  });

  test("that leaves the text ends with it, and one elsewhere is none", () => {
    const outside = document.createElement("p");
    outside.textContent = "elsewhere";
    const root = show("some words");
    document.body.append(outside);
    const range = document.createRange();
    range.setStart(root.querySelector("[data-s]")?.firstChild as Node, 5);
    range.setEnd(outside.firstChild as Node, 3);
    document.getSelection()?.removeAllRanges();
    document.getSelection()?.addRange(range);
    expect(selectedIn(root, "some words")?.text).toBe("words");
    expect(selectedIn(outside, "elsewhere")).toBeNull();
    outside.remove();
  });
});

describe("the caret", () => {
  const source = "# A *title*\n\nIt costs $x_1$ &amp; more. No!\n\n1. 👩‍👩‍👧 e\u0301 done";
  const visible = () => visibleOf(show(source));

  it("goes through what is seen, block by block", () => {
    expect(visible().text).toBe("A title\nIt costs $x_1$ & more. No!\n👩‍👩‍👧 e\u0301 done");
  });

  it("knows where every place stands in the source, and back", () => {
    const seen = visible();
    for (let place = 0; place < seen.text.length; place += 1) {
      if (seen.text[place] === "\n") continue;
      const at = toSource(seen, place, "start");
      if (seen.text[place] === "&") expect(source.slice(at, toSource(seen, place + 1, "end"))).toBe("&amp;");
      else expect(source[at]).toBe(seen.text[place]);
      expect(toPlace(seen, at)).toBe(place);
    }
    expect(toSource(seen, 7, "end")).toBe(source.indexOf("title") + 5);
    expect(toSource(seen, 8, "end")).toBe(source.indexOf("title") + 5);
    expect(toPlace(seen, 0)).toBe(0);
    expect(toPlace(seen, source.length)).toBe(seen.text.length);
  });

  it("moves by character, never into one", () => {
    const { text } = visible();
    const family = text.indexOf("👩");
    expect(step(text, family, "grapheme", true)).toBe(family + 8);
    expect(step(text, family + 8, "grapheme", false)).toBe(family);
    const e = text.indexOf("e\u0301");
    expect(step(text, e, "grapheme", true)).toBe(e + 2);
  });

  it("moves by word to its end and back to its beginning, and by sentence", () => {
    const text = "It costs more. No!\nNext";
    expect([2, 8, 13, 17, 23]).toEqual(walk(text, "word", true));
    expect([19, 15, 9, 3, 0]).toEqual(walk(text, "word", false));
    expect([14, 18, 23]).toEqual(walk(text, "sentence", true));
    expect([19, 15, 0]).toEqual(walk(text, "sentence", false));
  });

  function walk(text: string, unit: "word" | "sentence", forwards: boolean): number[] {
    const places: number[] = [];
    let at = forwards ? 0 : text.length;
    for (let next = step(text, at, unit, forwards); next !== at; next = step(text, at, unit, forwards)) {
      at = next;
      places.push(at);
    }
    return places;
  }

  it("takes the word that it stands in where nothing is selected", () => {
    expect(wordAt("one two", 5)).toEqual([4, 7]);
    expect(wordAt("one two", 3)).toEqual([0, 3]);
    expect(wordAt("a  !", 3)).toEqual([3, 4]);
  });

  it("is moved by the keys of a text field, with arrows that follow the writing", () => {
    const text = "one two\nthree";
    expect(moved(text, 0, "ArrowRight", false, false)).toBe(1);
    expect(moved(text, 0, "ArrowLeft", false, true)).toBe(1);
    expect(moved(text, 0, "ArrowRight", true, false)).toBe(3);
    expect([moved(text, 5, "Home", false, false), moved(text, 5, "End", false, false)]).toEqual([0, 7]);
    expect([moved(text, 9, "Home", false, false), moved(text, 9, "Home", true, false)]).toEqual([8, 0]);
    expect(moved(text, 0, "x", false, false)).toBeNull();
  });
});
