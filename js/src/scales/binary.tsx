/** Yes or no: two buttons, neither of them pressed until the rater chooses. */

import { own } from "../keys";
import type { ScaleSpec } from "../protocol";
import type { ScaleControl } from "../scale.types";
import { Key } from "../ui/key";

interface Spec extends ScaleSpec {
  yes: string;
  no: string;
}

const Control: ScaleControl["Control"] = ({ scale, value, notApplicable, onChange, label, describedBy }) => {
  const spec = scale as Spec;
  const set = typeof value === "boolean" && !notApplicable ? value : null;
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const here = event.target as HTMLElement;
    if (event.key === " ") onChange(here.dataset.value === "true");
    else if (/^Arrow(Right|Down)$/.test(event.key)) onChange(set === null);
    else if (/^Arrow(Left|Up)$/.test(event.key)) onChange(set === false);
    else return;
    event.preventDefault();
    const group = here.parentElement;
    requestAnimationFrame(() => group?.querySelector<HTMLElement>('[tabindex="0"]')?.focus({ preventScroll: true }));
  };
  return (
    <div
      role="radiogroup"
      class={`rw-choices ${notApplicable ? "rw-off" : ""}`}
      aria-label={label + (notApplicable ? ", not applicable" : set === null ? ", not set" : "")}
      aria-describedby={describedBy}
      onKeyDown={onKeyDown}
    >
      {[true, false].map((point) => (
        // biome-ignore lint/a11y/useSemanticElements: a native radio cannot hold what a stop shows
        <button
          {...own}
          type="button"
          role="radio"
          key={String(point)}
          class="rw-choice"
          aria-checked={point === set}
          tabIndex={point === (set ?? true) ? 0 : -1}
          data-value={point}
          onClick={() => onChange(point)}
        >
          {point ? spec.yes : spec.no} <Key>{point ? "y" : "n"}</Key>
        </button>
      ))}
    </div>
  );
};

const binary: ScaleControl = {
  kind: "binary",
  Control,
  key: (_scale, _value, pressed) => ({ y: true, n: false, "1": true, "0": false })[pressed],
  text: (scale, value) => (value ? (scale as Spec).yes : (scale as Spec).no),
  number: (_scale, value) => (typeof value === "boolean" ? Number(value) : null),
  keys: "y / n",
};
export default binary;
