/** What a kind of answer is to the rest of the page. Each file in `scales/` default-exports one. */
import type { ComponentType } from "preact";
import type { ScaleSpec, Value } from "./protocol";

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
}

export interface ScaleControl {
  kind: string;
  Control: ComponentType<ControlProps>;
  /** The value after a key press; null: unset again; undefined: the key means nothing here. */
  key(scale: ScaleSpec, value: Value | undefined, key: string): Value | undefined;
  /** The chosen value in words: "4 · minor slips". */
  text(scale: ScaleSpec, value: Value): string;
  /** The value as a number for rationale policies; null where it is none. */
  number(scale: ScaleSpec, value: Value): number | null;
  /** Points and their words, where a dimension shows them once for several responses. */
  legend?(scale: ScaleSpec): [point: string, words: string][];
  /** Which keys set it, for the key list. */
  keys(scale: ScaleSpec): string;
}
