/** One category of several, or a set of them; descriptions are part of the control. */

import { useContext } from "preact/hooks";
import { own } from "../keys";
import type { ScaleSpec, Value } from "../protocol";
import type { ScaleControl } from "../scale.types";
import { Compact } from "../ui/compact";
import { Key } from "../ui/key";

interface Spec extends ScaleSpec {
  categories: { name: string; description: string }[];
  multiple: boolean;
}

/** The value after choosing a category: itself, or the set with it switched, in the rubric's order; empty is unset. */
function choose(spec: Spec, value: Value | undefined, name: string): Value | undefined {
  if (!spec.multiple) return name;
  const now = Array.isArray(value) ? value : [];
  const next = spec.categories
    .map((category) => category.name)
    .filter((each) => (each === name ? !now.includes(each) : now.includes(each)));
  return next.length ? next : undefined;
}

const Control: ScaleControl["Control"] = ({ scale, value, notApplicable, onChange, label, describedBy }) => {
  const spec = scale as Spec;
  const compact = useContext(Compact);
  const chosen = notApplicable || value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];
  const described = !compact && spec.categories.some((category) => category.description);
  const role = spec.multiple ? "checkbox" : "radio";
  const first = Math.max(
    0,
    spec.categories.findIndex((category) => chosen.includes(category.name)),
  );
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const stops = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>("[role]")];
    const here = stops.indexOf(event.target as HTMLElement);
    const step = /^Arrow(Right|Down)$/.test(event.key) ? 1 : /^Arrow(Left|Up)$/.test(event.key) ? -1 : 0;
    if (step) {
      const next = (here + step + stops.length) % stops.length;
      const target = spec.multiple || chosen.length ? next : here;
      if (!spec.multiple) onChange(spec.categories[target]?.name);
      stops[target]?.focus({ preventScroll: true });
    } else if (event.key === " ") onChange(choose(spec, value, spec.categories[here]?.name ?? ""));
    else return;
    event.preventDefault();
  };
  return (
    // biome-ignore lint/a11y: both of its roles take a name and keys
    <div
      role={spec.multiple ? "group" : "radiogroup"}
      class={`rw-choices ${described ? "rw-described" : ""} ${notApplicable ? "rw-off" : ""}`}
      aria-label={label + (notApplicable ? ", not applicable" : chosen.length ? "" : ", not set")}
      aria-describedby={describedBy}
      onKeyDown={onKeyDown}
    >
      {spec.categories.map(({ name, description }, at) => (
        // biome-ignore lint/a11y/useAriaPropsSupportedByRole: both of its roles can be checked
        <button
          {...own}
          type="button"
          role={role}
          key={name}
          class={`rw-choice ${spec.multiple ? "rw-many" : ""}`}
          aria-checked={chosen.includes(name)}
          tabIndex={at === first ? 0 : -1}
          data-value={name}
          onClick={() => onChange(choose(spec, notApplicable ? undefined : value, name))}
        >
          <span class="rw-tick" aria-hidden="true" />
          <span>
            {name}
            {described && description && <span class="rw-anchor"> {description}</span>}
          </span>
          {at < 9 && <Key>{at + 1}</Key>}
        </button>
      ))}
    </div>
  );
};

const nominal: ScaleControl = {
  kind: "nominal",
  Control,
  key: (scale, value, pressed) => {
    const spec = scale as Spec;
    const category = /^[1-9]$/.test(pressed) ? spec.categories[Number(pressed) - 1] : undefined;
    // null: the last category of a set was switched off, so the answer is unset again.
    return category && (choose(spec, value, category.name) ?? null);
  },
  legend: (scale) =>
    (scale as Spec).categories.filter((c) => c.description).map((c) => [c.name, c.description] as [string, string]),
  text: (_scale, value) => (Array.isArray(value) ? value.join("; ") : String(value)),
  number: () => null,
  keys: "1 … 9",
};
export default nominal;
