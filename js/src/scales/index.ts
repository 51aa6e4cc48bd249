/**
 * Every kind of answer, by its name on the wire: each file of this folder that ends in `.tsx` is one. Some are there from
 * the start; the others, and kinds from outside the package, come as chunks and are put here by `register`.
 */

import scales from "virtual:scales";
import { signal } from "@preact/signals";
import type { ScaleControl } from "../scale.types";

const known = new Map<string, ScaleControl>(scales.map((scale) => [scale.kind, scale]));
/** Whoever reads a control while rendering or computing follows what arrives. */
const arrivals = signal(0);

/** Stands in for a control that is on its way: it changes no answer, and lets none through that it cannot vouch for. */
const AWAITED: ScaleControl = {
  kind: "",
  Control: () => null,
  key: () => undefined,
  text: () => "…",
  number: () => null,
  lacks: () => "the control has not arrived yet",
  keys: () => "",
};

export function scaleOf(kind: string): ScaleControl {
  void arrivals.value;
  return known.get(kind) ?? AWAITED;
}

export const isKnown = (kind: string): boolean => scaleOf(kind) !== AWAITED;

export const knownKinds = (): string[] => [...known.keys()];

export function register(scale: ScaleControl): void {
  known.set(scale.kind, scale);
  arrivals.value = arrivals.peek() + 1;
}
