/** One category of several, or a set of them; descriptions are part of the control. */

import { useContext } from "preact/hooks";
import type { ScaleSpec, Value } from "../protocol";
import type { ScaleControl } from "../scale.types";
import { Choices } from "../ui/choices";
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

const Control: ScaleControl["Control"] = ({ scale, onChange, ...rest }) => {
  const spec = scale as Spec;
  const described = !useContext(Compact) && spec.categories.some((category) => category.description);
  return (
    <Choices
      {...rest}
      multiple={spec.multiple}
      class={`rw-choices ${described ? "rw-described" : ""}`}
      onChoose={(name) => onChange(choose(spec, rest.notApplicable ? undefined : rest.value, String(name)))}
      stops={spec.categories.map(({ name, description }, at) => ({
        value: name,
        class: `rw-choice ${spec.multiple ? "rw-many" : ""}`,
        content: (
          <>
            <span class="rw-tick" />
            <span>
              {name}
              {described && description && <span class="rw-anchor"> {description}</span>}
            </span>
            {at < 9 && <Key>{at + 1}</Key>}
          </>
        ),
      }))}
    />
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
