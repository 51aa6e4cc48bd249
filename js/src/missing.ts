/** What still stands between a draft and its submission, in words. */
import { isSet } from "./draft";
import { placeOf } from "./place";
import { rationaleRequired } from "./policy";
import type { ShownItem } from "./protocol";
import { scaleOf } from "./scales";
import type { DraftState, Missing, Slot } from "./session.types";
import { lengthOf } from "./ui/words";

export function missingFrom(draft: DraftState, slots: Slot[], item: ShownItem | null): Missing[] {
  const several = (item?.responses.length ?? 0) > 1;
  return slots.flatMap((slot): Missing[] => {
    const { dimension, response } = slot;
    const place = several && response ? ` (response ${letterOf(item, response)})` : "";
    const answer = draft.answers[slot.id];
    if (!isSet(answer)) return dimension.required ? [{ slot, what: "answer", text: dimension.title + place }] : [];
    if (item && !answer.not_applicable && answer.value !== undefined) {
      const lacks = scaleOf(dimension.scale.kind).lacks?.(dimension.scale, answer.value, placeOf(slot, item));
      if (lacks) return [{ slot, what: "answer", text: `${dimension.title}${place}: ${lacks}` }];
    }
    if (!rationaleRequired(dimension, answer)) return [];
    const least = Math.max(dimension.rationale.min_length, 1);
    const lacking = least - lengthOf(answer.rationale);
    if (lacking <= 0) return [];
    const more = lacking === 1 ? "1 more character" : `${lacking} more characters`;
    return [{ slot, what: "rationale", text: `Rationale for ${dimension.title}${place}: ${more}` }];
  });
}

export function letterOf(item: ShownItem | null, response: string): string {
  const place = item?.responses.findIndex((one) => one.key === response) ?? -1;
  return place < 0 ? "?" : place < 26 ? String.fromCharCode(65 + place) : String(place + 1);
}
