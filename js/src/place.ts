/** Where an answer is given, as a scale's control sees it. */
import type { ShownItem } from "./protocol";
import type { Place } from "./scale.types";
import type { Slot } from "./session.types";

export const placeOf = ({ id, dimension, response }: Slot, item: ShownItem): Place => ({
  item,
  response,
  slot: id,
  asks: item.asks?.[dimension.name]?.[response ?? ""],
});
