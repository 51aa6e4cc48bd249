/** One category of several, or a set of them: buttons while they are few and plain, else groups with all about them. */

import { useContext } from "preact/hooks";
import type { Value } from "../protocol";
import type { ScaleControl } from "../scale.types";
import { Choices } from "../ui/choices";
import { Compact } from "../ui/compact";
import { Key } from "../ui/key";
import { Picker } from "../ui/picker";
import {
  choose,
  chooseNone,
  chosenIn,
  isNone,
  isPlain,
  leavesOf,
  MANY,
  type NominalSpec,
  noneOf,
  withoutSeverity,
} from "./policies";

const NONE = "\u0000none";

const Control: ScaleControl["Control"] = (props) =>
  isPlain(props.scale as NominalSpec) ? <Plain {...props} /> : <Picker {...props} />;

const Plain: ScaleControl["Control"] = ({ scale, onChange, ...rest }) => {
  const spec = scale as NominalSpec;
  const described = !useContext(Compact) && spec.categories.some((category) => category.description);
  const none = noneOf(spec);
  const value = rest.notApplicable ? undefined : rest.value;
  return (
    <Choices
      {...rest}
      value={isNone(rest.value) ? NONE : rest.value}
      multiple={spec.multiple}
      class={`rw-choices ${described ? "rw-described" : ""}`}
      onChoose={(name) => onChange(name === NONE ? chooseNone(value) : choose(spec, value, String(name)))}
      stops={[...spec.categories, ...(none === null ? [] : [{ name: NONE, description: "" }])].map(
        ({ name, description }, at) => ({
          value: name,
          class: `rw-choice ${spec.multiple ? "rw-many" : ""}`,
          content: (
            <>
              <span class="rw-tick" />
              <span>
                {name === NONE ? none : name}
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

const text = (spec: NominalSpec, value: Value): string =>
  chosenIn(value)
    .map(({ category, severity }) => (severity ? `${category} (${severity})` : category))
    .join("; ") ||
  (noneOf(spec) ?? "none of these");

const nominal: ScaleControl = {
  kind: "nominal",
  Control,
  key: (scale, value, pressed) => {
    const spec = scale as NominalSpec;
    // The buttons of a picker have their keys themselves.
    if (!isPlain(spec)) return undefined;
    if (pressed === "0" && noneOf(spec) !== null) return chooseNone(value) ?? null;
    const category = /^[1-9]$/.test(pressed) ? spec.categories[Number(pressed) - 1] : undefined;
    // null: the last category of a set was switched off, so the answer is unset again.
    return category && (choose(spec, value, category.name) ?? null);
  },
  legend: (scale) =>
    isPlain(scale as NominalSpec)
      ? (scale as NominalSpec).categories
          .filter((c) => c.description)
          .map((c) => [c.name, c.description] as [string, string])
      : [],
  text: (scale, value) => text(scale as NominalSpec, value),
  brief: (scale, value) => {
    const spec = scale as NominalSpec;
    const count = chosenIn(value).length;
    return count > 1 && !isPlain(spec) ? `${count} chosen` : text(spec, value);
  },
  number: () => null,
  lacks: (scale, value) => {
    const open = withoutSeverity(scale as NominalSpec, value);
    return open.length ? `severity of ${open.map(({ category }) => category).join(", ")}` : null;
  },
  chosen: (scale, value) => {
    const spec = scale as NominalSpec;
    const none = spec.none ? noneOf(spec) : null;
    const groups = leavesOf(spec);
    const found = chosenIn(value).flatMap(({ category, severity }): Value[] => {
      const group = groups.find(({ name }) => name === category)?.group;
      return [category, ...(group ? [group] : []), ...(severity ? [severity] : [])];
    });
    return found.length || none === null ? found : [none];
  },
  whole: (scale, values) => {
    const spec = scale as NominalSpec;
    const named = (all: { name: string }[]): boolean =>
      all.length > 0 && all.every(({ name }) => values.includes(name));
    if (!named(spec.categories) && !named(spec.severities ?? [])) return null;
    const none = noneOf(spec);
    return none === null || values.includes(none) ? "any answer" : `any answer but “${none}”`;
  },
  keys: (scale) => {
    const spec = scale as NominalSpec;
    const categories = `1 … ${Math.min(9, spec.categories.length)}`;
    const all = noneOf(spec) === null ? categories : `${categories}, 0`;
    if (isPlain(spec)) return all;
    return `${all}, x (what it means)${leavesOf(spec).length > MANY ? ", / (search)" : ""}`;
  },
};
export default nominal;
