/**
 * Marks over texts. A board belongs to one reading pane: controls put marks on its texts and take what is selected there,
 * the texts draw what lies on them, and both sides know which mark is looked at.
 */
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { type ComponentChildren, createContext } from "preact";
import type { Part } from "./selection";

/** Which text of an item: `response:<key>`, `prompt:<place>` or `context`. */
export type TextId = string;

export interface Mark {
  /** Without spaces, unique on its board: from `Taker.id`. */
  id: string;
  /** UTF-16 offsets into the source, end exclusive. */
  from: number;
  to: number;
  /** 0 lightest to 2 gravest; null: not said yet. */
  level: 0 | 1 | 2 | null;
  /** Shown where it begins; null for one that is being made. */
  number: number | null;
  /** What it is, for who hovers over it. */
  words: string;
}
/** A mark and the line under the text that is its own while others overlap with it. */
export interface Drawn extends Mark {
  lane: number;
}

/** One text, as far as marks are concerned. */
export interface Marked {
  marks: ReadonlySignal<readonly Drawn[]>;
  hot: Signal<string | null>;
  /** An offset that has to be on the page, since somebody goes there; a folded text unfolds. */
  wanted: Signal<number>;
}
export const MarkedContext = createContext<Marked | null>(null);

export type Means = "pointer" | "touch" | "keys";

/** A control that marks texts. */
export interface Taker {
  /** The slot of the control: the current one comes first where several mark the same text. */
  slot: string;
  texts: readonly TextId[];
  /** A part was selected. `digit` was pressed to say what it is. */
  take(text: TextId, part: Part, means: Means, digit?: string): void;
  /** A mark was pressed. */
  press(mark: string): void;
}

/** Where the keyboard's caret stands, and who gets what it selects. */
export interface Caret {
  text: TextId;
  /** UTF-16 offset to begin at. */
  at: number;
  take(part: Part, digit?: string): void;
  /** Digits say what is taken. */
  digits?: boolean;
  /** To the next text, where there are several to mark. */
  next?: () => void;
  /** The caret was left without taking anything: by its key, or since the focus went to `to`. */
  leave(to?: EventTarget): void;
}

/** Something that stands in the reading pane below a mark and never over it. */
export interface Over {
  /** The same for as long as the same thing is shown, also when its mark gets another number. */
  key: string;
  mark: string;
  text: TextId;
  /**
   * True while nothing is decided, so that what was selected stays selected: to be copied, or changed by its handles. False
   * after that: it was taken, and is selected no more.
   */
  selects: boolean;
  content: ComponentChildren;
  /** The pane was pressed elsewhere. */
  close(): void;
}

export interface Board {
  hot: Signal<string | null>;
  caret: Signal<Caret | null>;
  over: Signal<Over | null>;
  /** What is selected now, in which text. Stays while the focus goes to a control, until it became a mark or the item ends. */
  selected: Signal<{ text: TextId; part: Part } | null>;
  /** The texts on the page. */
  texts: Map<TextId, { node: HTMLElement; source: string }>;
  /** Enter a control; returns how it leaves. */
  enter(taker: Taker): () => void;
  /** Put a control's marks on the texts that it marks. */
  draw(slot: string, marks: ReadonlyMap<TextId, readonly Mark[]>): void;
  marked(text: TextId): Marked;
  takerOf(text: TextId): Taker | undefined;
  takers(): Taker[];
}

type Layers = ReadonlyMap<string, ReadonlyMap<TextId, readonly Mark[]>>;

/** @param current The slot that keys go to. */
export function createBoard(current: () => string | undefined): Board {
  const takers = signal<readonly Taker[]>([]);
  const layers = signal<Layers>(new Map());
  const texts = new Map<TextId, Marked>();
  const hot = signal<string | null>(null);
  const takerOf = (text: TextId): Taker | undefined => {
    const able = takers.value.filter((taker) => taker.texts.includes(text));
    return able.find(({ slot }) => slot === current()) ?? able[0];
  };
  return {
    hot,
    caret: signal(null),
    over: signal(null),
    selected: signal(null),
    texts: new Map(),
    enter(taker) {
      takers.value = [...takers.peek().filter(({ slot }) => slot !== taker.slot), taker];
      return () => {
        takers.value = takers.peek().filter((each) => each !== taker);
        const left = new Map(layers.peek());
        left.delete(taker.slot);
        layers.value = left;
      };
    },
    draw(slot, marks) {
      layers.value = new Map([...layers.peek(), [slot, marks]]);
    },
    marked(text) {
      const known = texts.get(text) ?? {
        marks: computed(() => inLanes(layers.value.get(takerOf(text)?.slot ?? "")?.get(text) ?? [])),
        hot,
        wanted: signal(-1),
      };
      texts.set(text, known);
      return known;
    },
    takerOf,
    takers: () => [...takers.peek()],
  };
}

/** Each mark gets the lowest line that no mark beneath it has taken. */
export function inLanes(marks: readonly Mark[]): Drawn[] {
  const ends: number[] = [];
  return [...marks]
    .sort((one, other) => one.from - other.from || other.to - one.to)
    .map((mark) => {
      const free = ends.findIndex((end) => end <= mark.from);
      const lane = free < 0 ? ends.length : free;
      ends[lane] = mark.to;
      return { ...mark, lane };
    });
}

/** The marks that cover any of `from` to `to`. */
export const covering = (marks: readonly Drawn[], from: number, to: number): Drawn[] =>
  marks.filter((mark) => mark.from < to && mark.to > from);

/** A run of text cut where marks begin and end, each part with the marks that cover it. */
export function cut(marks: readonly Drawn[], from: number, to: number): { from: number; to: number; marks: Drawn[] }[] {
  const edges = new Set([from, to]);
  for (const mark of marks) for (const edge of [mark.from, mark.to]) if (edge > from && edge < to) edges.add(edge);
  const places = [...edges].sort((one, other) => one - other);
  return places.slice(1).map((end, at) => {
    const start = places[at] as number;
    return { from: start, to: end, marks: covering(marks, start, end) };
  });
}
