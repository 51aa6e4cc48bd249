/**
 * The way back from the page to the source.
 *
 * Every piece of source text on the page is an element with `data-s`: the UTF-16 offset in the source at which its text
 * begins, character for character. Where the text stands for something written otherwise (`&amp;`, a formula, a mark
 * for a hidden character), `data-e` is the offset where that ends, and the element is one whole.
 */
import type { Node as Mdast } from "mdast";

export interface Slice {
  text: string;
  start: number;
  /** Only where the text stands for `start` to `end` as a whole. */
  end?: number;
}

export const startOf = (node: Mdast): number => node.position?.start.offset ?? 0;
export const endOf = (node: Mdast): number => node.position?.end.offset ?? 0;

/** A value as the slices of `source[start:end]` that it was made of, where only its middle may differ from them. */
export function align(value: string, source: string, start: number, end: number): Slice[] {
  const from = source.slice(start, end);
  if (value === from) return value ? [{ text: value, start }] : [];
  const shorter = Math.min(value.length, from.length);
  let head = 0;
  while (head < shorter && value[head] === from[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && value[value.length - 1 - tail] === from[from.length - 1 - tail]) tail += 1;
  const middle = value.slice(head, value.length - tail);
  const slices: Slice[] = [];
  if (head) slices.push({ text: value.slice(0, head), start });
  if (middle) slices.push({ text: middle, start: start + head, end: end - tail });
  if (tail) slices.push({ text: value.slice(value.length - tail), start: end - tail });
  return slices;
}

/** An escape or a character reference is one whole; the line ending that may follow it is not part of it. */
export function alignWhole(value: string, source: string, start: number, end: number): Slice[] {
  const ending = /\r?\n$|\r$/.exec(value)?.[0] ?? "";
  const text = value.slice(0, value.length - ending.length);
  const slices: Slice[] = text ? [{ text, start, end: end - ending.length }] : [];
  if (ending && source.slice(end - ending.length, end) === ending)
    slices.push({ text: ending, start: end - ending.length });
  return slices;
}

/** Lines of a value (code, HTML) that are the ends of the source's lines, as inside quotes and lists. */
export function alignLines(value: string, source: string, start: number, end: number, skip: number): Slice[] {
  const slices: Slice[] = [];
  let at = start;
  const line = (): [from: number, text: string] => {
    const from = at;
    const found = /\r\n|\r|\n/.exec(source.slice(at, end));
    const text = source.slice(at, found ? at + found.index : end);
    at = found ? at + found.index + found[0].length : end;
    return [from, text];
  };
  for (let skipped = 0; skipped < skip; skipped += 1) line();
  for (const [written = ""] of value.matchAll(/[^\r\n]*(?:\r\n|\r|\n|$)/g)) {
    if (!written) continue;
    const [from, text] = line();
    const words = written.replace(/[\r\n]+$/, "");
    const before = text.length - words.length;
    const last = slices.at(-1);
    if (!text.endsWith(words)) slices.push({ text: written, start: from, end: at });
    else if (last && last.end === undefined && last.start + last.text.length === from + before) last.text += written;
    else slices.push({ text: written, start: from + before });
  }
  return slices;
}

/**
 * The source offset of a place on the page, given as a node and an offset in it (as a selection has them).
 *
 * @param bias At a whole: its start or its end.
 * @returns null outside of any source text.
 */
export function offsetAt(node: Node, offset: number, bias: "start" | "end"): number | null {
  const element = node.nodeType === 1 ? (node as Element) : node.parentElement;
  const holder = element?.closest("[data-s]");
  if (!holder) return null;
  const start = Number(holder.getAttribute("data-s"));
  const end = holder.getAttribute("data-e");
  if (end !== null) return bias === "start" ? start : Number(end);
  const before = holder.ownerDocument.createRange();
  before.setStart(holder, 0);
  before.setEnd(node, offset);
  return start + before.toString().length;
}
