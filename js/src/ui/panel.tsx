/** A panel beside the text: guidelines or items. */

import type { ComponentChildren } from "preact";
import { Button } from "./button";
import { Key } from "./key";

interface Props {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
}

export function Panel({ title, onClose, children }: Props) {
  return (
    <aside class="rw-panel" aria-label={title}>
      <div class="rw-head">
        <h3>{title}</h3>
        <Button class="rw-quiet" onClick={onClose}>
          Close <Key>Esc</Key>
        </Button>
      </div>
      {children}
    </aside>
  );
}
