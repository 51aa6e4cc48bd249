/**
 * A group of stops of which one is chosen (radio buttons) or any number (checkboxes). Nothing is chosen until the rater
 * chooses; one stop is in the order of Tab, arrows go on from there, and the focus stays on what is chosen.
 */
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Value } from "../protocol";
import type { ControlProps } from "../scale.types";
import { Button } from "./button";

export interface Stop {
  value: number | string | boolean;
  content: ComponentChildren;
  label?: string;
  title?: string | undefined;
  class: string;
}
interface Props extends Pick<ControlProps, "value" | "notApplicable" | "label" | "describedBy"> {
  stops: Stop[];
  multiple?: boolean;
  /** True where the stops stand side by side and the arrow up means more. */
  upIsMore?: boolean;
  class: string;
  onChoose: (value: Stop["value"]) => void;
}

export function Choices({ stops, value, notApplicable, multiple, upIsMore, onChoose, ...rest }: Props) {
  const group = useRef<HTMLDivElement>(null);
  const chosen = chosenOf(value, notApplicable);
  const first = Math.max(
    0,
    stops.findIndex((stop) => chosen.includes(stop.value)),
  );
  const focus = (at: number): void =>
    group.current?.querySelectorAll<HTMLElement>("[role]")[at]?.focus({ preventScroll: true });

  useLayoutEffect(() => {
    const root = group.current?.getRootNode() as Document | ShadowRoot | undefined;
    if (!multiple && group.current?.contains(root?.activeElement ?? null)) focus(first);
  }, [first, chosen.length]);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const here = Number((event.target as HTMLElement).dataset.at);
    const down = upIsMore ? -1 : 1;
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: down, ArrowUp: -down, Home: -99, End: 99 }[event.key];
    const last = stops.length - 1;
    // The first arrow on an unset group takes an end of it.
    const from = multiple ? here : chosen.length ? first : (step ?? 0) > 0 ? -1 : last + 1;
    const at = step ? Math.min(last, Math.max(0, from + step)) : here;
    const stop = stops[at];
    if (!stop || !(step || event.key === " ")) return;
    event.preventDefault();
    if (step) focus(at);
    if (!step || !multiple) onChoose(stop.value);
  };
  const state = notApplicable ? ", not applicable" : chosen.length ? "" : ", not set";
  return (
    // biome-ignore lint/a11y: both of its roles take a name and keys
    <div
      ref={group}
      role={multiple ? "group" : "radiogroup"}
      class={`${rest.class} ${notApplicable ? "rw-off" : ""}`}
      aria-label={rest.label + state}
      aria-describedby={rest.describedBy}
      onKeyDown={onKeyDown}
      style={{ "--rw-n": stops.length }}
    >
      {stops.map((stop, at) => (
        <Button
          role={multiple ? "checkbox" : "radio"}
          key={String(stop.value)}
          class={stop.class}
          aria-checked={chosen.includes(stop.value)}
          aria-label={stop.label}
          title={stop.title}
          tabIndex={at === first ? 0 : -1}
          data-at={at}
          data-value={String(stop.value)}
          onClick={() => onChoose(stop.value)}
        >
          {stop.content}
        </Button>
      ))}
    </div>
  );
}

export function chosenOf(value: Value | undefined, notApplicable: boolean): Value[] {
  if (notApplicable || value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}
