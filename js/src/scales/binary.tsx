/** Yes or no: two buttons, neither of them pressed until the rater chooses. */
import type { ScaleSpec } from "../protocol";
import type { ScaleControl } from "../scale.types";
import { Choices } from "../ui/choices";
import { Key } from "../ui/key";

interface Spec extends ScaleSpec {
  yes: string;
  no: string;
}

const Control: ScaleControl["Control"] = ({ scale, onChange, ...rest }) => (
  <Choices
    {...rest}
    class="rw-choices"
    onChoose={onChange}
    stops={[true, false].map((value) => ({
      value,
      class: "rw-choice",
      content: (
        <>
          {binary.text(scale, value)} <Key>{value ? "y" : "n"}</Key>
        </>
      ),
    }))}
  />
);

const binary: ScaleControl = {
  kind: "binary",
  Control,
  key: (_scale, _value, pressed) => ({ y: true, n: false, "1": true, "0": false })[pressed],
  text: (scale, value) => (scale as Spec)[value ? "yes" : "no"],
  number: (_scale, value) => (typeof value === "boolean" ? Number(value) : null),
  whole: (_scale, values) => (values.includes(true) && values.includes(false) ? "any answer" : null),
  keys: () => "y / n",
};
export default binary;
