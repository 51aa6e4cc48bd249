/** Verdicts on criteria as an answer holds them: how they add up, and what changes them. The other half is scales/checklist.py. */
import type { ScaleSpec, Value } from "../protocol";
import type { Place } from "../scale.types";

export interface Criterion {
  id: string;
  text: string;
  description: string;
  points: number;
  required: boolean;
  /** Whether a program checks it too. */
  check?: unknown;
}
export interface ChecklistSpec extends ScaleSpec {
  criteria: Criterion[];
  from_item: boolean;
  inapplicable: boolean;
  evidence: boolean;
}
/** true: met; false: not met; null: not applicable. */
export type Met = boolean | null;
export interface Quote {
  [part: string]: Value;
  /** Unicode code points of the response, end exclusive; null where words from elsewhere have no place in it. */
  start: number | null;
  end: number | null;
  text: string;
}
export interface Entry {
  [part: string]: Value | undefined;
  criterion: string;
  /** Absent while there is only a quote; such an entry is no verdict yet. */
  met?: Met;
  points: number;
  evidence?: Quote;
  /** The rater's first verdict, where they changed it after they were shown the program's. */
  before?: Met;
  /** What the program said of a saved answer. */
  machine?: boolean | null;
  note?: string;
}
/** What a program says of a criterion. */
export interface Said {
  met: boolean | null;
  note: string;
}

export function criteriaOf(spec: ScaleSpec, place: Place | undefined): Criterion[] {
  const own = (place?.asks as { criteria?: Criterion[] } | undefined)?.criteria;
  return own ?? (spec as ChecklistSpec).criteria;
}

export const entriesOf = (value: Value | undefined): Entry[] =>
  Array.isArray(value) ? (value as unknown as Entry[]) : [];

export const entryOf = (value: Value | undefined, id: string): Entry | undefined =>
  entriesOf(value).find((entry) => entry.criterion === id);

export const isJudged = (entry: Entry | undefined): entry is Entry & { met: Met } => entry?.met !== undefined;

/** The answer after one entry has changed or gone; entries stand in the order of the criteria. */
export function withEntry(
  value: Value | undefined,
  criteria: readonly Criterion[],
  id: string,
  entry: Omit<Entry, "criterion" | "points"> | null,
): Value | undefined {
  const next = criteria.flatMap(({ id: each, points }): Entry[] => {
    const same = entryOf(value, each);
    if (each !== id) return same ? [same] : [];
    return entry ? [{ ...entry, criterion: each, points } as Entry] : [];
  });
  return next.length ? (next as unknown as Value) : undefined;
}

/**
 * An entry with another verdict.
 *
 * @param first The rater's own verdict from before they were shown the program's; undefined where they were not.
 */
export function judged(
  entry: Entry | undefined,
  met: Met,
  first: Met | undefined,
): Omit<Entry, "criterion" | "points"> {
  const { evidence, before } = entry ?? {};
  const was = before !== undefined ? before : first;
  return { met, ...(evidence && { evidence }), ...(was !== undefined && { before: was }) };
}

/** Points earned and points possible: what is not applicable counts for neither, and only points above 0 are possible. */
export function pointsOf(entries: readonly Entry[]): { earned: number; possible: number } {
  const counted = entries.filter((entry) => entry.met === true || entry.met === false);
  return {
    earned: exact(counted.reduce((sum, { met, points }) => sum + (met ? points : 0), 0)),
    possible: exact(counted.reduce((sum, { points }) => sum + Math.max(0, points), 0)),
  };
}

/** Without what adding decimal fractions leaves behind. */
const exact = (sum: number): number => Math.round(sum * 1e9) / 1e9;

export function pointsWords(entries: readonly Entry[]): string {
  const { earned, possible } = pointsOf(entries);
  return possible
    ? `${signed(earned, "")} of ${possible} ${possible === 1 ? "point" : "points"}`
    : "no points possible";
}

/** With a real minus, and a plus where one is wanted. */
export const signed = (points: number, plus = "+"): string =>
  points < 0 ? `−${-points}` : points > 0 ? plus + points : "0";

export const VERDICTS: [met: Met, words: string, key: string][] = [
  [true, "Met", "y"],
  [false, "Not met", "n"],
  [null, "N/A", "x"],
];
export const verdictWords = (met: Met | undefined): string =>
  met === undefined ? "not judged" : met === null ? "not applicable" : met ? "met" : "not met";
