/** What stands in place of an item until its rater wants to see it: nothing of the item itself is on the page before. */

import { useId } from "preact/hooks";
import { own } from "../keys";
import { Unveiled } from "../text/unveiled";
import { Button } from "./button";
import { Key } from "./key";
import { useView } from "./view";

export function Warning({ words }: { words: string }) {
  const view = useView();
  const id = useId();
  return (
    <div class="rw-warning">
      <div class="rw-veil" aria-hidden="true">
        {[92, 84, 97, 61, 0, 88, 95, 73].map((width, at) => (
          <i key={at} style={{ width: `${width}%` }} />
        ))}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: it has the focus first, so that it is read before anything else */}
      <div
        {...own}
        class="rw-warned"
        role="group"
        aria-labelledby={`${id}-title`}
        aria-describedby={`${id}-words`}
        ref={(node) => {
          view.warning.current = node;
        }}
        tabIndex={-1}
      >
        <h3 id={`${id}-title`}>Content warning</h3>
        <p id={`${id}-words`}>
          <Unveiled text={words} />
        </p>
        <p>
          <Button class="rw-primary" onClick={() => view.reveal()}>
            Show the item <Key>o</Key>
          </Button>{" "}
          <Button
            onClick={() => {
              view.form.value = "skip";
            }}
          >
            Skip it <Key>s</Key>
          </Button>
        </p>
        <p class="rw-muted">It shows this item only. You may skip any item; “content” is reason enough.</p>
      </div>
    </div>
  );
}
