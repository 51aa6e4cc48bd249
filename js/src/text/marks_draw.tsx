/** How marks look on a text: lines below it, one for each mark, and a number where a mark begins. */
import { computed } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useContext, useMemo } from "preact/hooks";
import { covering, type Drawn, type Marked, MarkedContext } from "./marks";
import "./marks.css";

const NONE: readonly Drawn[] = [];
/** Lines of their own; what overlaps more shares the last one. */
const LANES = 3;

/** The marks over a run of the source. Only what lies on it, and changes there, draws it again. */
export function useMarks(from: number, to: number): readonly Drawn[] {
  const marked = useContext(MarkedContext);
  const found = useMemo(() => (marked ? over(marked, from, to) : null), [marked, from, to]);
  return found?.value ?? NONE;
}

function over(marked: Marked, from: number, to: number) {
  let last: readonly Drawn[] = NONE;
  return computed(() => {
    const next = covering(marked.marks.value, from, to);
    if (next.length === last.length && next.every((mark, at) => same(mark, last[at] as Drawn))) return last;
    last = next.length ? next : NONE;
    return last;
  });
}

const same = (one: Drawn, other: Drawn): boolean =>
  (Object.keys(one) as (keyof Drawn)[]).every((part) => one[part] === other[part]);

interface Props {
  marks: readonly Drawn[];
  class?: string | undefined;
  start: number;
  /** Where the piece stands for its source as a whole. */
  end?: number | undefined;
  children: ComponentChildren;
  [attribute: string]: unknown;
}

interface WholeProps {
  class?: string;
  start: number;
  end: number;
  children: ComponentChildren;
}

/** A piece of source text on the page, with the marks that cover it. */
export function Piece({ marks, class: name, start, end, children, ...rest }: Props) {
  if (!marks.length)
    return (
      <span {...rest} class={name} data-s={start} data-e={end}>
        {children}
      </span>
    );
  return (
    <Covered {...rest} marks={marks} class={name} start={start} end={end}>
      {children}
    </Covered>
  );
}

function Covered({ marks, class: name, start, end, children, ...rest }: Props) {
  const hot = useContext(MarkedContext)?.hot.value;
  const lines = Object.fromEntries(
    marks.map(({ lane, level }) => [`--l${Math.min(lane, LANES - 1)}`, `var(--rw-line-${level ?? "new"})`]),
  );
  const gravest = Math.max(...marks.map(({ level }) => level ?? -1));
  const isNew = marks.some(({ number }) => number === null);
  return (
    <span
      {...rest}
      class={[
        name,
        `rw-marked rw-grave-${gravest < 0 || isNew ? "new" : gravest}`,
        marks.length > 1 && "rw-twice",
        marks.some(({ id }) => id === hot) && "rw-hot",
      ]
        .filter(Boolean)
        .join(" ")}
      style={lines}
      data-mark={marks.map(({ id }) => id).join(" ")}
      data-s={start}
      data-e={end}
    >
      {children}
    </span>
  );
}

/** A piece that is one whole: a formula, a footnote's number. */
export function Whole({ start, end, class: name, children }: WholeProps) {
  return (
    <Piece class={name} marks={useMarks(start, end)} start={start} end={end}>
      {children}
    </Piece>
  );
}
