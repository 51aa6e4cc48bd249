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
  const shown = joined(
    placed(show === "both" ? grouped(runs) : runs).filter(
      (run) => show === "both" || run.in === "both" || run.in === show,
    ),
  );
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
        if (where === "both") return <span key={at}>{words}</span>;
        const Mark = show !== "both" ? "mark" : where === "before" ? "del" : "ins";
        return (
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

/** What two changes next to each other may have between them and still be one: a blank, or one short word. */
const BETWEEN = /^\s*\S{0,4}\s*$/;

/**
 * A rewritten passage as one run that went and one that came, instead of word against word. What stands between its changes
 * is then in both.
 */
export function grouped(runs: Run[]): Run[] {
  const all: Run[] = [];
  for (let at = 0; at < runs.length; ) {
    let end = at;
    while (end < runs.length) {
      const [run, next] = [runs[end], runs[end + 1]];
      if (run?.in === "both" && (end === at || !BETWEEN.test(run.text) || !next || next.in === "both")) break;
      end += 1;
    }
    const passage = runs.slice(at, end);
    const of = (side: "before" | "after"): Run => ({
      in: side,
      text: passage.map((run) => (run.in === side || run.in === "both" ? run.text : "")).join(""),
    });
    const both = passage.some((run) => run.in === "before") && passage.some((run) => run.in === "after");
    if (both) all.push(of("before"), of("after"));
    else all.push(...passage);
    if (!passage.length) all.push(runs[end++] as Run);
    at = end;
  }
  return all;
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
