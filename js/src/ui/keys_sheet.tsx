/** The list of keys. */
import { KEYS } from "../keys";
import { scaleOf } from "../scales";
import { Sheet } from "./sheet";
import { useView } from "./view";

export function KeysSheet({ onClose }: { onClose: () => void }) {
  const { session } = useView();
  const scales = new Map<string, string[]>();
  for (const { scale, title } of session.rubric.value?.dimensions ?? []) {
    const keys = scaleOf(scale.kind).keys(scale);
    scales.set(keys, [...(scales.get(keys) ?? []), title]);
  }
  const first = [...scales].map(([keys, titles]): [string, string] => [keys, `answer ${titles.join(", ")}`]);
  return (
    <Sheet title="Keys" onClose={onClose}>
      <div class="rw-keys">
        {KEYS.map(([title, keys], at) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl>
              {[...(at ? [] : first), ...keys].map(([pressed, does]) => (
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
