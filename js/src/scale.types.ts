/** What a kind of answer is to the rest of the page. Each file in `scales/` default-exports one. */
import type { ComponentType } from "preact";
import type { ScaleSpec, ShownItem, Value } from "./protocol";

/** Where an answer is given. */
export interface Place {
  item: ShownItem;
  /** Key of the response; null where the dimension is about the item. */
  response: string | null;
  /** The slot's id: what a control remembers beside its answer (which of several pairs is shown) is kept by item and slot. */
  slot: string;
  /** What the scale's Python half says of this item (`Scale.asks`); undefined where nothing. */
  asks: unknown;
}

export interface ControlProps {
  scale: ScaleSpec;
  /** undefined: unset. */
  value: Value | undefined;
  notApplicable: boolean;
  /** undefined: back to unset. */
  onChange: (value: Value | undefined) => void;
  /** The accessible name: "Accuracy, response B". */
  label: string;
  /** Id of the element with the question and the description. */
  describedBy: string;
  place: Place;
  /** The slot's id, for controls that also act outside their own element (marks in the text). */
  slot: string;
}

export interface ScaleControl {
  kind: string;
  Control: ComponentType<ControlProps>;
  /**
   * The value after a key press; null: unset again; undefined: the key means nothing here. A button of the control that
   * has `data-key` is pressed by that key, and needs no line here.
   */
  key(scale: ScaleSpec, value: Value | undefined, key: string, place?: Place): Value | undefined;
  /** The chosen value in words: "4 · minor slips". */
  text(scale: ScaleSpec, value: Value, place?: Place): string;
  /** The same in a few words, where `text` may be long ("3 of 6 pairs"). */
  brief?(scale: ScaleSpec, value: Value, place: Place): string;
  /** The value as a number for rationale policies; null where it is none. */
  number(scale: ScaleSpec, value: Value): number | null;
  /** Points and their words, where a dimension shows them once for several responses. */
  legend?(scale: ScaleSpec): [point: string, words: string][];
  /** What an answer that was begun still lacks, in words ("2 criteria left"); null when it is complete. */
  lacks?(scale: ScaleSpec, value: Value, place: Place): string | null;
  /** What conditions on an answer are held against; without it the members of a list, or the value itself. */
  chosen?(scale: ScaleSpec, value: Value): Value[];
  /** Where values that a condition names leave nothing out: what they are together ("any answer"). */
  whole?(scale: ScaleSpec, values: readonly Value[]): string | null;
  /** True where the control wants the whole width, and the chosen value is not repeated in words beside it. */
  wide?: boolean;
  /** True where it is asked between responses, and so stands below them where nothing else is asked. */
  between?: boolean;
  /** Which keys set it, for the key list. */
  keys(scale: ScaleSpec): string;
}
