/** Two texts against each other, word by word, as they were written. */
import { useMemo } from "preact/hooks";
import type { Run } from "../chunks/diff";
import { Slices } from "./chars";
import { type ChunkOf, need } from "./chunk";
import "./diff.css";

interface Props {
  before: string;
  after: string;
  chunk: ChunkOf;
  /** One side: that text alone, with what the other lacks marked. Both: one text, with what went and what came. */
  show: "before" | "after" | "both";
  /** What to call the other text: "response B". */
  other: string;
}

const SAME = { before: "only here", after: "only here" };

export function Diff({ before, after, chunk, show, other }: Props) {
  const engine = need("diff", chunk).value;
  const runs = useMemo(() => engine?.diff(before, after), [engine, before, after]);
  if (runs === undefined) return <p class="rw-empty">Comparing …</p>;
  if (runs === null)
    return <p class="rw-empty">The two texts are too long or too different to be compared word by word.</p>;
  const shown = joined(placed(runs).filter((run) => show === "both" || run.in === "both" || run.in === show));
  const changed = shown.some((run) => run.in !== "both");
  return (
    <div class="rw-raw rw-diff" dir="auto">
      {!changed && (
        <p class="rw-note-line">
          {before === after ? "The two texts are the same." : `Nothing here that ${other} lacks.`}
        </p>
      )}
      {shown.map(({ text, start, in: where }, at) => {
        const words = <Slices slices={[{ text, start }]} />;
        // biome-ignore lint/suspicious/noArrayIndexKey: runs are known by their place only
        if (where === "both") return <span key={at}>{words}</span>;
        const Mark = show !== "both" ? "mark" : where === "before" ? "del" : "ins";
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: as above
          <Mark
            key={at}
            class={`rw-only-${where}`}
            title={show === "both" ? undefined : `${SAME[where]}: not in ${other}`}
          >
            {words}
          </Mark>
        );
      })}
    </div>
  );
}

/** Blanks between two words of one kind are of that kind: a passage is marked as one. */
function joined<One extends Run>(runs: One[]): One[] {
  return runs.map((run, at) => {
    const [before, after] = [runs[at - 1], runs[at + 1]];
    const between = run.in === "both" && /^\s+$/.test(run.text) && before && before.in !== "both";
    return between && before.in === after?.in ? { ...run, in: before.in } : run;
  });
}

/** Each run with the offset at which it stands in the text that it is from. */
function placed(runs: Run[]): (Run & { start: number })[] {
  const at = { before: 0, after: 0 };
  return runs.map((run) => {
    const start = run.in === "before" ? at.before : at.after;
    if (run.in !== "after") at.before += run.text.length;
    if (run.in !== "before") at.after += run.text.length;
    return { ...run, start };
  });
}
