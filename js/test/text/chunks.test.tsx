import { cleanup } from "@testing-library/preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { highlight } from "../../src/chunks/highlight";
import { type MathsNode, maths } from "../../src/chunks/maths";
import { forgetChunks } from "../../src/text/chunk";
import { expectExact, expectHarmless, show, showAll } from "./show";

beforeEach(forgetChunks);
afterEach(cleanup);

const PYTHON = '```python\ndef f(x: int):\n    return "a<b"  # why\n```';

test("code is plain until its colours arrive, and the same text after", async () => {
  const plain = show(PYTHON);
  const text = plain.querySelector("code")?.textContent;
  expect(plain.querySelector(".rw-language")?.textContent).toBe("python");
  expect(plain.querySelector("[class^=rw-hl-]")).toBeNull();
  const coloured = await showAll(PYTHON);
  expect(coloured.querySelector(".rw-hl-keyword")?.textContent).toBe("def");
  expect(coloured.querySelector("code")?.textContent).toBe(text);
  expectExact(coloured, PYTHON);
  expectHarmless(coloured);
});

test("coloured code in a quoted list knows its place", async () => {
  const source = "> - a\n>\n>   ```js\n>   let x = `a\n>   b`;\n>   ```";
  const page = await showAll(source);
  expect(page.querySelector("code")?.textContent).toBe("let x = `a\nb`;");
  expectExact(page, source);
});

test("a chunk is asked for only when something needs it, and once", async () => {
  const ask = vi.fn(() => Promise.resolve({}));
  show("text, `code`, $5 and $10\n\n```\nplain\n```\n\n```klingon\nx\n```", ask);
  expect(ask).not.toHaveBeenCalled();
  show("```js\nx\n```\n\n```js\ny\n```\n\n$x$ $y$", ask);
  expect(ask.mock.calls).toEqual([["highlight"], ["maths"]]);
});

test("a chunk that does not come leaves the text as it was written", async () => {
  const page = show("$x^2$ and\n\n$$\ny\n$$\n\n```js\nlet z\n```");
  await new Promise((done) => setTimeout(done, 5));
  expect(page.textContent).toBe("$x^2$ and$$\ny\n$$jslet z");
});

test("formulas become MathML", async () => {
  const source = "so $x^2$ and\n\n$$\n\\frac{1}{2}\n$$";
  const page = await showAll(source);
  const [inline, display] = page.querySelectorAll("math");
  expect(inline?.namespaceURI).toBe("http://www.w3.org/1998/Math/MathML");
  expect(inline?.querySelector("msup")?.textContent).toBe("x2");
  expect(display?.getAttribute("display")).toBe("block");
  expect(inline?.parentElement?.getAttribute("data-s")).toBe("3");
  expect(inline?.parentElement?.getAttribute("data-e")).toBe("8");
  expectExact(page, source);
  expectHarmless(page);
});

test.each([
  "\\frac{1}{",
  "\\href{javascript:alert(1)}{x}",
  "\\url{https://evil.example}",
  "\\includegraphics{https://evil.example/x.png}",
  "\\class{rw-primary}{x}",
  "\\id{x}{y}",
  "\\style{position:fixed}{y}",
  "\\data{a=b}{y}",
  '\\char"202E x',
  "\\def\\a{\\a\\a}\\a",
  "{".repeat(3_000) + "}".repeat(3_000),
])("%s stays text", (tex) => {
  expect(maths(tex, false)).toBeNull();
});

const tags = (node: MathsNode): string[] => [
  node.tag,
  ...node.children.flatMap((child) => (typeof child === "string" ? [] : tags(child))),
];

test("what a formula may carry is short", () => {
  for (const tex of [
    "\\label{top} x \\ref{top}",
    "\\color{red;background:url(x)} x",
    "\\text{<b>x</b>}",
    "\\tag{1} x",
  ]) {
    const tree = maths(tex, true);
    if (!tree) continue;
    expect(tags(tree).filter((tag) => !/^m[a-z]+$/.test(tag))).toEqual([]);
    expect(JSON.stringify(tree)).not.toMatch(/"(?:id|href|src|on\w+)":|url/);
  }
});

test("code that is long, or in long lines, stays plain", () => {
  expect(highlight("x = 1\n".repeat(5_000), "python")).toBeNull();
  expect(highlight("x".repeat(3_000), "python")).toBeNull();
  expect(highlight("x = 1", "klingon")).toBeNull();
});
