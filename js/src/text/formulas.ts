/**
 * Where formulas stand in a text: `$..$`, `$$..$$`, `\(..\)` and `\[..\]`, as models write them.
 *
 * A single dollar follows pandoc's rule, so that prices stay prices: no space after the opening one, none before the
 * closing one, and no digit after it. No formula goes over a blank line, and an opening without its end is text.
 */

const LONGEST_INLINE = 2_000;
const LONGEST_BLOCK = 10_000;
const BLANK_LINE = /^\n[ \t>]*\r?\n/;
const TEX = /[\\^_={}]/;
/** Words in a row are prose ("$5 and 10$", `\(see below\)`), unless something in them is TeX. */
const PROSE = /\p{L}{3,}\s+\p{L}{2,}|^\d.*\s\p{L}{2,}/su;

const reads = (content: string): boolean => content.trim() !== "" && (TEX.test(content) || !PROSE.test(content));

/** Finds the ends of formulas in one text; remembers where it has looked, so that it looks only once. */
export class Formulas {
  private readonly fruitless = new Map<string, number>();

  constructor(private readonly text: string) {}

  /** Length of the delimiter at a place: 0 where there is none. */
  private opening(at: number): number {
    const [first, second] = [this.text[at], this.text[at + 1]];
    if (first === "$") return second === "$" ? 2 : 1;
    return first === "\\" && (second === "(" || second === "[") ? 2 : 0;
  }

  /** Where the formula that opens here inside a line of prose ends (exclusive), or 0. */
  inline(at: number): number {
    const size = this.opening(at);
    if (!size) return 0;
    const single = size === 1;
    if (single && /\s/.test(this.text[at + 1] ?? " ")) return 0;
    const end = this.close(at, size, LONGEST_INLINE);
    if (!end) return 0;
    const content = this.text.slice(at + size, end - size);
    if (!reads(content) || content.includes("`")) return 0;
    if (this.text[at + 1] === "[" && (!/[\\^_=+<>{}]/.test(content) || this.text[end] === "(")) return 0;
    return end;
  }

  /** Where the formula that opens here and fills whole lines ends (exclusive), or 0. */
  block(at: number): number {
    if (this.opening(at) !== 2 || this.text[at + 1] === "(") return 0;
    const end = this.close(at, 2, LONGEST_BLOCK);
    if (!end || !this.text.slice(at + 2, end - 2).trim()) return 0;
    return /^[ \t]*(?:\r?\n|\r|$)/.test(this.text.slice(end, end + 200)) ? end : 0;
  }

  private close(at: number, size: number, longest: number): number {
    const kind = this.text.slice(at, at + size);
    const mark = kind === "\\(" ? "\\)" : kind === "\\[" ? "\\]" : kind;
    const memo = `${mark}${longest}`;
    const seen = this.fruitless.get(memo) ?? 0;
    const last = Math.min(this.text.length, at + size + longest);
    let place = at + size;
    if (seen > place) place = seen;
    for (; place < last; place += 1) {
      if (this.text.startsWith(mark, place)) {
        if (this.closes(mark, place, at + size)) return place + size;
        if (mark === "$") break;
      }
      const char = this.text[place];
      if (char === "\\") place += 1;
      else if (char === "\n" && BLANK_LINE.test(this.text.slice(place, place + 100))) break;
    }
    this.fruitless.set(memo, place);
    return 0;
  }

  private closes(mark: string, place: number, from: number): boolean {
    if (mark !== "$") return place > from;
    if (place === from || /\s/.test(this.text[place - 1] ?? " ")) return false;
    // A digit: the next price. Two capitals: a shell variable.
    return !/^(?:\d|[A-Z_]{2})/.test(this.text.slice(place + 1, place + 3));
  }
}
