/** What a rater has answered so far: pure functions from one state to the next. */
import { slotId } from "./asked";
import type { Answer } from "./protocol";
import type { DraftAnswer, DraftState, Slot } from "./session.types";

export const EMPTY: DraftState = { answers: {}, flagged: false, note: "" };

export const isSet = (answer: DraftAnswer | undefined): answer is DraftAnswer =>
  answer !== undefined && (answer.not_applicable || answer.value !== undefined);

export function fromRating(rating: { answers: Answer[]; flagged: boolean; note: string } | null): DraftState {
  if (!rating) return EMPTY;
  const answers: Record<string, DraftAnswer> = {};
  for (const { dimension, response, value, not_applicable, rationale } of rating.answers)
    answers[slotId(dimension, response)] = not_applicable
      ? { not_applicable, rationale }
      : { value, not_applicable, rationale };
  return { answers, flagged: rating.flagged, note: rating.note };
}

/** The answers to submit: what is set, in the order of the slots. */
export function toAnswers(draft: DraftState, slots: Slot[]): Answer[] {
  return slots.flatMap(({ id, dimension, response }) => {
    const answer = draft.answers[id];
    if (!isSet(answer)) return [];
    const never = dimension.rationale.policy === "never";
    return [
      {
        dimension: dimension.name,
        response,
        value: answer.not_applicable ? null : (answer.value ?? null),
        not_applicable: answer.not_applicable,
        rationale: never ? "" : answer.rationale,
      },
    ];
  });
}

export function withAnswer(draft: DraftState, slot: string, change: Partial<DraftAnswer>): DraftState {
  const before = draft.answers[slot] ?? { not_applicable: false, rationale: "" };
  const { value, ...after } = { ...before, ...change };
  const answers = { ...draft.answers };
  if (value === undefined && !after.not_applicable && after.rationale === "") delete answers[slot];
  else answers[slot] = value === undefined || after.not_applicable ? after : { ...after, value };
  return { ...draft, answers };
}

export function sameDraft(one: DraftState, other: DraftState): boolean {
  return one === other || plain(one) === plain(other);
}

function plain({ answers, flagged, note }: DraftState): string {
  const said = Object.keys(answers)
    .sort()
    .map((slot) => [slot, answers[slot]?.value ?? null, answers[slot]?.not_applicable, answers[slot]?.rationale]);
  return JSON.stringify([said, flagged, note]);
}
