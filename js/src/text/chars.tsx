/** Source text on the page: with its offsets, with marks in place of the characters that nobody sees, and under raters' marks. */
import { pieces } from "./hidden";
import { covering, cut } from "./marks";
import { Piece, useMarks } from "./marks_draw";
import type { Slice } from "./offsets";

/** One run of text; `kind` is a class that colours it. */
export function Chars({ slice, kind }: { slice: Slice; kind?: string | undefined }) {
  const { text, start, end } = slice;
  const marks = useMarks(start, end ?? start + text.length);
  let at = start;
  const parts = pieces(text).map((piece) => {
    const from = at;
    at += piece.length;
    if (typeof piece === "string" && !marks.length)
      return (
        <span key={from} class={kind} data-s={from} data-e={end}>
          {piece}
        </span>
      );
    if (typeof piece === "string")
      return (end === undefined ? cut(marks, from, at) : [{ from, to: at, marks }]).map((part) => (
        <Piece key={part.from} class={kind} start={part.from} end={end} marks={part.marks}>
          {piece.slice(part.from - from, part.to - from)}
        </Piece>
      ));
    const [first, last] = end === undefined ? [from, at] : [start, end];
    return [
      <Piece
        key={from}
        class="rw-secret"
        role="img"
        aria-label={piece.title}
        title={piece.title}
        start={first}
        end={last}
        marks={covering(marks, first, last)}
      >
        {piece.label}
      </Piece>,
      piece.breaks && <br />,
    ];
  });
  return <>{parts}</>;
}

export function Slices({ slices }: { slices: Slice[] }) {
  return (
    <>
      {slices.map((slice) => (
        <Chars key={slice.start} slice={slice} />
      ))}
    </>
  );
}
