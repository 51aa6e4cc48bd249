/** Text exactly as it was written; a very long one comes in parts, so that the page stays quick. */
import { useContext, useState } from "preact/hooks";
import { own } from "../keys";
import { Slices } from "./chars";
import { MarkedContext } from "./marks";
import { sizeOf } from "./size";

/** Characters per part: one part is laid out in some 20 ms even as a single word. */
const PART = 50_000;

interface Props {
  source: string;
  /** The part of the source to show. */
  start?: number;
  end?: number;
}

export function Raw({ source, start = 0, end = source.length }: Props) {
  const [shown, setShown] = useState({ source, parts: 1 });
  const wanted = useContext(MarkedContext)?.wanted.value ?? -1;
  const asked = shown.source === source ? shown.parts : 1;
  const parts = wanted < end ? Math.max(asked, Math.ceil((wanted - start + 1) / (PART - 1))) : asked;
  const pages: { from: number; text: string }[] = [];
  let at = start;
  for (let part = 0; part < parts && at < end; part += 1) {
    let to = Math.min(end, at + PART);
    if (to < end && /[\ud800-\udbff]/.test(source.charAt(to - 1))) to -= 1;
    pages.push({ from: at, text: source.slice(at, to) });
    at = to;
  }
  return (
    <>
      {pages.map(({ from, text }) => (
        <div key={from} class="rw-raw">
          <Slices slices={[{ text, start: from }]} />
        </div>
      ))}
      {at < end && (
        <button {...own} type="button" class="rw-more" onClick={() => setShown({ source, parts: parts + 1 })}>
          Show the next {sizeOf(source.slice(at, Math.min(end, at + PART)))} (of {sizeOf(source.slice(at, end))} left)
        </button>
      )}
    </>
  );
}
