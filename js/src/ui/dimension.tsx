/** One dimension: its question, what its points mean, and a control for each response that it is asked of. */

import { useId } from "preact/hooks";
import { placeOf } from "../place";
import { rationaleRequired } from "../policy";
import type { Value } from "../protocol";
import { isKnown, scaleOf } from "../scales";
import type { Slot } from "../session.types";
import { Awaited } from "./awaited";
import { Button } from "./button";
import { Compact } from "./compact";
import { Legend } from "./legend";
import { Rationale } from "./rationale";
import { type Group, letterOf, slotName, useView } from "./view";

export function Dimension({ group: { dimension, slots } }: { group: Group }) {
  const { here, session } = useView();
  const id = useId();
  const rows = slots.length > 1;
  const now = here.value?.dimension.name === dimension.name;
  const only = slots[0];
  return (
    <section
      class={`rw-dimension ${now ? "rw-now" : ""} ${rows ? "rw-rows" : ""}`}
      data-dimension={dimension.name}
      aria-labelledby={`${id}-title`}
    >
      <div class="rw-head">
        <h3 id={`${id}-title`}>
          <bdi>{dimension.title}</bdi>
          {!dimension.required && <span class="rw-muted"> optional</span>}
        </h3>
        {!rows && only && letterOf(session, only.response) && (
          <span class="rw-letter" aria-hidden="true">
            {letterOf(session, only.response)}
          </span>
        )}
        {!rows && only && <Said slot={only} />}
      </div>
      <div id={`${id}-asks`} class="rw-asks">
        <p dir="auto">{dimension.question}</p>
        {dimension.description && (
          <p class="rw-muted" dir="auto">
            {dimension.description}
          </p>
        )}
      </div>
      {rows && <SharedLegend slots={slots} />}
      <Compact.Provider value={rows}>
        {slots.map((slot) => (
          <Judgment key={slot.id} slot={slot} describedBy={`${id}-asks`} row={rows} />
        ))}
      </Compact.Provider>
    </section>
  );
}

/** What the points mean, once for all rows, with the letters of the responses that stand there. */
function SharedLegend({ slots }: { slots: Slot[] }) {
  const { session } = useView();
  const scale = slots[0]?.dimension.scale;
  const lines = (scale && scaleOf(scale.kind).legend?.(scale)) ?? [];
  const { answers } = session.draft.value;
  const marks = (point: string): string[] =>
    slots.flatMap((slot) => {
      const value = answers[slot.id]?.value ?? null;
      return (Array.isArray(value) ? value : [value]).map(String).includes(point)
        ? letterOf(session, slot.response)
        : [];
    });
  return <Legend lines={lines} marks={marks} most={slots.length} />;
}

/** The chosen value in words, or that there is none. */
function Said({ slot, limit = 30 }: { slot: Slot; limit?: number }) {
  const { session, tried } = useView();
  const answer = session.draft.value.answers[slot.id];
  const { scale } = slot.dimension;
  if (answer?.not_applicable) return <span class="rw-said">not applicable</span>;
  if (answer?.value === undefined || answer.value === null)
    return (
      <span class={`rw-said rw-unset ${tried.value && slot.dimension.required ? "rw-warn" : ""}`}>
        {tried.value && slot.dimension.required ? "answer needed" : "not set"}
      </span>
    );
  const { text, brief, legend } = scaleOf(scale.kind);
  const item = session.item.value;
  const place = item ? placeOf(slot, item) : undefined;
  const words = (place && brief?.(scale, answer.value, place)) ?? text(scale, answer.value, place);
  const point = String(answer.value);
  const lines = legend?.(scale) ?? [];
  // Long anchors stand in full, and marked, in the lines beside it: here the point is enough.
  const beside = lines.some(([each]) => each === point) && lines.some(([, each]) => each.length > limit);
  return <span class="rw-said">{beside ? point : words}</span>;
}

function Judgment({ slot, describedBy, row }: { slot: Slot; describedBy: string; row: boolean }) {
  const view = useView();
  const { session, here, opened, slots } = view;
  const { dimension } = slot;
  const { scale } = dimension;
  const { Control, wide } = scaleOf(scale.kind);
  const answer = session.draft.value.answers[slot.id];
  const item = session.item.value;
  const text = answer?.rationale ?? "";
  const off = answer?.not_applicable ?? false;
  const set = off || (answer?.value !== undefined && answer.value !== null);
  const required = rationaleRequired(dimension, answer);
  const open = dimension.rationale.policy !== "never" && (required || text !== "" || opened.value.has(slot.id));
  const letter = letterOf(session, slot.response);
  const name = slotName(session, slot);
  return (
    <div
      class={`rw-slot ${here.value?.id === slot.id ? "rw-now" : ""} ${wide ? "rw-wide" : ""}`}
      data-slot={dimension.name}
      data-response={letter || undefined}
      ref={(node) => {
        if (node) slots.set(slot.id, node);
        else slots.delete(slot.id);
      }}
    >
      {row && (
        <span class="rw-letter" aria-hidden="true">
          {letter}
        </span>
      )}
      <div class="rw-control">
        {item && isKnown(scale.kind) ? (
          <Control
            scale={scale}
            value={answer?.value}
            notApplicable={off}
            onChange={(value: Value | undefined) => session.set(slot.id, value ?? undefined)}
            label={name}
            describedBy={describedBy}
            place={placeOf(slot, item)}
            slot={slot.id}
          />
        ) : item ? (
          <Awaited kind={scale.kind} slot={slot.id} />
        ) : null}
      </div>
      {row && !wide && <Said slot={slot} limit={18} />}
      <div class="rw-tools">
        {dimension.rationale.policy !== "never" && (row || !open) && (
          <Button
            class={`rw-quiet ${open ? "rw-kept" : ""}`}
            disabled={open}
            aria-label={`+ rationale: ${name}`}
            title={`Add a rationale for ${name}`}
            onClick={() => view.write(slot.id)}
          >
            {row ? "✎" : "+ rationale"}
          </Button>
        )}
        {scale.not_applicable && (
          <Button
            class="rw-quiet rw-na"
            aria-pressed={off}
            aria-label={`N/A: ${name}`}
            title="Not applicable"
            onClick={() => session.setNotApplicable(slot.id, !off)}
          >
            N/A
          </Button>
        )}
        {(set || row) && (
          <Button
            // In rows its place is kept while there is nothing to clear, so that an answer moves nothing.
            class={`rw-quiet rw-clear ${set ? "" : "rw-kept"}`}
            disabled={!set}
            aria-label={`Clear ${name}`}
            title={`Clear ${name}`}
            onClick={() => {
              clear(view.session, slot.id, off);
              view.focus(slot.id);
            }}
          >
            {row ? "✕" : "Clear"}
          </Button>
        )}
      </div>
      {open && <Rationale slot={slot} text={text} required={required} />}
    </div>
  );
}

/** Back to unset; the rationale stays. */
export function clear(
  session: { set: (slot: string, value: undefined) => void; setNotApplicable: (slot: string, on: boolean) => void },
  slot: string,
  off: boolean,
): void {
  if (off) session.setNotApplicable(slot, false);
  session.set(slot, undefined);
}
