/** Short words that came with an item: what nobody would see in them is shown as marks, as in the responses. */
import { pieces } from "./hidden";

export function Unveiled({ text }: { text: string }) {
  return (
    <>
      {pieces(text).map((piece, at) =>
        typeof piece === "string" ? (
          piece
        ) : (
          <span key={at} class="rw-secret" role="img" aria-label={piece.title} title={piece.title}>
            {piece.label}
          </span>
        ),
      )}
    </>
  );
}
