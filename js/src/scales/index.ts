/**
 * Every kind of answer, by its name on the wire: each file of this folder that ends in `.tsx` is one. A kind from outside
 * the package comes as a chunk and is put here by `register`.
 */
import scales from "virtual:scales";
import type { ScaleControl } from "../scale.types";

const known = new Map<string, ScaleControl>(scales.map((scale) => [scale.kind, scale]));

export function scaleOf(kind: string): ScaleControl {
  const scale = known.get(kind);
  if (!scale) throw new Error(`this page knows no scale '${kind}': the widget and the package differ in version`);
  return scale;
}

export const isKnown = (kind: string): boolean => known.has(kind);

export function register(scale: ScaleControl): void {
  known.set(scale.kind, scale);
}
