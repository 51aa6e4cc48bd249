/** Chunk: which words two texts do not share. */
import { diffWordsWithSpace } from "diff";

/** A run of words: in both texts, or in one of them only. */
export interface Run {
  text: string;
  in: "both" | "before" | "after";
}

/** Beyond this the texts have so little in common, or are so long, that the marks would say nothing. */
const MOST_CHANGES = 4_000;
const LONGEST_MS = 1_500;

/** The words of `before` and `after` as runs in reading order; null where they are too long or too different to compare. */
export function diff(before: string, after: string): Run[] | null {
  const changes = diffWordsWithSpace(before, after, { maxEditLength: MOST_CHANGES, timeout: LONGEST_MS });
  return (
    changes?.map(({ value, added, removed }) => ({
      text: value,
      in: added ? ("after" as const) : removed ? ("before" as const) : ("both" as const),
    })) ?? null
  );
}
