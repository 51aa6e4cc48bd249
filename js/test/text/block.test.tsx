import { cleanup, fireEvent, render, screen } from "@testing-library/preact";
import axe from "axe-core";
import { afterEach, expect, test } from "vitest";
import { Markdown, TextBlock } from "../../src/text";
import { expectExact, expectHarmless, noChunk, show } from "./show";

afterEach(cleanup);

// Each test has a label of its own: what was chosen under a label holds for the page.
const block = (label: string, text: string, initialMode?: "raw" | "rendered") =>
  render(<TextBlock label={label} text={text} chunk={noChunk} {...(initialMode && { initialMode })} />);
const raw = (label: string): HTMLElement => screen.getByRole("button", { name: `${label}: raw text` });

test("the raw text is exactly what was written", () => {
  const text = "# Not a *title*\r\n\n  two  spaces <b>&amp;</b>\t`x`\n";
  const { container } = block("exact", text, "raw");
  expect(container.querySelector(".rw-raw")?.textContent).toBe(text);
  expect(raw("exact").getAttribute("aria-pressed")).toBe("true");
  expectExact(container, text);
});

test("raw is chosen once for all texts under a label, and not for others", () => {
  const first = block("remembered", "*a*");
  expect(first.container.querySelector("em")).not.toBeNull();
  fireEvent.click(raw("remembered"));
  expect(first.container.querySelector("em")).toBeNull();
  cleanup();
  expect(block("remembered", "*b*").container.querySelector("em")).toBeNull();
  expect(block("another", "*b*").container.querySelector("em")).not.toBeNull();
});

test("a very long text is folded, with its size, until it is asked for", () => {
  const text = "A paragraph of *some* words.\n\n".repeat(3_500);
  const { container } = block("long", text);
  const all = screen.getByRole("button", { name: "Show all (105 kB)" });
  expect(container.querySelectorAll("p").length).toBeLessThan(400);
  fireEvent.click(all);
  expect(container.querySelectorAll("p").length).toBe(3_500);
  fireEvent.click(screen.getByRole("button", { name: "Show less" }));
  expect(container.querySelectorAll("p").length).toBeLessThan(400);
});

test("the next long text is folded again", () => {
  const text = "Some words. ".repeat(3_000);
  const { rerender } = block("next", text);
  fireEvent.click(screen.getByRole("button", { name: /Show all/ }));
  rerender(<TextBlock label="next" text={`${text} more`} chunk={noChunk} />);
  expect(screen.getByRole("button", { name: /Show all/ })).not.toBeNull();
});

test("a word of 1 MB is folded, and comes in parts", () => {
  const { container } = block("word", "a".repeat(1_000_000));
  expect(container.textContent?.length).toBeLessThan(10_000);
  fireEvent.click(screen.getByRole("button", { name: "Show all (1.0 MB)" }));
  expect(container.textContent?.length).toBeLessThan(60_000);
  fireEvent.click(screen.getByRole("button", { name: /Show the next 50 kB/ }));
  expect(container.querySelectorAll(".rw-raw")).toHaveLength(2);
});

test("no part ends inside a character", () => {
  const text = `a${"😀".repeat(60_000)}`;
  const { container } = block("pairs", text, "raw");
  fireEvent.click(screen.getByRole("button", { name: /Show all/ }));
  fireEvent.click(screen.getByRole("button", { name: /Show the next/ }));
  expect(container.querySelector(".rw-secret")).toBeNull();
  expectExact(container, text);
});

test("an empty text says that it is empty", () => {
  expect(block("empty", "").container.textContent).toContain("This text is empty.");
  expect(block("blank", " \n ").container.textContent).toContain("only white space");
});

test("every control is named and keeps its keys from the notebook", () => {
  const { container } = block("controls", `[a](https://b.example) ${"words ".repeat(5_000)}`);
  const reachable = container.querySelectorAll("a, button, [tabindex]");
  expect(reachable.length).toBe(3);
  for (const element of reachable) expect(element.getAttribute("data-lm-suppress-shortcuts")).toBe("true");
});

test("headings start below the widget's own and leave no level out", () => {
  const levels = [...show("### a\n\n# b\n\n###### c\n\n## d").querySelectorAll("h1,h2,h3,h4,h5,h6")];
  expect(levels.map(({ tagName }) => tagName)).toEqual(["H4", "H4", "H5", "H5"]);
  const panel = render(<Markdown source={"# a\n\n## b"} chunk={noChunk} under={2} />).container;
  expect([...panel.querySelectorAll("h3, h4")].map(({ tagName }) => tagName)).toEqual(["H3", "H4"]);
});

test("right-to-left text turns its lists, quotes and tables, and never its code", () => {
  const page = show("- مرحبا\n\n> שלום\n\n| مرحبا |\n|---|\n| x |\n\n```\nمرحبا\n```\n\n`مرحبا`\n\n- hello");
  const dirs = (query: string) => [...page.querySelectorAll(query)].map((element) => element.getAttribute("dir"));
  expect(dirs("ul")).toEqual(["rtl", "ltr"]);
  expect([...dirs("blockquote"), ...dirs("table"), ...dirs(".rw-code"), ...dirs("p code")]).toEqual([
    "rtl",
    "rtl",
    "ltr",
    "ltr",
  ]);
  expect(dirs("p").every((dir) => dir === "auto")).toBe(true);
});

test("tasks, footnotes and tables are there without a form control or a jump", () => {
  const page = show("- [x] done\n- [ ] open\n\nA note[^n].\n\n[^n]: It *says* so.\n\n|a|b|\n|:-|-:|\n|1|2|");
  expect(page.querySelector("input")).toBeNull();
  expect(screen.getByRole("img", { name: "done" })).not.toBeNull();
  expect(page.querySelector("sup")?.textContent).toBe("1");
  expect(page.querySelector(".rw-notes")?.textContent).toBe("It says so.");
  expect([...page.querySelectorAll("td")].map((cell) => cell.className)).toEqual(["rw-left", "rw-right"]);
  expectHarmless(page);
});

test("axe finds nothing", async () => {
  const { container } = block(
    "axe",
    "# T\n\ntext [a](https://b.example) \u202e\n\n```py\nx\n```\n\n|a|\n|-|\n|b|\n\n- [x] c\n\n### U\n\n$x$ [^1]\n\n[^1]: n",
  );
  const found = await axe.run(container, {
    rules: { "color-contrast": { enabled: false }, region: { enabled: false } },
  });
  expect(found.violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
});
