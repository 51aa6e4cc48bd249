/** A number on a line: a slider that has no value until the rater gives one, and a field to type it into. */
import { useContext, useRef, useState } from "preact/hooks";
import { own } from "../keys";
import type { ScaleSpec } from "../protocol";
import type { ScaleControl } from "../scale.types";
import { Compact } from "../ui/compact";
import { Legend } from "../ui/legend";
import { reveal } from "../ui/view";

interface Spec extends ScaleSpec {
  low: number;
  high: number;
  step: number | null;
  anchors: Record<string, string>;
}

const tidy = (value: number): number => Number(value.toPrecision(12));

/** The step that a hand can hit: the scale's own, or a round hundredth of its range. */
const stepOf = (spec: Spec): number => spec.step ?? 10 ** Math.floor(Math.log10((spec.high - spec.low) / 100) + 1e-9);

function snap(spec: Spec, value: number): number {
  const step = stepOf(spec);
  const last = Math.floor((spec.high - spec.low) / step + 1e-9);
  const at = Math.min(last, Math.max(0, Math.round((value - spec.low) / step)));
  return tidy(spec.low + at * step);
}

/** The typed number, or why it cannot be the answer. */
export function parse(spec: Spec, text: string): { value?: number; problem?: string } {
  if (!text.trim()) return {};
  const value = Number(text.trim().replace(",", "."));
  const range = `takes ${spec.low} to ${spec.high}`;
  if (!Number.isFinite(value)) return { problem: `'${text.trim()}' is no number: ${range}` };
  if (value < spec.low || value > spec.high) return { problem: `${range} (got ${value})` };
  const steps = (value - spec.low) / (spec.step ?? 1);
  if (spec.step && Math.abs(steps - Math.round(steps)) > 1e-6)
    return { problem: `${range} in steps of ${spec.step} (got ${value})` };
  return { value };
}

function legend(scale: ScaleSpec): [string, string][] {
  return Object.entries((scale as Spec).anchors ?? {})
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([point, words]) => [String(Number(point)), words]);
}

function text(scale: ScaleSpec, value: unknown): string {
  const words = legend(scale).find(([point]) => Number(point) === value)?.[1];
  return words ? `${value} · ${words}` : String(value);
}

const Control: ScaleControl["Control"] = ({ scale, value, notApplicable, onChange, label, describedBy }) => {
  const spec = scale as Spec;
  const compact = useContext(Compact);
  // What is wrong must be seen, also at the lower edge of the pane.
  const shown = (node: HTMLElement | null): void =>
    node ? reveal(node.closest<HTMLElement>(".rw-ask"), node, node, 6) : undefined;
  const rail = useRef<HTMLDivElement>(null);
  const [field, setField] = useState<string | null>(null);
  // While the hand is on the line the answer is on its way; it is given once, on release.
  const [held, setHeld] = useState<number | null>(null);
  const set = held ?? (typeof value === "number" && !notApplicable ? value : null);
  const share = set === null ? 0 : (set - spec.low) / (spec.high - spec.low);
  // An end that has an anchor is named in the legend.
  const ends = (end: number): boolean => legend(spec).some(([at]) => Number(at) === end);
  const problem = field === null ? undefined : parse(spec, field).problem;

  const at = (event: PointerEvent): number | null => {
    const box = rail.current?.getBoundingClientRect();
    return box?.width ? snap(spec, spec.low + ((event.clientX - box.left) / box.width) * (spec.high - spec.low)) : null;
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    if (step)
      onChange(set === null ? (step > 0 ? spec.low : snap(spec, spec.high)) : snap(spec, set + step * stepOf(spec)));
    else if (event.key === "Home") onChange(spec.low);
    else if (event.key === "End") onChange(snap(spec, spec.high));
    else return;
    setField(null);
    event.preventDefault();
  };
  return (
    <>
      <div class={`rw-continuous ${notApplicable ? "rw-off" : ""}`}>
        {!ends(spec.low) && <span class="rw-end">{spec.low}</span>}
        <div
          {...own}
          class="rw-line"
          role="slider"
          tabIndex={0}
          aria-label={label}
          aria-describedby={describedBy}
          aria-valuemin={spec.low}
          aria-valuemax={spec.high}
          // The role demands a number; while nothing is set the text is what is read out.
          aria-valuenow={set ?? spec.low}
          aria-valuetext={notApplicable ? "not applicable" : set === null ? "not set" : text(spec, set)}
          data-unset={set === null ? "" : undefined}
          onKeyDown={onKeyDown}
          onPointerDown={(event) => {
            if (event.button) return;
            event.currentTarget.setPointerCapture?.(event.pointerId);
            setField(null);
            setHeld(at(event));
          }}
          onPointerMove={(event) => held !== null && setHeld(at(event))}
          onPointerUp={(event) => {
            const value = at(event);
            if (held !== null && value !== null) onChange(value);
            setHeld(null);
          }}
          onPointerCancel={() => setHeld(null)}
        >
          <div class="rw-groove" ref={rail}>
            {legend(spec).map(([at]) => (
              <i key={at} style={{ left: `${((Number(at) - spec.low) / (spec.high - spec.low)) * 100}%` }} />
            ))}
            {set !== null && <b style={{ width: `${share * 100}%` }} />}
            {set !== null && <span class="rw-dot" style={{ left: `${share * 100}%` }} />}
          </div>
        </div>
        {!ends(spec.high) && <span class="rw-end">{spec.high}</span>}
        <input
          {...own}
          class="rw-field"
          inputMode="decimal"
          autocomplete="off"
          data-digits
          aria-label={`${label}, as a number`}
          aria-invalid={problem ? true : undefined}
          placeholder="–"
          value={field ?? set ?? ""}
          onInput={(event) => {
            const now = event.currentTarget.value;
            setField(now);
            // A number that is not allowed must not leave an older one standing behind it.
            onChange(parse(spec, now).value);
          }}
          onBlur={() => problem || setField(null)}
        />
      </div>
      {problem && (
        <p class="rw-warn" role="alert" ref={shown}>
          {problem}
        </p>
      )}
      {!compact && <Legend lines={legend(spec)} spread />}
    </>
  );
};

const continuous: ScaleControl = {
  kind: "continuous",
  Control,
  key: () => undefined,
  legend,
  text,
  number: (_scale, value) => (typeof value === "number" ? value : null),
  keys: () => "0 … 9 . ,",
};
export default continuous;
