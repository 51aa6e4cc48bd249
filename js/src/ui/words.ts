/** Small things said in words, the same everywhere. */
import type { ItemState } from "../session.types";

/** "40 s", "12 min", "1 h 05 min". */
export function duration(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1) return `${Math.floor(seconds)} s`;
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}

export function when(milliseconds: number): string {
  return new Date(milliseconds).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}

export const count = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString()} ${n === 1 ? one : many}`;

/** Unicode code points of the trimmed text, as the policy counts them. */
export const lengthOf = (text: string): number => [...text.trim()].length;

export const STATES: Record<ItemState, { mark: string; word: string }> = {
  unrated: { mark: "○", word: "unrated" },
  draft: { mark: "◐", word: "draft" },
  rated: { mark: "●", word: "rated" },
  flagged: { mark: "⚑", word: "flagged" },
  skipped: { mark: "↷", word: "skipped" },
};
