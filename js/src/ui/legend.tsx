/** The anchors of a scale in full: side by side while they are short, else a line each. */
interface Props {
  lines: [point: string, words: string][];
  /** Shared out over the width: under a slider. */
  spread?: boolean;
  /** Which responses stand at a point, by their letters, and how many there can be. */
  marks?: (point: string) => string[];
  most?: number;
}

export function Legend({ lines, spread, marks, most = 0 }: Props) {
  if (!lines.length) return null;
  // The two ends of a line stand under its ends, however many words they have.
  const ends = spread && lines.length === 2;
  const long =
    !ends && (lines.some(([, words]) => words.length > 28) || lines.reduce((sum, [, w]) => sum + w.length, 0) > 90);
  return (
    <dl
      style={{ "--rw-most": most }}
      class={`rw-legend ${long ? "rw-lines" : ""} ${spread && !long ? "rw-spread" : ""}`}
    >
      {lines.map(([point, words]) => (
        <div key={point}>
          <dt>{point}</dt>
          <dd dir="auto">
            {words}
            {marks?.(point).map((letter) => (
              <span key={letter} class="rw-letter" aria-hidden="true">
                {letter}
              </span>
            ))}
          </dd>
        </div>
      ))}
    </dl>
  );
}
