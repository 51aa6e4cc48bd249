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

const NONE = "\u0000none";

/** Whether "none of these" is offered: where several may be chosen, none may be, unless the rubric has a word for it. */
const offersNone = (spec: Spec): boolean =>
  spec.multiple && !spec.categories.some(({ name }) => /^none\b/i.test(name.trim()));

/** The value after choosing a category: itself, or the set with it switched, in the rubric's order; empty is unset. */
function choose(spec: Spec, value: Value | undefined, name: string): Value | undefined {
  if (!spec.multiple) return name;
  // Chosen, none is an answer; all switched off again, the question is open again.
  if (name === NONE) return Array.isArray(value) && value.length === 0 ? undefined : [];
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
      value={Array.isArray(rest.value) && !rest.value.length ? NONE : rest.value}
      multiple={spec.multiple}
      class={`rw-choices ${described ? "rw-described" : ""}`}
      onChoose={(name) => onChange(choose(spec, rest.notApplicable ? undefined : rest.value, String(name)))}
      stops={[...spec.categories, ...(offersNone(spec) ? [{ name: NONE, description: "" }] : [])].map(
        ({ name, description }, at) => ({
          value: name,
          class: `rw-choice ${spec.multiple ? "rw-many" : ""}`,
          content: (
            <>
              <span class="rw-tick" />
              <span>
                {name === NONE ? "none of these" : name}
                {described && description && <span class="rw-anchor"> {description}</span>}
              </span>
              {name === NONE ? <Key>0</Key> : at < 9 && <Key>{at + 1}</Key>}
            </>
          ),
        }),
      )}
    />
  );
};

const nominal: ScaleControl = {
  kind: "nominal",
  Control,
  key: (scale, value, pressed) => {
    const spec = scale as Spec;
    if (pressed === "0" && offersNone(spec)) return choose(spec, value, NONE) ?? null;
    const category = /^[1-9]$/.test(pressed) ? spec.categories[Number(pressed) - 1] : undefined;
    // null: the last category of a set was switched off, so the answer is unset again.
    return category && (choose(spec, value, category.name) ?? null);
  },
  legend: (scale) =>
    (scale as Spec).categories.filter((c) => c.description).map((c) => [c.name, c.description] as [string, string]),
  text: (_scale, value) => (Array.isArray(value) ? value.join("; ") || "none of these" : String(value)),
  number: () => null,
  keys: (scale) => {
    const spec = scale as Spec;
    const categories = `1 … ${Math.min(9, spec.categories.length)}`;
    return offersNone(spec) ? `${categories}, 0` : categories;
  },
};
export default nominal;
