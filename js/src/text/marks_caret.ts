/** A caret over text that is only read: what can be seen of a source, and where a key takes the caret in it. */

interface Seen {
  /** Where it begins in `text`. */
  at: number;
  length: number;
  /** UTF-16 offsets in the source; a whole (a formula, an escape) is one place. */
  start: number;
  end: number;
  whole: boolean;
  node: Element;
}
/** A text as it is seen, with a line ending between its blocks. */
export interface Visible {
  text: string;
  pieces: Seen[];
}

const BLOCK = "p, li, h3, h4, h5, h6, pre, td, th, blockquote, .rw-tight, .rw-raw, .rw-formula";
/** Stands for what is not text. */
const OBJECT = "\ufffc";

export function visibleOf(root: Element): Visible {
  const found: Visible = { text: "", pieces: [] };
  let block: Element | null = null;
  for (const node of root.querySelectorAll("[data-s]")) {
    const words = node.textContent ?? "";
    if (!words) continue;
    const around = node.closest(BLOCK);
    if (found.pieces.length && around !== block && !found.text.endsWith("\n")) found.text += "\n";
    block = around;
    const start = Number(node.getAttribute("data-s"));
    const whole = node.getAttribute("data-e");
    // A whole that is cut by marks is still one.
    const last = found.pieces.at(-1);
    if (whole !== null && last?.whole && last.start === start) continue;
    const text = whole === null || words.length === 1 ? words : OBJECT;
    const end = whole === null ? start + words.length : Number(whole);
    found.pieces.push({ at: found.text.length, length: text.length, start, end, whole: whole !== null, node });
    found.text += text;
  }
  return found;
}

/** The source offset of a place; between pieces that of the next one at the start of a part, of the one before at its end. */
export function toSource({ pieces }: Visible, place: number, edge: "start" | "end"): number {
  if (edge === "start") {
    const piece = pieces.find((each) => place < each.at + each.length);
    return piece ? piece.start + (piece.whole ? 0 : Math.max(0, place - piece.at)) : (pieces.at(-1)?.end ?? 0);
  }
  const piece = pieces.findLast((each) => place > each.at);
  if (!piece) return pieces[0]?.start ?? 0;
  return piece.whole ? piece.end : piece.start + Math.min(piece.length, place - piece.at);
}

/** The place of a source offset, or of the next character that is seen. */
export function toPlace({ text, pieces }: Visible, offset: number): number {
  const piece = pieces.find((each) => offset < each.end);
  return piece ? piece.at + (piece.whole ? 0 : Math.max(0, offset - piece.start)) : text.length;
}

/** Where a place is on the page, for ranges. */
export function toDom({ pieces }: Visible, place: number): [node: Node, offset: number] | null {
  const piece = pieces.find((each) => place <= each.at + each.length);
  if (!piece) return null;
  const node = piece.node.firstChild;
  if (piece.whole || node?.nodeType !== 3) return [piece.node, place > piece.at ? piece.node.childNodes.length : 0];
  return [node, Math.max(0, Math.min(piece.length, place - piece.at))];
}

type Unit = "grapheme" | "word" | "sentence";
const segmenters = new Map<Unit, Intl.Segmenter>();

function segments(unit: Unit, text: string): Intl.Segments {
  const segmenter = segmenters.get(unit) ?? new Intl.Segmenter(undefined, { granularity: unit });
  segmenters.set(unit, segmenter);
  return segmenter.segment(text);
}

/** The place after one more character, word or sentence; what separates them is passed over. */
export function step(text: string, place: number, unit: Unit, forwards: boolean): number {
  const found = segments(unit, text);
  let at = place;
  while (forwards ? at < text.length : at > 0) {
    const segment = found.containing(forwards ? at : at - 1);
    if (!segment) break;
    const lead = segment.segment.length - segment.segment.trimStart().length;
    const trail = segment.segment.length - segment.segment.trimEnd().length;
    const [start, end] = [segment.index, segment.index + segment.segment.length];
    if (unit === "grapheme") return forwards ? end : start;
    const counts = unit === "word" ? segment.isWordLike || segment.segment === OBJECT : segment.segment.trim() !== "";
    const target = forwards ? end - trail : start + lead;
    if (counts && (forwards ? target > at : target < at)) return target;
    at = forwards ? end : start;
  }
  return at;
}

/** The word at a place, or the character where there is no word. */
export function wordAt(text: string, place: number): [from: number, to: number] {
  for (const unit of ["word", "grapheme"] as const)
    for (const at of [place, place - 1]) {
      const segment = at >= 0 && at < text.length ? segments(unit, text).containing(at) : undefined;
      if (segment && (unit === "grapheme" || segment.isWordLike))
        return [segment.index, segment.index + segment.segment.length];
    }
  return [place, place];
}

/** Where a key takes the caret; null where it is no key of the caret. */
export function moved(text: string, place: number, key: string, byWord: boolean, backwards: boolean): number | null {
  switch (key) {
    case "ArrowRight":
    case "ArrowLeft": {
      // In a block that runs from right to left the arrows do too.
      const forwards = (key === "ArrowRight") !== backwards;
      return step(text, place, byWord ? "word" : "grapheme", forwards);
    }
    case "ArrowDown":
    case "ArrowUp":
      return step(text, place, "sentence", key === "ArrowDown");
    case "Home":
      return byWord ? 0 : text.lastIndexOf("\n", place - 1) + 1;
    case "End": {
      const end = text.indexOf("\n", place);
      return byWord || end < 0 ? text.length : end;
    }
    default:
      return null;
  }
}
