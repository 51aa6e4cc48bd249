/** Source text on the page: with its offsets, and with marks in place of the characters that nobody sees. */
import { pieces } from "./hidden";
import type { Slice } from "./offsets";

/** One run of text; `kind` is a class that colours it. */
export function Chars({ slice, kind }: { slice: Slice; kind?: string | undefined }) {
  const { text, start, end } = slice;
  let at = start;
  const parts = pieces(text).map((piece) => {
    const from = at;
    at += piece.length;
    if (typeof piece === "string")
      return (
        <span key={from} class={kind} data-s={from} data-e={end}>
          {piece}
        </span>
      );
    return [
      <span
        key={from}
        class="rw-secret"
        role="img"
        aria-label={piece.title}
        title={piece.title}
        data-s={end === undefined ? from : start}
        data-e={end ?? at}
      >
        {piece.label}
      </span>,
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
