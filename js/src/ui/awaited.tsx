/** In the place of a control that the kernel has not sent yet: that it is on its way, or why not and how to ask again. */
import { useLayoutEffect, useRef } from "preact/hooks";
import { failureOf, fetchControl } from "../controls";
import { own } from "../keys";
import { Button } from "./button";
import { useView } from "./view";

export function Awaited({ kind, slot }: { kind: string; slot: string }) {
  const view = useView();
  const place = useRef<HTMLDivElement>(null);
  const failed = failureOf(kind);
  useLayoutEffect(() => {
    const node = place.current;
    return () => {
      // The keyboard goes over to the control that takes this place, once it is there.
      const root = node?.getRootNode() as Document | ShadowRoot | undefined;
      if (root && node?.contains(root.activeElement)) queueMicrotask(() => view.focus(slot));
    };
  }, [view, slot]);
  return (
    // It holds the keyboard for the control, so that no key goes to the notebook meanwhile.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
    <div {...own} class="rw-awaited rw-muted" ref={place} tabIndex={0}>
      {failed === undefined ? (
        "Fetching what to answer with …"
      ) : (
        <>
          <span class="rw-warn">What to answer with did not arrive: {failed}.</span>
          <Button
            onClick={() => {
              place.current?.focus({ preventScroll: true });
              void fetchControl(kind, view.session.chunk);
            }}
          >
            Try again
          </Button>
        </>
      )}
    </div>
  );
}
