/** The list of keys. */
import { KEYS } from "../keys";
import { Sheet } from "./sheet";

export function KeysSheet({ onClose }: { onClose: () => void }) {
  return (
    <Sheet title="Keys" onClose={onClose}>
      <div class="rw-keys">
        {KEYS.map(([title, keys]) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl>
              {keys.map(([pressed, does]) => (
                <div key={pressed}>
                  <dt>
                    <kbd>{pressed}</kbd>
                  </dt>
                  <dd>{does}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <p class="rw-muted">Letters act while no text field has the focus. On a Mac, Cmd works in place of Ctrl.</p>
    </Sheet>
  );
}
