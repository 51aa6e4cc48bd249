/** A text to judge under its label: as Markdown or as it was written, and folded where it is very long. */
import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { own } from "../keys";
import type { ChunkOf } from "./chunk";
import { Markdown } from "./markdown";
import { type Board, MarkedContext, type TextId } from "./marks";
import { Raw } from "./raw";
import { opening } from "./sections";
import { sizeOf } from "./size";

type Mode = "rendered" | "raw";

interface Props {
  text: string;
  label: string;
  chunk: ChunkOf;
  initialMode?: Mode;
  /** Where it can be marked: on which board, under which name. */
  on?: { board: Board; text: TextId };
  /** What else stands in the line of the label. */
  actions?: ComponentChildren;
}

/** What was chosen on this page, by label: the next item's response is read as the last one was. */
const modes = signal<Readonly<Record<string, Mode>>>({});

/** Longer texts are folded to their first part. */
const LONG = 20_000;
const FIRST = 8_000;

export function TextBlock({ text, label, chunk, initialMode = "rendered", on, actions }: Props) {
  const mode = modes.value[label] ?? initialMode;
  const [opened, setOpened] = useState<string | null>(null);
  const long = text.length > LONG;
  const folded = long && opened !== text;
  const shown = useMemo(() => (folded ? opening(text, FIRST) : text), [text, folded]);
  const size = useMemo(() => (long ? sizeOf(text) : ""), [text, long]);
  const raw = mode === "raw";
  const marked = on ? on.board.marked(on.text) : null;
  const hidden = folded && (marked?.wanted.value ?? -1) >= shown.length;
  useEffect(() => {
    if (hidden) setOpened(text);
  }, [hidden, text]);
  return (
    <div class="rw-text">
      <div class="rw-text-head">
        <h3 class="rw-text-label">{label}</h3>
        <button
          {...own}
          type="button"
          class="rw-text-mode"
          aria-pressed={raw}
          aria-label={`${label}: raw text`}
          title="Show the text exactly as it was written"
          onClick={() => {
            modes.value = { ...modes.value, [label]: raw ? "rendered" : "raw" };
          }}
        >
          raw
        </button>
        {actions}
      </div>
      <div
        class={folded ? "rw-text-body rw-folded" : "rw-text-body"}
        ref={(node) => {
          if (node) on?.board.texts.set(on.text, { node, source: text });
          else on?.board.texts.delete(on.text);
        }}
      >
        <MarkedContext.Provider value={marked}>
          {text.trim() === "" ? (
            <p class="rw-empty">{text === "" ? "This text is empty." : "This text is only white space."}</p>
          ) : raw ? (
            <Raw source={shown} />
          ) : (
            <Markdown source={shown} chunk={chunk} />
          )}
        </MarkedContext.Provider>
      </div>
      {long && (
        <button
          {...own}
          type="button"
          class="rw-more"
          aria-expanded={!folded}
          onClick={() => setOpened(folded ? text : null)}
        >
          {folded ? `Show all (${size})` : "Show less"}
        </button>
      )}
    </div>
  );
}
