/** What a rater has selected in a text, in the source's own offsets. */

/** A part of a source, end exclusive; offsets in Unicode code points, as Python counts. */
export interface Part {
  start: number;
  end: number;
  text: string;
}

/** The selection of the document, or of the shadow root, that an element stands in; null where there is none. */
export function selectionAt(root: Element): Selection | null {
  const holder = root.getRootNode() as Document | (ShadowRoot & { getSelection?: () => Selection | null });
  return (holder.getSelection?.() ?? root.ownerDocument.getSelection()) as Selection | null;
}

/**
 * The selection inside `root`, which shows `source`; null where nothing of it is selected. It begins and ends with
 * characters that are selected and seen, never with the marks of Markdown around them; white space around it is left out.
 * What is selected beyond the text is left out too, if the selection begins or ends in it.
 */
export function selectedIn(root: Element, source: string): Part | null {
  const selection = selectionAt(root);
  if (!selection || selection.rangeCount === 0 || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  if (!root.contains(range.startContainer) && !root.contains(range.endContainer)) return null;
  const ends = [...root.querySelectorAll("[data-s]")].flatMap((piece): [number, number][] => {
    if (!range.intersectsNode(piece)) return [];
    const text = piece.textContent ?? "";
    const from = piece.contains(range.startContainer) ? lengthTo(piece, range, "start") : 0;
    const to = piece.contains(range.endContainer) ? lengthTo(piece, range, "end") : text.length;
    const words = text.slice(from, to);
    // White space beside a mark of Markdown must not make that mark an end.
    if (!words.trim()) return [];
    const start = Number(piece.getAttribute("data-s"));
    const whole = piece.getAttribute("data-e");
    const lead = words.length - words.trimStart().length;
    return [whole === null ? [start + from + lead, start + from + words.trimEnd().length] : [start, Number(whole)]];
  });
  const [first, last] = [ends[0], ends.at(-1)];
  return first && last ? partOf(source, first[0], last[1]) : null;
}

/** How much of a piece's text stands before an end of a range that is inside it. */
function lengthTo(piece: Element, range: Range, end: "start" | "end"): number {
  const before = piece.ownerDocument.createRange();
  before.setStart(piece, 0);
  before.setEnd(
    end === "start" ? range.startContainer : range.endContainer,
    end === "start" ? range.startOffset : range.endOffset,
  );
  return before.toString().length;
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
