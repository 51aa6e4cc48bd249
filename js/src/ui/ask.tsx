/** The asking pane: every dimension in order, and whether this is a revision of something saved. */

import { useLayoutEffect } from "preact/hooks";
import { own } from "../keys";
import type { ShownItem } from "../protocol";
import { Button } from "./button";
import { Dimension } from "./dimension";
import { useView } from "./view";
import { when } from "./words";

export function Ask({ item }: { item: ShownItem }) {
  const view = useView();
  // A panel, a form or a notice that opens takes room: what is being answered stays in sight.
  useLayoutEffect(() => {
    const pane = view.asking.current;
    if (!pane || typeof ResizeObserver === "undefined") return;
    const resized = new ResizeObserver(() => view.keepInSight());
    resized.observe(pane);
    return () => resized.disconnect();
  }, [view]);
  return (
    <section
      {...own}
      class="rw-ask"
      ref={(node) => {
        view.asking.current = node;
      }}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling pane must be reachable by keyboard
      tabIndex={0}
      aria-label="Dimensions"
    >
      <Earlier item={item} />
      {view.groups.value.map((group) => (
        <Dimension key={group.dimension.name} group={group} />
      ))}
    </section>
  );
}

function Earlier({ item: { rating } }: { item: ShownItem }) {
  const { sheet } = useView();
  if (!rating) return null;
  return (
    <p class="rw-earlier">
      {rating.status === "skipped"
        ? `You skipped this item on ${when(rating.submitted_at)}${rating.reason ? `: “${rating.reason}”` : ""}. `
        : `Revision of your rating saved ${when(rating.submitted_at)}. `}
      <Button
        class="rw-link"
        onClick={() => {
          sheet.value = "history";
        }}
      >
        {rating.revision > 1 ? `All ${rating.revision} revisions` : "History"}
      </Button>
    </p>
  );
}
