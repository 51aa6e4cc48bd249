import { expect, test } from "vitest";
import { type Hidden, pieces } from "../../src/text/hidden";
import { expectExact, expectHarmless, show } from "./show";

const labels = (text: string): string[] =>
  pieces(text)
    .filter((piece): piece is Hidden => typeof piece !== "string")
    .map((piece) => piece.label);

test("overrides of the writing direction are marks, and do not reach the page", () => {
  const source = "level \u202eresu\u202c and \u2066x\u2069";
  const page = show(source);
  expect(page.textContent).toBe("level RLOresuPDF and LRIxPDI");
  expectHarmless(page);
  expectExact(page, source);
});

test("one written as a character reference is a mark as well", () => {
  const source = "a &#x202e; b";
  const page = show(source);
  expect(page.textContent).toBe("a RLO b");
  const mark = page.querySelector(".rw-secret");
  expect([mark?.getAttribute("data-s"), mark?.getAttribute("data-e")]).toEqual(["2", "10"]);
});

test("zero-width, control and tag characters are marks", () => {
  expect(labels("a\u200b\u200b\u200bb")).toEqual(["ZWSP×3"]);
  expect(labels("a\u00adb\u0007c\ufeff")).toEqual(["SHY", "BEL", "BOM"]);
  expect(labels("a\u{e0068}\u{e0069}")).toEqual(["tags: hi"]);
  expect(labels("a\ud800")).toEqual(["U+D800"]);
  expect(labels("\u200b\u200c\u200d\u2060\u200e\u200f\u00ad")).toEqual(["7 hidden"]);
});

test("what a script or an emoji needs is left alone", () => {
  for (const text of [
    "👩‍💻",
    "❤️",
    "1️⃣",
    "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
    "می‌خواهم",
    "क्‍ष",
    "a\r\nb\tc",
  ])
    expect(labels(text), text).toEqual([]);
});

test("the pieces are as long as the text", () => {
  const text = "a\u202e\u{e0061}b\0c👩‍💻\r";
  expect(pieces(text).reduce((length, piece) => length + piece.length, 0)).toBe(text.length);
});

test("a text full of them makes a bounded number of marks, and hides none", () => {
  const found = pieces("a\u200b".repeat(50_000));
  expect(found.length).toBeLessThan(1_000);
  expect(found.at(-1)).toMatch(/^(?:a\ufffd)+$/);
  expect(found.reduce((length, piece) => length + piece.length, 0)).toBe(100_000);
});
