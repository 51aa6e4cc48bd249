/** What the tests of this folder share: a text on a page, and what must hold of any text on any page. */
import { cleanup, render } from "@testing-library/preact";
import { expect } from "vitest";
import * as highlight from "../../src/chunks/highlight";
import * as maths from "../../src/chunks/maths";
import type { ChunkName } from "../../src/protocol";
import { type ChunkOf, Markdown } from "../../src/text";

// Browsers let MathML be styled; happy-dom has such elements, but without a style.
if (!("style" in Element.prototype))
  Object.defineProperty(Element.prototype, "style", {
    configurable: true,
    get(this: Element) {
      const set = (value: string) => this.setAttribute("style", value);
      return {
        set cssText(value: string) {
          set(value);
        },
      };
    },
  });

export const chunk = async (name: ChunkName): Promise<Record<string, unknown>> =>
  ({ highlight, maths, markdown: {} })[name as "highlight" | "maths" | "markdown"];
export const noChunk = (): Promise<Record<string, unknown>> => Promise.reject(new Error("the kernel is gone"));

/** The element that holds a text as Markdown. */
export function show(source: string, chunks: ChunkOf = noChunk): Element {
  cleanup();
  return render(<Markdown source={source} chunk={chunks} />).container;
}

/** The same once its lazy parts have arrived. */
export async function showAll(source: string): Promise<Element> {
  const page = show(source, chunk);
  await new Promise((done) => setTimeout(done, 5));
  return page;
}

const TAGS = new Set(
  "div p span a em strong del code pre h3 h4 h5 h6 ul ol li blockquote table thead tbody tr th td hr br sup button".split(
    " ",
  ),
);
const MATHS = /^(?:math|m[a-z]+|none)$/;
const ATTRIBUTES = new Set(
  "class dir data-s data-e data-lm-suppress-shortcuts href target rel referrerpolicy title role aria-label aria-pressed aria-expanded scope start value type tabindex style".split(
    " ",
  ),
);

/** Nothing on the page can run, load, or lead anywhere but to the web and to mail. */
export function expectHarmless(page: Element): void {
  for (const element of page.querySelectorAll("*")) {
    const tag = element.tagName.toLowerCase();
    const inMaths = element.closest("math") !== null;
    expect(inMaths ? MATHS.test(tag) : TAGS.has(tag), `<${tag}>`).toBe(true);
    for (const { name, value } of element.attributes) {
      expect(name).not.toMatch(/^on/);
      if (!inMaths) expect(ATTRIBUTES.has(name), `${name} on <${tag}>`).toBe(true);
      else expect(name).not.toMatch(/^(?:href|src|xlink|action|id)/);
      expect(value).not.toMatch(/url\s*\(/i);
    }
    if (tag !== "a") continue;
    expect(element.getAttribute("href")).toMatch(/^(?:https?:\/\/|mailto:)/);
    expect(element.getAttribute("target")).toBe("_blank");
    expect(element.getAttribute("rel")).toBe("noopener noreferrer nofollow");
    expect(element.getAttribute("referrerpolicy")).toBe("no-referrer");
    expect(element.getAttribute("data-lm-suppress-shortcuts")).toBe("true");
  }
  expect(page.textContent).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u200e\u200f]/);
  const words = page.cloneNode(true) as Element;
  // MathML has zero-width characters of its own.
  for (const math of words.querySelectorAll("math")) math.remove();
  expect(words.textContent).not.toMatch(/[\u200b\ufeff\u00ad]/);
}

/** Every run of text stands in the source where it says so. */
export function expectExact(page: Element, source: string): void {
  for (const element of page.querySelectorAll("[data-s]")) {
    const start = Number(element.getAttribute("data-s"));
    const end = element.getAttribute("data-e");
    const text = element.textContent ?? "";
    if (end === null) expect(source.slice(start, start + text.length)).toBe(text);
    else {
      expect(Number(end)).toBeGreaterThan(start);
      expect(Number(end)).toBeLessThanOrEqual(source.length);
    }
  }
}

/** Numbers that are the same in every run (mulberry32). */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
