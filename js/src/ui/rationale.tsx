/** The rationale of one answer: what the policy asks, the words, and how many of how many characters. */
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { own } from "../keys";
import type { Slot } from "../session.types";
import { policyWords } from "./policy_words";
import { slotName, useView } from "./view";
import { count, lengthOf } from "./words";

export function Rationale({ slot, text, required }: { slot: Slot; text: string; required: boolean }) {
  const view = useView();
  const { session } = view;
  const box = useRef<HTMLTextAreaElement>(null);
  const { rationale } = slot.dimension;
  const length = lengthOf(text);
  const wanted = required ? Math.max(1, rationale.min_length) : 0;
  const short = length < wanted;
  const id = useId();

  // As high as its words, within bounds: no inner scrolling while a sentence or two is written.
  useLayoutEffect(() => {
    const node = box.current;
    if (!node) return;
    node.style.height = "auto";
    if (node.scrollHeight) node.style.height = `${Math.min(node.scrollHeight + 2, 200)}px`;
  }, [text]);

  useLayoutEffect(() => {
    if (view.writing.current !== slot.id) return;
    view.writing.current = null;
    view.focus(slot.id, "rationale");
  }, [view, slot.id]);

  return (
    <div class="rw-rationale">
      <textarea
        {...own}
        ref={box}
        rows={2}
        aria-label={`Rationale for ${slotName(session, slot)}`}
        aria-describedby={id}
        aria-required={required}
        placeholder={required ? "Press r, or click, to write" : undefined}
        value={text}
        onInput={(event) => session.setRationale(slot.id, event.currentTarget.value)}
      />
      <div class="rw-need" id={id}>
        <span class={short ? "rw-warn" : "rw-muted"}>
          {required ? policyWords(slot.dimension) : "Optional"}
          {rationale.ask && `: ${rationale.ask}`}
        </span>
        <span class={short ? "rw-warn" : "rw-muted"}>
          {short ? `${length} / ${wanted}` : count(length, "character")}
        </span>
      </div>
    </div>
  );
}
