/** Ratings of one item beside each other, a row per judgment; what differs is marked. */

import { own } from "../keys";
import { placeOf } from "../place";
import type { Answer, SavedRating } from "../protocol";
import { scaleOf } from "../scales";
import { letterOf, useView } from "./view";

interface Column {
  title: string;
  rating: SavedRating;
}

export function Answers({ columns }: { columns: Column[] }) {
  const { session } = useView();
  const rubric = session.rubric.value;
  const keys = [
    ...new Set(columns.flatMap((c) => c.rating.answers.map((a) => JSON.stringify([a.dimension, a.response])))),
  ];
  const responses = [...new Set(columns.flatMap((c) => c.rating.answers.flatMap((a) => a.response ?? [])))];
  const rows = keys.map((key) => JSON.parse(key) as [string, string | null]);
  const find = (column: Column, [dimension, response]: [string, string | null]): Answer | undefined =>
    column.rating.answers.find((a) => a.dimension === dimension && a.response === response);
  const words = (answer: Answer | undefined): string => {
    const dimension = rubric?.dimensions.find((d) => d.name === answer?.dimension);
    const item = session.item.value;
    if (answer?.not_applicable) return "not applicable";
    if (!answer || !dimension || answer.value === null) return "not set";
    const place = item ? placeOf({ id: "", dimension, response: answer.response }, item) : undefined;
    return scaleOf(dimension.scale.kind).text(dimension.scale, answer.value, place);
  };
  const about = ({ rating }: Column): string =>
    [
      rating.status === "skipped" ? `skipped: ${rating.reason}` : "",
      rating.flagged ? `flagged${rating.note && `: ${rating.note}`}` : "",
      rating.stale ? "kept, but another rating counts" : "",
    ]
      .filter(Boolean)
      .join("; ");
  return (
    <section
      {...own}
      class="rw-table"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling pane must be reachable by keyboard
      tabIndex={0}
      aria-label="Answers"
    >
      <table>
        <thead>
          <tr>
            <th scope="col">Dimension</th>
            {columns.map((column) => (
              <th scope="col" key={column.rating.id}>
                {column.title}
                {about(column) && <small>{about(column)}</small>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const [dimension, response] = row;
            const said = columns.map((column) => words(find(column, row)));
            const letter =
              letterOf(session, response) ||
              (responses.length > 1 && response ? String(responses.indexOf(response) + 1) : "");
            return (
              <tr key={row.join()} class={new Set(said).size > 1 ? "rw-differs" : ""}>
                <th scope="row">
                  {rubric?.dimensions.find((d) => d.name === dimension)?.title ?? dimension}
                  {letter && <span class="rw-muted"> response {letter}</span>}
                </th>
                {columns.map((column, at) => (
                  <td key={column.rating.id}>
                    {said[at]}
                    {find(column, row)?.rationale && <small>{find(column, row)?.rationale}</small>}
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
