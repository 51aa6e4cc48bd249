/** An integer from low to high with anchors: stops on a rail, or a list of lines where the anchors are long. */
import { useContext } from "preact/hooks";
import type { ScaleSpec } from "../protocol";
import type { ScaleControl } from "../scale.types";
import { Choices, chosenOf } from "../ui/choices";
import { Compact } from "../ui/compact";
import { Legend } from "../ui/legend";

interface Spec extends ScaleSpec {
  low: number;
  high: number;
  anchors: Record<string, string>;
}
const points = (spec: Spec): number[] => Array.from({ length: spec.high - spec.low + 1 }, (_, i) => spec.low + i);
const anchor = (spec: Spec, point: number): string => spec.anchors?.[point] ?? "";

type Layout = "rail" | "list" | "steps";

/** Anchors stand under their stops where they fit, in lines of their own where they do not; none is ever cut. */
function layoutOf(spec: Spec): Layout {
  const n = spec.high - spec.low + 1;
  const longest = Math.max(0, ...Object.values(spec.anchors ?? {}).map((text) => text.length));
  if (n <= 7 && longest <= 120 / n) return "rail";
  return n <= 7 && longest ? "list" : "steps";
}

/** The last digit typed: 1 and 0 within a second are ten. */
let typed = { value: -1, at: 0 };

function key(scale: ScaleSpec, value: unknown, pressed: string): number | undefined {
  if (!/^\d$/.test(pressed)) return undefined;
  const spec = scale as Spec;
  const digit = Number(pressed);
  const joined = typed.value * 10 + digit;
  const joins = value === typed.value && typed.value > 0 && performance.now() - typed.at < 900 && joined <= spec.high;
  const next = joins ? joined : digit;
  if (next < spec.low || next > spec.high) return undefined;
  typed = { value: next, at: performance.now() };
  return next;
}

const Control: ScaleControl["Control"] = ({ scale, onChange, ...rest }) => {
  const spec = scale as Spec;
  const compact = useContext(Compact);
  const layout = compact ? "steps" : layoutOf(spec);
  const [set] = chosenOf(rest.value, rest.notApplicable);
  return (
    <>
      <Choices
        {...rest}
        class={`rw-${layout}`}
        upIsMore={layout !== "list"}
        onChoose={onChange}
        stops={points(spec).map((point) => {
          const words = anchor(spec, point);
          return {
            value: point,
            class: `rw-stop ${set !== undefined && point < Number(set) ? "rw-in" : ""}`,
            label: words ? `${point}, ${words}` : String(point),
            title: layout === "steps" && words ? words : undefined,
            content: (
              <>
                {layout === "rail" && <span class="rw-dot" />}
                <span class="rw-number">{point}</span>
                {layout !== "steps" && words && <bdi class="rw-anchor">{words}</bdi>}
              </>
            ),
          };
        })}
      />
      {layout === "steps" && !compact && <Legend lines={legend(spec)} spread={endsOnly(spec)} />}
    </>
  );
};

/** Whether the anchors are those of the two ends, which then stand under them. */
const endsOnly = (spec: Spec): boolean =>
  legend(spec).length === 2 && Boolean(anchor(spec, spec.low)) && Boolean(anchor(spec, spec.high));

function legend(scale: ScaleSpec): [string, string][] {
  const spec = scale as Spec;
  return points(spec)
    .filter((point) => anchor(spec, point))
    .map((point) => [String(point), anchor(spec, point)]);
}

const ordinal: ScaleControl = {
  kind: "ordinal",
  Control,
  key,
  legend,
  text: (scale, value) => {
    const words = anchor(scale as Spec, value as number);
    return words ? `${value} · ${words}` : String(value);
  },
  number: (_scale, value) => (typeof value === "number" ? value : null),
  whole: (scale, values) => {
    const { low, high } = scale as Spec;
    const points = Array.from({ length: high - low + 1 }, (_, at) => low + at);
    return points.every((point) => values.includes(point)) ? "any answer" : null;
  },
  keys: (scale) => {
    const { low, high } = scale as Spec;
    return low >= 0 && high <= 9 ? `${low} … ${high}` : "0 … 9";
  },
};
export default ordinal;
