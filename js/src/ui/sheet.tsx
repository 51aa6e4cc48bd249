/** A sheet over the body for what is looked at and put away: keys, history, a conflict. It traps nothing. */

import type { ComponentChildren } from "preact";
import { useContext, useEffect, useId, useRef } from "preact/hooks";
import { own } from "../keys";
import { Button } from "./button";
import { Key } from "./key";
import { ViewContext } from "./view";

interface Props {
  title: string;
  children: ComponentChildren;
  /** Absent where a choice has to be made first. */
  onClose?: () => void;
  alert?: boolean;
  /** The widget's root, where the sheet is not the rating screen's. */
  root?: { current: HTMLElement | null };
}

export function Sheet({ title, children, onClose, alert, root: given }: Props) {
  const id = useId();
  const top = useRef<HTMLDivElement>(null);
  const view = useContext(ViewContext);
  const root = given ?? view?.root;
  // What opens by itself takes the focus only from the widget, never from another cell.
  useEffect(() => {
    const within = top.current?.getRootNode() as Document | ShadowRoot | undefined;
    if (root?.current?.contains(within?.activeElement ?? null)) top.current?.focus({ preventScroll: true });
  }, [root]);
  return (
    <div class="rw-cover">
      {/* biome-ignore lint/a11y/useAriaPropsSupportedByRole: both of its roles take a name */}
      <div
        {...own}
        class="rw-sheet"
        role={alert ? "alertdialog" : "dialog"}
        aria-labelledby={id}
        ref={top}
        tabIndex={0}
      >
        <div class="rw-head">
          <h2 id={id}>{title}</h2>
          {onClose && (
            <Button class="rw-quiet" onClick={onClose}>
              Close <Key>Esc</Key>
            </Button>
          )}
        </div>
        {children}
      </div>
    </div>
  );
}
