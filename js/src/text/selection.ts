/** What a rater has selected in a text, in the source's own offsets. */
import { offsetAt } from "./offsets";

/** A part of a source, end exclusive; offsets in Unicode code points, as Python counts. */
export interface Part {
  start: number;
  end: number;
  text: string;
}

/** The selection inside `root`, which shows `source`; null where nothing of it is selected. White space around it is left out. */
export function selectedIn(root: Element, source: string): Part | null {
  const holder = root.getRootNode() as Document | (ShadowRoot & { getSelection?: () => Selection | null });
  const selection = (holder.getSelection?.() ?? root.ownerDocument.getSelection()) as Selection | null;
  if (!selection || selection.rangeCount === 0 || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  if (!root.contains(range.commonAncestorContainer)) return null;
  const found = [
    offsetAt(range.startContainer, range.startOffset, "start") ?? edge(root, range, "start"),
    offsetAt(range.endContainer, range.endOffset, "end") ?? edge(root, range, "end"),
  ];
  if (found[0] === null || found[1] === null) return null;
  return partOf(source, found[0] as number, found[1] as number);
}

/** The first or last piece of source text that a range touches, where its ends stand between the pieces. */
function edge(root: Element, range: Range, end: "start" | "end"): number | null {
  const pieces = [...root.querySelectorAll("[data-s]")].filter((piece) => range.intersectsNode(piece));
  const piece = end === "start" ? pieces[0] : pieces.at(-1);
  if (!piece) return null;
  const start = Number(piece.getAttribute("data-s"));
  if (end === "start") return start;
  const whole = piece.getAttribute("data-e");
  return whole === null ? start + (piece.textContent?.length ?? 0) : Number(whole);
}

/** A part given by UTF-16 offsets, without white space around it and never through the middle of a character; null where empty. */
export function partOf(source: string, from: number, to: number): Part | null {
  let [start, end] = from <= to ? [from, to] : [to, from];
  if (isLow(source, start)) start -= 1;
  if (isLow(source, end)) end += 1;
  while (start < end && /\s/.test(source.charAt(start))) start += 1;
  while (end > start && /\s/.test(source.charAt(end - 1))) end -= 1;
  if (start >= end) return null;
  return { start: codePoints(source, start), end: codePoints(source, end), text: source.slice(start, end) };
}

const isLow = (source: string, at: number): boolean =>
  /[\udc00-\udfff]/.test(source.charAt(at)) && /[\ud800-\udbff]/.test(source.charAt(at - 1));

/** How many code points stand before a UTF-16 offset. */
export function codePoints(source: string, utf16: number): number {
  let count = 0;
  for (let at = 0; at < utf16; count += 1) at += (source.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  return count;
}

/** The UTF-16 offset behind so many code points. */
export function utf16(source: string, points: number): number {
  let at = 0;
  for (let count = 0; count < points && at < source.length; count += 1)
    at += (source.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  return at;
}
