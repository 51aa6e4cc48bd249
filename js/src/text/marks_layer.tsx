/**
 * What lies over the texts of a reading pane: it hears what is selected and which mark is pressed, numbers the marks, and
 * holds the keyboard's caret and whatever a control shows below a mark.
 */
import { useSignalEffect } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { own } from "../keys";
import type { Board, Caret, Over, TextId } from "./marks";
import { moved, toDom, toPlace, toSource, type Visible, visibleOf, wordAt } from "./marks_caret";
import { partOf, selectedIn, selectionAt } from "./selection";

interface Props {
  board: Board;
  /** Tell screen readers. */
  say(words: string): void;
}

export function MarkLayer({ board, say }: Props) {
  const root = useRef<HTMLDivElement>(null);
  useSelecting(board, root);
  useNumbers(board, root);
  const [caret, over] = [board.caret.value, board.over.value];
  return (
    <div ref={root} class="rw-over">
      {caret && <CaretBar key={caret.text} board={board} caret={caret} say={say} />}
      {over && <OverBox key={over.key} board={board} over={over} />}
    </div>
  );
}

/** The pane, which scrolls. */
const paneOf = (node: HTMLElement | null): HTMLElement | null => node?.closest<HTMLElement>(".rw-read") ?? null;

/** The text that is selected now. */
function selectedNow(board: Board): { text: TextId; part: NonNullable<ReturnType<typeof selectedIn>> } | null {
  for (const [text, { node, source }] of board.texts) {
    const anchor = selectionAt(node)?.anchorNode;
    const part = anchor && node.contains(anchor) ? selectedIn(node, source) : null;
    if (part) return { text, part };
  }
  return null;
}

/** A finger lifts to move the handles of a selection, and it may take a while. */
const SETTLED = 400;

function useSelecting(board: Board, root: { current: HTMLElement | null }): void {
  useEffect(() => {
    const pane = paneOf(root.current);
    const outer = pane?.ownerDocument;
    if (!pane || !outer) return;
    let pressed: "pointer" | "touch" | null = null;
    let waiting: ReturnType<typeof setTimeout> | undefined;
    const take = (means: "pointer" | "touch"): void => {
      const found = selectedNow(board);
      if (found && !board.caret.peek()) board.takerOf(found.text)?.take(found.text, found.part, means);
    };
    const changed = (): void => {
      const found = selectedNow(board);
      // Gone only when it was given up in the texts: the focus of a field takes it away too.
      const at = selectionAt(pane)?.anchorNode ?? null;
      if (found || (at && pane.contains(at))) board.selected.value = found;
      if (pressed !== "touch" || !found) return;
      clearTimeout(waiting);
      waiting = setTimeout(() => take("touch"), SETTLED);
    };
    const down = (event: PointerEvent): void => {
      const inside = event.composedPath();
      pressed = null;
      if (root.current && inside.includes(root.current)) return;
      board.over.peek()?.close();
      if (!inside.includes(pane)) return;
      board.caret.peek()?.leave(pane);
      if (!event.button) pressed = event.pointerType === "touch" ? "touch" : "pointer";
    };
    const up = (): void => {
      // A click inside a selection ends it only after this event.
      if (pressed === "pointer") setTimeout(() => take("pointer"));
    };
    const marksAt = (event: Event): string[] =>
      (event.target as HTMLElement).closest?.<HTMLElement>("[data-mark]")?.dataset.mark?.split(" ") ?? [];
    const hover = (event: Event): void => {
      board.hot.value = marksAt(event).at(-1) ?? null;
    };
    const click = (event: Event): void => {
      const marks = marksAt(event);
      if (!marks.length || selectedNow(board) || (event.target as HTMLElement).closest("a")) return;
      // Where several overlap, pressing again goes on to the next.
      const open = marks.indexOf(board.over.peek()?.mark ?? last ?? "");
      last = marks.at(open < 0 ? -1 : open - 1) ?? null;
      for (const taker of board.takers()) if (last) taker.press(last);
    };
    let last: string | null = null;
    outer.addEventListener("selectionchange", changed);
    outer.addEventListener("pointerdown", down, true);
    outer.addEventListener("pointerup", up);
    pane.addEventListener("pointerover", hover);
    pane.addEventListener("click", click);
    return () => {
      clearTimeout(waiting);
      outer.removeEventListener("selectionchange", changed);
      outer.removeEventListener("pointerdown", down, true);
      outer.removeEventListener("pointerup", up);
      pane.removeEventListener("pointerover", hover);
      pane.removeEventListener("click", click);
    };
  }, [board, root]);
}

/** Write each mark's number where the mark begins on the page, whatever the text is drawn from. */
function useNumbers(board: Board, root: { current: HTMLElement | null }): void {
  useSignalEffect(() => {
    for (const text of board.texts.keys()) board.marked(text).marks.value;
    queueMicrotask(() => number(board));
  });
  useEffect(() => {
    const pane = paneOf(root.current);
    if (!pane || typeof MutationObserver === "undefined") return;
    const observer = new MutationObserver(() => number(board));
    observer.observe(pane, { childList: true, subtree: true, attributeFilter: ["data-mark"] });
    number(board);
    return () => observer.disconnect();
  }, [board, root]);
}

function number(board: Board): void {
  for (const [text, { node }] of board.texts) {
    const numbers = new Map<Element, number[]>();
    for (const mark of board.marked(text).marks.peek()) {
      const first = mark.number === null ? null : node.querySelector(`[data-mark~="${mark.id}"]`);
      if (first) numbers.set(first, [...(numbers.get(first) ?? []), mark.number as number]);
    }
    for (const old of node.querySelectorAll("[data-no]")) if (!numbers.has(old)) old.removeAttribute("data-no");
    for (const [element, found] of numbers) element.setAttribute("data-no", found.join(" "));
  }
}

/** Scroll the pane, and nothing around it, until a part of it is seen. */
function bring(pane: HTMLElement, top: number, bottom: number, margin: number): void {
  const outer = pane.getBoundingClientRect();
  const above = top - outer.top - margin;
  const below = bottom - outer.bottom + margin;
  if (above < 0) pane.scrollTop += above;
  else if (below > 0) pane.scrollTop += Math.min(below, above);
}

/** Show what has the focus in a box that may scroll itself; a field as a whole, with its name. */
function showFocus(box: HTMLElement | null, target: HTMLElement): void {
  const { top, bottom } = (target.closest("label") ?? target).getBoundingClientRect();
  const foot = box?.querySelector<HTMLElement>(".rw-mark-foot");
  // Its foot stays in sight, and covers nothing that has the focus.
  if (box) bring(box, top, bottom, foot && !foot.contains(target) ? foot.offsetHeight + 12 : 8);
}

/** Show where a mark begins; a text that is folded there unfolds. */
export function showMark(board: Board, text: TextId, id: string): void {
  const marked = board.marked(text);
  marked.wanted.value = marked.marks.peek().find((mark) => mark.id === id)?.from ?? -1;
  requestAnimationFrame(() => {
    const node = board.texts.get(text)?.node;
    const first = node?.querySelector(`[data-mark~="${id}"]`);
    const pane = paneOf(node ?? null);
    const box = first?.getClientRects()[0];
    if (pane && box) bring(pane, box.top, box.bottom, 40);
  });
}

function OverBox({ board, over }: { board: Board; over: Over }) {
  const box = useRef<HTMLDivElement>(null);
  const latest = useRef(over);
  latest.current = over;
  useLayoutEffect(() => {
    const node = box.current;
    const pane = paneOf(node);
    const text = board.texts.get(over.text)?.node;
    if (!node || !pane || !text) return;
    const place = (): void => {
      const parts = [...text.querySelectorAll(`[data-mark~="${over.mark}"]`)].flatMap((part) => [
        ...part.getClientRects(),
      ]);
      const last = parts.at(-1);
      if (!last) return;
      const outer = pane.getBoundingClientRect();
      const most = pane.clientWidth - node.offsetWidth - 8;
      node.style.top = `${Math.max(...parts.map(({ bottom }) => bottom)) - outer.top + pane.scrollTop + 7}px`;
      node.style.left = `${Math.max(8, Math.min(most, last.left - outer.left - 12))}px`;
    };
    const show = (): void => {
      place();
      const { top, bottom } = node.getBoundingClientRect();
      // Below the head of the text, which stays, and with a line of the mark above it.
      bring(pane, top - 58, bottom, 6);
    };
    show();
    if (typeof ResizeObserver === "undefined") return;
    const moved = new ResizeObserver(place);
    moved.observe(text);
    moved.observe(pane);
    // As it grows by a choice it stays in sight.
    const grown = new ResizeObserver(show);
    grown.observe(node);
    return () => {
      moved.disconnect();
      grown.disconnect();
    };
  }, [board, over.mark, over.text]);
  useEffect(() => {
    if (!over.selects) return;
    // The text was cut where the mark begins and ends, and the selection with it.
    const drawn = requestAnimationFrame(() => {
      const parts = board.texts.get(over.text)?.node.querySelectorAll(`[data-mark~="${over.mark}"]`);
      const [first, last] = [parts?.[0]?.firstChild, parts?.[parts.length - 1]?.firstChild];
      if (!first?.parentElement || !last) return;
      const end = last.nodeType === 3 ? (last.textContent?.length ?? 0) : last.childNodes.length;
      selectionAt(first.parentElement)?.setBaseAndExtent(first, 0, last, end);
    });
    return () => {
      cancelAnimationFrame(drawn);
      const pane = paneOf(box.current);
      const selection = pane && selectionAt(pane);
      if (selection?.anchorNode && pane?.contains(selection.anchorNode)) selection.removeAllRanges();
      // What became a mark is taken; that its selection is gone no event can tell, as it has no place left. What was only
      // looked at is still there for others: a quote.
      if (!latest.current.selects) board.selected.value = null;
    };
  }, [board, over.key, over.selects]);
  return (
    <div ref={box} class="rw-over-box" onFocusIn={(event) => showFocus(box.current, event.target as HTMLElement)}>
      {over.content}
    </div>
  );
}

const HELP: [keys: string, does: string][] = [
  ["← →", "character"],
  ["Ctrl ← →", "word"],
  ["↑ ↓", "sentence"],
  ["Shift", "select"],
  ["1 … 9", "category"],
  ["Enter", "take"],
  ["m", "next text"],
  ["Esc", "leave"],
];
/** What the same says to somebody who hears it. */
const SPOKEN =
  "Arrows move by character, with Control by word, up and down by sentence. Shift or Space selects. Enter takes it, Escape leaves.";

interface Ends {
  anchor: number;
  head: number;
  /** After Space every move selects, for who cannot hold Shift. */
  held: boolean;
}

function CaretBar({ board, caret, say }: { board: Board; caret: Caret; say: Props["say"] }) {
  const bar = useRef<HTMLSpanElement>(null);
  const seen = useRef<Visible | null>(null);
  const [ends, setEnds] = useState<Ends | null>(null);
  const text = board.texts.get(caret.text);

  useLayoutEffect(() => {
    if (!text) return;
    const look = (): void => {
      const before = seen.current;
      seen.current = visibleOf(text.node);
      const now = seen.current;
      setEnds((old) => {
        const again = (place: number): number => toPlace(now, before ? toSource(before, place, "start") : caret.at);
        return old
          ? { ...old, anchor: again(old.anchor), head: again(old.head) }
          : { anchor: again(0), head: again(0), held: false };
      });
    };
    look();
    if (typeof MutationObserver === "undefined") return;
    const observer = new MutationObserver(look);
    observer.observe(text.node, { childList: true, subtree: true });
    return () => observer.disconnect();
  }, [text?.node, caret]);

  useLayoutEffect(() => {
    const node = bar.current;
    const pane = paneOf(node);
    const at = ends && seen.current && toDom(seen.current, ends.head);
    if (!node || !pane || !ends || !at || !seen.current) return;
    const range = pane.ownerDocument.createRange();
    range.setStart(...at);
    range.collapse(true);
    const box = range.getClientRects()[0] ?? (at[0].parentElement ?? (at[0] as Element)).getBoundingClientRect();
    const outer = pane.getBoundingClientRect();
    node.style.top = `${box.top - outer.top + pane.scrollTop - 1}px`;
    node.style.left = `${box.left - outer.left - 1}px`;
    node.style.height = `${box.height + 2}px`;
    // Clear of the head of the text above and of the list of keys below.
    bring(pane, box.top, box.bottom, Math.max(44, ((node.nextElementSibling as HTMLElement)?.offsetHeight ?? 0) + 10));
    const selection = selectionAt(pane);
    const from = ends.anchor === ends.head ? null : toDom(seen.current, ends.anchor);
    if (from) selection?.setBaseAndExtent(...from, ...at);
    else selection?.removeAllRanges();
  }, [ends]);

  const here = ends !== null;
  useLayoutEffect(() => {
    if (here) bar.current?.focus({ preventScroll: true });
  }, [here]);

  if (!text) return null;
  const take = (digit?: string): void => {
    if (!ends || !seen.current) return;
    const words = seen.current.text;
    let [from, to] =
      ends.anchor === ends.head
        ? wordAt(words, ends.head)
        : [Math.min(ends.anchor, ends.head), Math.max(ends.anchor, ends.head)];
    // White space beside a mark of Markdown must not make that mark an end.
    from += words.slice(from, to).length - words.slice(from, to).trimStart().length;
    to = from + words.slice(from, to).trimEnd().length;
    if (from === to) return;
    const part = partOf(text.source, toSource(seen.current, from, "start"), toSource(seen.current, to, "end"));
    if (!part) return;
    // What was taken is selected no longer, or the next key would take it again.
    const pane = paneOf(bar.current);
    if (pane) selectionAt(pane)?.removeAllRanges();
    caret.take(part, digit);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const combined = event.ctrlKey || event.metaKey;
    if (!ends || !seen.current || event.key === "Tab" || event.key === "?" || (combined && event.key === "Enter"))
      return;
    const words = seen.current.text;
    const piece = seen.current.pieces.find(({ at, length }) => ends.head <= at + length)?.node;
    const backwards = piece ? getComputedStyle(piece).direction === "rtl" : false;
    const head = moved(words, ends.head, event.key, combined || event.altKey, backwards);
    if (head !== null) {
      const selects = event.shiftKey || ends.held;
      const anchor = selects ? ends.anchor : head;
      setEnds({ ...ends, anchor, head });
      const passed = words.slice(Math.min(head, ends.head), Math.max(head, ends.head)).trim();
      const marked = words.slice(Math.min(head, anchor), Math.max(head, anchor)).trim();
      say(selects ? `selected: ${marked || "nothing"}` : passed || "space");
    } else if (event.key === "Escape") caret.leave();
    else if (event.key === "Enter") take();
    else if (/^\d$/.test(event.key) && !combined) {
      if (caret.digits) take(event.key);
    } else if (event.key === " ") {
      setEnds({ ...ends, held: !ends.held, anchor: ends.held ? ends.anchor : ends.head });
      say(ends.held ? "selection ends here" : "selection begins here");
    } else if (event.key === "m" && !combined) caret.next?.();
    else if (combined || event.key.length > 1) return;
    event.preventDefault();
  };
  return (
    <>
      <span
        {...own}
        ref={bar}
        class="rw-caret"
        role="application"
        aria-roledescription="caret"
        aria-label="Caret in the text"
        aria-description={`${SPOKEN}${caret.digits ? " Digits choose the category." : ""}${caret.next ? " M goes to the next text." : ""}`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the caret takes the keys
        tabIndex={0}
        onKeyDown={onKeyDown}
        onBlur={({ relatedTarget: to }) => to && board.caret.peek() === caret && caret.leave(to)}
      />
      <p class="rw-caret-help" aria-hidden="true">
        {HELP.filter(([keys]) => (keys === "1 … 9" ? caret.digits : keys === "m" ? caret.next : true)).map(
          ([keys, does]) => (
            <span key={keys}>
              <kbd>{keys}</kbd> {does}
            </span>
          ),
        )}
      </p>
    </>
  );
}
