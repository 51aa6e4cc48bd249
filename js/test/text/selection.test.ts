import { describe, expect, it } from "vitest";
import { codePoints, partOf, utf16 } from "../../src/text/selection";

describe("a part of a text", () => {
  it("is counted in code points, as Python counts", () => {
    const source = "a😀b é";
    expect(partOf(source, 1, 3)).toEqual({ start: 1, end: 2, text: "😀" });
    expect(partOf(source, 3, 4)).toEqual({ start: 2, end: 3, text: "b" });
  });

  it("never cuts a character in two, and leaves out white space around it", () => {
    expect(partOf("x 😀 y", 3, 3)).toEqual({ start: 2, end: 3, text: "😀" });
    expect(partOf("  word \r\n", 0, 9)).toEqual({ start: 2, end: 6, text: "word" });
    expect(partOf("   ", 0, 3)).toBeNull();
  });

  it("may be selected from its end", () => {
    expect(partOf("abc", 3, 1)).toEqual({ start: 1, end: 3, text: "bc" });
  });

  it("goes there and back", () => {
    const source = "😀é\r\n👩‍👩‍👧 שלום";
    for (let point = 0; point <= [...source].length; point += 1)
      expect(codePoints(source, utf16(source, point))).toBe(point);
  });
});
