/**
 * Long texts are read in sections, cut where one block has surely ended and another begins.
 *
 * The parser's time grows with the square of the blocks and marks that it holds at once: 200 kB of plain answers take
 * 3 s in one piece and 0.3 s in sections. A text made to be slow stays unparsed, by a count made beforehand.
 */

export interface Section {
  start: number;
  end: number;
  /** Lines before it. */
  line: number;
  /** What its parsing would cost, in lines and marks. */
  cost: number;
}

/** A section is cut at the first good place after this many characters. */
const ENOUGH = 3_000;

const FENCE = /^( {0,3})(`{3,}(?=[^`]*$)|~{3,})/;
const NEW_BLOCK = /^(?![-+*] |\d{1,9}[.)] )[^\s]/;
/** HTML blocks that end at a mark of their own, not at a blank line. */
const HTML: [start: RegExp, end: RegExp][] = [
  [/^ {0,3}<(?:script|pre|style|textarea)(?:\s|>|$)/i, /<\/(?:script|pre|style|textarea)>/i],
  [/^ {0,3}<!--/, /-->/],
  [/^ {0,3}<\?/, /\?>/],
  [/^ {0,3}<!\[CDATA\[/, /\]\]>/],
  [/^ {0,3}<![A-Za-z]/, />/],
];
/** Marks whose pairs are searched: emphasis that can open or close, brackets, tildes. */
const MARKS = /[[\]~]|(?<=\S)[*_](?!\w)|(?<!\w)[*_](?=\S)|(?<=\w)\*(?=\w)/g;
/** Containers opened by one line. */
const DEEP = /^(?:[ \t]*(?:>|[-+*](?=\s)|\d{1,9}[.)](?=\s))){40}|^[ \t]{160}[ \t]*(?:>|[-+*]\s|\d{1,9}[.)]\s)/;

interface Fence {
  mark: string;
  length: number;
  indent: number;
}

/** The sections of a text, one after the other without a gap. */
export function sections(source: string): Section[] {
  const found: Section[] = [];
  let [start, line, lines, cost] = [0, 0, 0, 0];
  let fence: Fence | null = null;
  let html: RegExp | null = null;
  let blank = false;
  let at = 0;
  while (at < source.length) {
    const next = lineEnd(source, at);
    const text = source.slice(at, next).replace(/[\r\n]+$/, "");
    const indent = text.length - text.trimStart().length;
    if (fence && blank && fence.indent > 0 && indent === 0 && text) fence = null;
    if (blank && !fence && !html && at - start >= ENOUGH && NEW_BLOCK.test(text)) {
      found.push({ start, end: at, line, cost });
      [start, line, lines, cost] = [at, line + lines, 0, 0];
    }
    if (fence) {
      const trimmed = text.trim();
      const closes = trimmed.length >= fence.length && trimmed === fence.mark.repeat(trimmed.length);
      if (closes && indent < 4) fence = null;
    } else {
      const opened: RegExpExecArray | null = html ? null : FENCE.exec(text);
      const mark = opened?.[2] ?? "";
      if (mark) fence = { mark: mark.charAt(0), length: mark.length, indent };
      if (html?.test(text)) html = null;
      else if (!html && !fence)
        html = HTML.find(([begins, ends]) => begins.test(text) && !ends.test(text))?.[1] ?? null;
      cost += DEEP.test(text) ? Number.POSITIVE_INFINITY : 1 + (text.match(MARKS)?.length ?? 0);
    }
    blank = text.trim() === "";
    lines += 1;
    at = next;
  }
  if (at > start) found.push({ start, end: at, line, cost });
  return found;
}

function lineEnd(source: string, at: number): number {
  for (let place = at; place < source.length; place += 1) {
    const code = source.charCodeAt(place);
    if (code === 10) return place + 1;
    if (code === 13) return source.charCodeAt(place + 1) === 10 ? place + 2 : place + 1;
  }
  return source.length;
}

/** The first part of a long text: ends between blocks where it can, between characters where it must. */
export function opening(source: string, length: number): string {
  if (source.length <= length) return source;
  const blank = source.slice(0, length).search(/\n[ \t]*\r?\n(?![\s\S]*\n[ \t]*\r?\n)/);
  let end = blank > length / 2 ? blank : length;
  if (/[\ud800-\udbff]/.test(source.charAt(end - 1))) end -= 1;
  return source.slice(0, end);
}
