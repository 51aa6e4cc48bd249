import type { Nodes, Root } from "mdast";
import { expect, test } from "vitest";
import { sections } from "../../src/text/sections";
import { toTree } from "../../src/text/tree";
import { expectExact, show } from "./show";

function all(tree: Root): Nodes[] {
  const found: Nodes[] = [];
  const walk = (node: Nodes): void => {
    found.push(node);
    if ("children" in node) for (const child of node.children) walk(child);
  };
  walk(tree);
  return found;
}
const formulas = (source: string): string[] =>
  all(toTree(source)).flatMap((node) => (node.type === "inlineMath" || node.type === "math" ? [node.value] : []));
const kinds = (source: string): string[] => toTree(source).children.map((node) => node.type);

test("prices are no formulas", () => {
  for (const text of [
    "costs $5 and $10",
    "from $5-$10, or $ 3 $",
    "$1,000/month ($500/wk)",
    "pay $5 and 10$ more",
    "$HOME/bin:$PATH",
    "an escaped \\$x\\$",
    "`$x$` and `\\(x\\)`",
    "open $x",
    "open \\(x and\n\nclosed y\\)",
    "\\(see the figure below\\)",
    "as in \\[1\\] and \\[Smith 2020\\](x)",
  ])
    expect(formulas(text), text).toEqual([]);
});

test("formulas are found in all the ways in which models write them", () => {
  expect(formulas("so $x^2$, \\(a+b\\), $$c$$ and \\[ d=e \\] it is")).toEqual(["x^2", "a+b", "c", "d=e"]);
  expect(formulas("It costs $5, where $n$ is the $k$th")).toEqual(["n", "k"]);
  expect(formulas("$$\nx = 1\n$$")).toEqual(["x = 1"]);
  expect(formulas("text:\n$$\na\n= b\n- c\n$$\nmore")).toEqual(["a\n= b\n- c"]);
  expect(formulas("> \\[\n> a\n> \\]\n\n- b\n\n  $$ c $$")).toEqual(["a", "c"]);
  expect(formulas("\\[\r\na \\\\ b\r\n\\]")).toEqual(["a \\\\ b"]);
});

test("an unclosed formula swallows nothing", () => {
  expect(kinds("$$\nx = 1\n\n# Title\n\n- a")).toEqual(["paragraph", "heading", "list"]);
});

test("every node is a slice of the source, in quotes, lists, and with any line ending", () => {
  const lines = [
    "# A *b*",
    "",
    "> quoted `c d`",
    "> > deeper \\* and &amp; so",
    "",
    "1. one",
    "",
    "   ```js",
    "   let x = 1;",
    "     y();",
    "   ```",
    "\t- tab **bold**",
    "",
    "| a | `b\\|c` |",
    "|---|---|",
    "| d | [e](https://f.example) |",
    "",
    "    indented",
    "     code",
    "",
    "<div>",
    "  <b>html</b>",
    "</div>",
  ];
  for (const ending of ["\n", "\r\n"]) {
    const source = lines.join(ending);
    for (const node of all(toTree(source)))
      if (node.type === "text" && !node.data?.whole)
        expect(source.slice(node.position?.start.offset, node.position?.end.offset)).toContain(node.value);
    expectExact(show(source), source);
  }
});

test("a byte order mark moves no offset", () => {
  const source = "\ufeffHello *you*";
  expectExact(show(source), source);
});

test("sections change nothing but the time", () => {
  const part = (n: number) =>
    `## Part ${n}\n\nA paragraph with [a link][l${n}] and a note[^${n}].\n\n- one\n\n- two\n\n  still two\n\n\`\`\`py\nx = 1\n\n# no heading\n\`\`\`\n\n<pre>\n\n# no heading either\n\n</pre>\n\n| a | b |\n|---|---|\n| c | d |\n\n`;
  const ends = (n: number) => `[l${n}]: https://a.example/${n}\n\n[^${n}]: Note ${n}\n\n`;
  const count = 60;
  const numbers = Array.from({ length: count }, (_, n) => n);
  const source = `${numbers.map(part).join("")}\n${numbers.map(ends).join("")}`;
  expect(sections(source).length).toBeGreaterThan(3);
  expect(
    sections(source)
      .map(({ start, end }) => source.slice(start, end))
      .join(""),
  ).toBe(source);
  const nodes = all(toTree(source));
  const number = (type: string) => nodes.filter((node) => node.type === type).length;
  expect(["heading", "linkReference", "footnoteReference", "code", "table", "list", "definition"].map(number)).toEqual([
    count,
    count,
    count,
    count,
    count,
    count,
    count,
  ]);
  for (const node of nodes)
    if (node.type === "heading") expect(source.startsWith("## Part", node.position?.start.offset)).toBe(true);
});

test("lines in positions are those of the source", () => {
  const source = `${"words and words\n\n".repeat(400)}# Last`;
  const last = toTree(source).children.at(-1);
  expect(last?.position?.start.line).toBe(801);
});

test("the same text is read once", () => {
  expect(toTree("some text")).toBe(toTree("some text"));
});

const times = (text: string, length = 150_000): string => text.repeat(Math.ceil(length / text.length));
const SLOW: [name: string, source: string][] = [
  ["one word of 1 MB", "a".repeat(1_000_000)],
  ["one word", times("a")],
  ["opening brackets", times("[")],
  ["closing brackets", times("]")],
  ["images", times("![")],
  ["quotes", `${times(">", 10_000)}a`],
  ["lists in a line", `${times("- ", 10_000)}a`],
  ["numbers in a line", `${times("1. ", 10_000)}a`],
  ["deep lists", Array.from({ length: 400 }, (_, depth) => `${"  ".repeat(depth)}- a`).join("\n")],
  ["emphasis", times("*a ")],
  ["closed emphasis", times("*a* ")],
  ["nested emphasis", `${times("*a ", 30_000)}${times(" a*", 30_000)}`],
  ["mixed emphasis", times("*a_")],
  ["headings", times("a\n==\n\n")],
  ["headings close by", times("a\n==\n")],
  ["short quotes", times("> a\n\n")],
  ["lazy quotes", times("> a\nb\n")],
  ["nested lists", times("- a\n  - b\n    - c\n")],
  ["loose lists", times("- a\n\n")],
  ["bars", times("a|b\n")],
  ["a table", `|a|b|\n|-|-|\n${times("|a|b|\n")}`],
  ["links", times("[a][b]")],
  ["definitions", Array.from({ length: 6_000 }, (_, n) => `[a${n}]: https://b\n`).join("")],
  ["footnotes", Array.from({ length: 4_000 }, (_, n) => `[^a${n}]: note\n\nx[^a${n}]\n\n`).join("")],
  ["dollars", times("$a ")],
  ["open formulas", times("\\(a ")],
  ["backticks", times("` `` ")],
  ["tags", times("<a b ")],
  ["comments", times("<!-- ")],
  ["carriage returns", times("a\r")],
  ["white space", times(" ")],
];
// What would hold the page for minutes ends in the runner's time-out, however busy the machine.
test.each(SLOW)("%s without end does not hold the page", (_, source) => {
  const tree = toTree(source);
  expect(tree.children.at(-1)?.position?.end.offset ?? source.length).toBeLessThanOrEqual(source.length);
});

test("a tangled part is shown as written, and the rest as Markdown", () => {
  const source = `# Title\n\n${"words ".repeat(600)}\n\n${"*a ".repeat(8_000)}\n\nA **last** word`;
  const page = show(source);
  expect(page.querySelector("h4")?.textContent).toBe("Title");
  expect(page.querySelector(".rw-unparsed")?.textContent).toContain("Shown as written");
  expect(page.querySelector("strong")?.textContent).toBe("last");
  expectExact(page, source);
});
