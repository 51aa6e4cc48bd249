/** The checklist by which answers should be judged: a line and points for each criterion. */
import { useLayoutEffect, useRef } from "preact/hooks";
import { own } from "../../keys";
import { Button } from "../../ui/button";
import type { Criterion } from "../protocol";
import { Area } from "./area";
import { useDesk } from "./view";

export function Criteria() {
  const { desk } = useDesk();
  const list = useRef<HTMLOListElement>(null);
  const wanted = useRef<number | null>(null);
  const { criteria } = desk.said.value;
  const set = (next: Criterion[]): void => desk.say({ criteria: next });

  useLayoutEffect(() => {
    if (wanted.current === null) return;
    list.current?.children[wanted.current]?.querySelector("textarea")?.focus({ preventScroll: true });
    wanted.current = null;
  });

  const add = (after: number): void => {
    const number = 1 + Math.max(0, ...criteria.map(({ id }) => Number(/^c(\d+)$/.exec(id)?.[1] ?? 0)));
    wanted.current = after + 1;
    set(criteria.toSpliced(after + 1, 0, { id: `c${number}`, text: "", points: 1 }));
  };
  const remove = (at: number): void => {
    wanted.current = criteria.length > 1 ? Math.max(0, at - 1) : null;
    set(criteria.toSpliced(at, 1));
  };
  return (
    <div class="rw-criteria">
      <ol ref={list}>
        {criteria.map((one, at) => (
          <li key={one.id}>
            <Area
              rows={1}
              value={one.text}
              aria-label={`Criterion ${at + 1}`}
              placeholder="e.g. says that the premise is wrong"
              onWrite={(text) => set(criteria.with(at, { ...one, text }))}
              onKeyDown={(event) => {
                if (event.ctrlKey || event.metaKey || event.isComposing) return;
                if (event.key === "Enter" && !event.shiftKey) {
                  event.preventDefault();
                  if (one.text.trim()) add(at);
                } else if (event.key === "Backspace" && !one.text) {
                  event.preventDefault();
                  remove(at);
                }
              }}
            />
            <input
              {...own}
              type="number"
              step="any"
              aria-label={`Points of criterion ${at + 1}`}
              title="Points"
              value={Number.isFinite(one.points) ? one.points : ""}
              aria-invalid={!Number.isFinite(one.points)}
              onInput={(event) => set(criteria.with(at, { ...one, points: event.currentTarget.valueAsNumber }))}
            />
            <Button class="rw-quiet" aria-label={`Take criterion ${at + 1} away`} onClick={() => remove(at)}>
              ×
            </Button>
          </li>
        ))}
      </ol>
      <Button class="rw-quiet" onClick={() => add(criteria.length - 1)}>
        + criterion
      </Button>
    </div>
  );
}
