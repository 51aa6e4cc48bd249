/** Quotes for controls (evidence, an example): the part of a response that is selected, or that the arrow keys select. */
import { type Part, utf16 } from "../text/selection";
import { useView } from "./view";

export interface Quoting {
  /** What is selected in the response now; it stays while the focus is in the control. */
  selected: Part | null;
  /**
   * Take what is selected; where nothing is, a caret goes to the response and its keys select. `done` gets the part, or
   * null where the caret was left; then the focus is the caller's to place.
   */
  take(done: (part: Part | null) => void, from?: number): void;
}

/** @param response Key of the response. */
export function useQuote(response: string | null): Quoting {
  const { board } = useView();
  const text = `response:${response}`;
  const now = board.selected.value;
  const selected = now?.text === text ? now.part : null;
  return {
    selected,
    take(done, from = 0) {
      if (selected) {
        board.selected.value = null;
        done(selected);
        return;
      }
      const end = (part: Part | null): void => {
        board.caret.value = null;
        board.selected.value = null;
        done(part);
      };
      const source = board.texts.get(text)?.source ?? "";
      board.caret.value = { text, at: utf16(source, from), take: end, leave: () => end(null) };
    },
  };
}
