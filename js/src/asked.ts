/** Which judgments are asked after what was answered so far: the same rule as `slots_asked` in ratings.py. */
import type { AskWhenSpec, DimensionSpec, RubricSpec, ScaleSpec, ShownItem, Value } from "./protocol";
import { scaleOf } from "./scales";
import type { DraftState, Slot } from "./session.types";

export const slotId = (dimension: string, response: string | null): string => `${dimension}\u0000${response ?? ""}`;

/** Every judgment that an item may ask for, in the order to ask: dimension by dimension, the item's own where they stand. */
export function slotsOf(rubric: RubricSpec | null, item: ShownItem | null): Slot[] {
  if (!rubric || !item) return [];
  return rubric.dimensions.flatMap((dimension) =>
    placesOf(dimension, item).map((response) => ({ id: slotId(dimension.name, response), dimension, response })),
  );
}

const placesOf = (dimension: DimensionSpec, item: ShownItem): (string | null)[] =>
  dimension.about === "item" ? [null] : item.responses.map((response) => response.key);

/** Ids of the slots that are asked now; conditions that are themselves not asked ask for nothing. */
export function askedIn(draft: DraftState, rubric: RubricSpec, item: ShownItem): Set<string> {
  const byName = new Map(rubric.dimensions.map((dimension) => [dimension.name, dimension]));
  const known = new Map<string, boolean>();
  const isAsked = (dimension: DimensionSpec, response: string | null): boolean => {
    const id = slotId(dimension.name, response);
    const before = known.get(id);
    if (before !== undefined) return before;
    const asked = !dimension.ask_when || meets(dimension.ask_when, response);
    known.set(id, asked);
    return asked;
  };
  const meets = (condition: AskWhenSpec, response: string | null): boolean => {
    const other = byName.get(condition.dimension);
    if (!other) return false;
    const places = response === null || other.about === "item" ? placesOf(other, item) : [response];
    return places.some((place) => {
      const answer = draft.answers[slotId(other.name, place)];
      const value = answer?.not_applicable ? undefined : answer?.value;
      return value !== undefined && isMet(condition, other.scale, value) && isAsked(other, place);
    });
  };
  return new Set(
    slotsOf(rubric, item)
      .filter(({ dimension, response }) => isAsked(dimension, response))
      .map(({ id }) => id),
  );
}

function isMet({ one_of, at_most, at_least }: AskWhenSpec, scale: ScaleSpec, value: Value): boolean {
  const control = scaleOf(scale.kind);
  const number = control.number(scale, value);
  if (number !== null && ((at_most !== null && number <= at_most) || (at_least !== null && number >= at_least)))
    return true;
  return one_of?.some((wanted) => chosenOf(scale, value).includes(wanted)) ?? false;
}

/** What conditions on an answer are held against. */
export function chosenOf(scale: ScaleSpec, value: Value): Value[] {
  const control = scaleOf(scale.kind);
  return control.chosen?.(scale, value) ?? (Array.isArray(value) ? value : [value]);
}
