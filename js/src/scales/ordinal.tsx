/** An integer from low to high with anchors: stops on a rail, or a list of lines where the anchors are long. */
import { useContext, useLayoutEffect, useRef } from "preact/hooks";
import { own } from "../keys";
import type { ScaleSpec } from "../protocol";
import type { ScaleControl } from "../scale.types";
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

const Control: ScaleControl["Control"] = ({ scale, value, notApplicable, onChange, label, describedBy }) => {
  const spec = scale as Spec;
  const compact = useContext(Compact);
  const group = useRef<HTMLDivElement>(null);
  const layout = compact ? "steps" : layoutOf(spec);
  const all = points(spec);
  const set = typeof value === "number" && !notApplicable ? value : null;

  // The focus stays on the answer, so that arrows go on from it and a screen reader says it.
  useLayoutEffect(() => {
    const root = group.current?.getRootNode() as Document | ShadowRoot | undefined;
    if (root?.activeElement && group.current?.contains(root.activeElement))
      group.current.querySelector<HTMLElement>('[tabindex="0"]')?.focus({ preventScroll: true });
  }, [set]);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const down = layout === "list" ? 1 : -1;
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: down, ArrowUp: -down }[event.key];
    if (step) onChange(set === null ? (step > 0 ? spec.low : spec.high) : clamp(set + step, spec));
    else if (event.key === "Home") onChange(spec.low);
    else if (event.key === "End") onChange(spec.high);
    else if (event.key === " ") onChange(Number((event.target as HTMLElement).dataset.value));
    else return;
    event.preventDefault();
  };

  return (
    <>
      <div
        ref={group}
        role="radiogroup"
        class={`rw-ordinal rw-${layout} ${notApplicable ? "rw-off" : ""}`}
        aria-label={label + (notApplicable ? ", not applicable" : set === null ? ", not set" : "")}
        aria-describedby={describedBy}
        onKeyDown={onKeyDown}
        style={{ "--rw-n": all.length }}
      >
        {all.map((point) => {
          const words = anchor(spec, point);
          return (
            // biome-ignore lint/a11y/useSemanticElements: a native radio cannot hold what a stop shows
            <button
              {...own}
              type="button"
              role="radio"
              key={point}
              class={`rw-stop ${set !== null && point < set ? "rw-in" : ""}`}
              aria-checked={point === set}
              aria-label={words ? `${point}, ${words}` : String(point)}
              title={layout === "steps" && words ? words : undefined}
              tabIndex={point === (set ?? spec.low) ? 0 : -1}
              data-value={point}
              onClick={() => onChange(point)}
            >
              {layout === "rail" && <span class="rw-dot" />}
              <span class="rw-number">{point}</span>
              {layout !== "steps" && words && <span class="rw-anchor">{words}</span>}
            </button>
          );
        })}
      </div>
      {layout === "steps" && !compact && <Legend lines={legend(spec)} />}
    </>
  );
};

const clamp = (value: number, spec: Spec): number => Math.min(spec.high, Math.max(spec.low, value));

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
  keys: "digits",
};
export default ordinal;
