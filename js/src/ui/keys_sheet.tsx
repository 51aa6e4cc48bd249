/** The list of keys. */
import { KEYS } from "../keys";
import { scaleOf } from "../scales";
import { KeyList } from "./key_list";
import { Sheet } from "./sheet";
import { useView } from "./view";

export function KeysSheet({ onClose }: { onClose: () => void }) {
  const { session } = useView();
  const scales = new Map<string, string[]>();
  for (const { scale, title } of session.rubric.value?.dimensions ?? []) {
    const keys = scaleOf(scale.kind).keys(scale);
    // A control that has not arrived has none.
    if (keys) scales.set(keys, [...(scales.get(keys) ?? []), title]);
  }
  const first = [...scales].map(([keys, titles]): [string, string] => [keys, `answer ${titles.join(", ")}`]);
  return (
    <Sheet title="Keys" onClose={onClose}>
      <KeyList groups={KEYS.map(([title, keys], at) => [title, at ? keys : [...first, ...keys]])} />
    </Sheet>
  );
}
