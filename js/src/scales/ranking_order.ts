/** An order of responses, and what becomes of it when one of them is moved. */

/** Best first; who shares a place stands in one group. */
export type Order = string[][];

/** Ranks as they are usually given: those who share a place are counted, 1, 2, 2, 4. */
export function rankOf(order: Order, at: number): number {
  return 1 + order.slice(0, at).reduce((sum, group) => sum + group.length, 0);
}

export const without = (order: Order, key: string): Order =>
  order.map((group) => group.filter((each) => each !== key)).filter((group) => group.length);

/** The order with a response in a group of its own at a place among the others. */
export function moved(order: Order, key: string, to: number): Order {
  const rest = without(order, key);
  const at = Math.max(0, Math.min(rest.length, to));
  return [...rest.slice(0, at), [key], ...rest.slice(at)];
}

/** The order with a response taken into the group above, or, where it shares a place, out of it to just below. */
export function tied(order: Order, key: string): Order {
  const at = order.findIndex((group) => group.includes(key));
  const group = order[at] ?? [];
  if (group.length > 1) {
    const rest = group.filter((each) => each !== key);
    return [...order.slice(0, at), rest, [key], ...order.slice(at + 1)];
  }
  const above = order[at - 1];
  return above ? [...order.slice(0, at - 1), [...above, key], ...order.slice(at + 1)] : order;
}

/** Where a dragged response would land among the others: before a group, with a group, or out of the ranking. */
export type Drop = { before: number } | { with: number } | "out";

/** The order after a drop; a response dropped on those it is tied with stays as it is. */
export function dropped(order: Order, key: string, drop: Drop): Order {
  if (drop === "out") return without(order, key);
  if ("before" in drop) return moved(order, key, drop.before);
  const rest = without(order, key);
  const group = rest[drop.with] ?? [];
  if (
    order.some((each) => each.includes(key) && each.length === group.length + 1 && group.every((k) => each.includes(k)))
  )
    return order;
  return rest.map((each, at) => (at === drop.with ? [...each, key] : each));
}
