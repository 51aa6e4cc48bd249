/** The rubric's guidelines, with search: hits are painted over the text, so that its tree stays as it is. */

import { useEffect, useRef, useState } from "preact/hooks";
import { own } from "../keys";
import { Markdown } from "../text";
import { Button } from "./button";
import { Panel } from "./panel";
import { glide, useView } from "./view";
import { count } from "./words";

/** Every place where the words stand, also across the borders of bold and links. */
export function findHits(root: Node, words: string): Range[] {
  const wanted = words.trim().toLowerCase();
  if (!wanted) return [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const nodes: { node: Text; start: number }[] = [];
  let text = "";
  for (let node = walker.nextNode() as Text | null; node; node = walker.nextNode() as Text | null) {
    nodes.push({ node, start: text.length });
    text += node.data;
  }
  const folded = text.toLowerCase();
  // Where lowering changes lengths (İ), positions would not fit: then the search minds upper and lower case.
  const hay = folded.length === text.length ? folded : text;
  const hits: Range[] = [];
  const place = (at: number): [Text, number] | null => {
    const found = nodes.findLast(({ start }) => start <= at);
    return found ? [found.node, at - found.start] : null;
  };
  for (let at = hay.indexOf(wanted); at >= 0; at = hay.indexOf(wanted, at + wanted.length)) {
    const [from, to] = [place(at), place(at + wanted.length - 1)];
    if (!from || !to) continue;
    const range = document.createRange();
    range.setStart(...from);
    range.setEnd(to[0], to[1] + 1);
    hits.push(range);
  }
  return hits;
}

/** Paint ranges under a name that style.css knows; the returned function takes them away again. */
function paint(name: string, ranges: Range[]): () => void {
  const registry = globalThis.CSS?.highlights;
  if (!registry || typeof Highlight === "undefined") return () => undefined;
  const shared = registry.get(name) ?? new Highlight();
  registry.set(name, shared);
  for (const range of ranges) shared.add(range);
  return () => {
    for (const range of ranges) shared.delete(range);
  };
}

export function Guidelines({ onClose }: { onClose: () => void }) {
  const { session } = useView();
  const source = session.rubric.value?.guidelines ?? "";
  const [words, setWords] = useState("");
  const [hits, setHits] = useState<Range[]>([]);
  const [now, setNow] = useState(0);
  const text = useRef<HTMLElement>(null);

  useEffect(() => {
    setHits(text.current ? findHits(text.current, words) : []);
    setNow(0);
  }, [words, source]);
  useEffect(() => paint("rw-hit", hits), [hits]);
  useEffect(() => {
    const hit = hits[now];
    const pane = text.current;
    if (!hit || !pane) return;
    const box = hit.getBoundingClientRect?.();
    const outer = pane.getBoundingClientRect();
    if (box && (box.top < outer.top || box.bottom > outer.bottom)) glide(pane, box.top - outer.top - outer.height / 3);
    return paint("rw-hit-now", [hit]);
  }, [hits, now]);

  return (
    <Panel title="Guidelines" onClose={onClose}>
      <div class="rw-search">
        <input
          {...own}
          type="search"
          aria-label="Search the guidelines"
          placeholder="Search"
          value={words}
          onInput={(event) => setWords(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.ctrlKey || event.metaKey || !hits.length) return;
            event.preventDefault();
            setNow((now + (event.shiftKey ? hits.length - 1 : 1)) % hits.length);
          }}
        />
        <span class="rw-muted" role="status">
          {words.trim() && (hits.length ? `${now + 1} of ${count(hits.length, "hit")}` : "no hits")}
        </span>
      </div>
      <section
        {...own}
        class="rw-scroll rw-guidelines"
        ref={text}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling pane must be reachable by keyboard
        tabIndex={0}
        aria-label="Guidelines text"
      >
        {source ? (
          <Markdown under={2} source={source} chunk={session.chunk} />
        ) : (
          <p class="rw-muted">This rubric has no guidelines.</p>
        )}
      </section>
      {session.firstUse.value && (
        <div class="rw-start">
          <Button class="rw-primary" onClick={onClose}>
            Start rating
          </Button>
        </div>
      )}
    </Panel>
  );
}
