/**
 * Dragging a row. Nothing in the list moves while it lasts but the row under the pointer: what is under the pointer then
 * does not change by itself, and the list, which holds the pointer, stays where it is in the document.
 */
import { useRef, useState } from "preact/hooks";
import type { Drop, Order } from "./ranking_order";

/** How far a press moves before it is a drag, in pixels. */
const SLACK = 4;
/** Beyond the list by more than this nothing is dropped on it. */
const AROUND = 24;
/** So near to the edge of the pane the pane scrolls. */
const EDGE = 28;

/** Top and bottom of something on the page. */
export interface Extent {
  top: number;
  bottom: number;
}
export interface Layout {
  /** The ranked groups without the dragged row; a group that is nothing but that row is left out. */
  groups: Extent[];
  /** The rows that are not ranked; null where there are none. */
  pool: Extent | null;
  /** Where the dragged row stood. */
  own: Extent;
}

/** What a row is dropped on at a height; null where it stays as it is. */
export function dropAt(y: number, { groups, pool, own }: Layout, ranked: boolean, ties: boolean): Drop | null {
  for (const [at, { top, bottom }] of groups.entries()) {
    const height = bottom - top;
    // The inner part of a group means the group; without ties its middle parts above from below.
    const edge = ties ? Math.min(12, height * 0.3) : height / 2;
    if (y < top + edge) return { before: at };
    if (ties && y <= bottom - edge) return { with: at };
  }
  if (!pool || y < pool.top) return { before: groups.length };
  if (ranked) return "out";
  return y >= own.top && y <= own.bottom ? null : { before: groups.length };
}

export interface Held {
  key: string;
  /** How far the row is from its place. */
  by: number;
  drop: Drop | null;
}
interface Press {
  key: string;
  pointer: number;
  y: number;
  scrolled: number;
  own: Extent;
  moved: boolean;
}
interface Props {
  list: { current: HTMLElement | null };
  /** What scrolls around the list. */
  pane: { current: HTMLElement | null };
  order: Order;
  ties: boolean;
  onDrop(key: string, drop: Drop): void;
}

export function useDrag({ list, pane, order, ties, onDrop }: Props) {
  const press = useRef<Press | null>(null);
  const [held, setHeld] = useState<Held | null>(null);
  const end = (): void => {
    press.current = null;
    setHeld(null);
  };
  const scrolledSince = ({ scrolled }: Press): number => (pane.current?.scrollTop ?? 0) - scrolled;

  const dropOf = (now: Press, event: PointerEvent): Drop | null => {
    const node = list.current;
    const outer = node?.getBoundingClientRect();
    if (!node || !outer || !now.moved) return null;
    const { clientX: x, clientY: y } = event;
    const outside = x < outer.left - AROUND || x > outer.right + AROUND;
    if (outside || y < outer.top - AROUND || y > outer.bottom + AROUND) return null;
    const groups = [...node.querySelectorAll<HTMLElement>("[data-group]")].filter(
      ({ dataset }) => dataset.group !== now.key,
    );
    const since = scrolledSince(now);
    const layout = {
      groups: groups.map((group) => group.getBoundingClientRect()),
      pool: node.querySelector(".rw-pool")?.getBoundingClientRect() ?? null,
      own: { top: now.own.top - since, bottom: now.own.bottom - since },
    };
    return dropAt(y, layout, order.flat().includes(now.key), ties);
  };

  const handlers = {
    onPointerDown: (event: PointerEvent) => {
      const target = event.target as HTMLElement;
      const row = target.closest<HTMLElement>("[data-key]");
      const key = row?.dataset.key;
      if (event.button !== 0 || !row || !key || target.closest("button") || press.current) return;
      // The row itself may be made anew; the list is not.
      list.current?.setPointerCapture?.(event.pointerId);
      const own = row.getBoundingClientRect();
      const scrolled = pane.current?.scrollTop ?? 0;
      press.current = { key, pointer: event.pointerId, y: event.clientY, scrolled, own, moved: false };
    },
    onPointerMove: (event: PointerEvent) => {
      const now = press.current;
      const node = list.current;
      if (!now || !node || event.pointerId !== now.pointer) return;
      now.moved ||= Math.abs(event.clientY - now.y) > SLACK;
      if (!now.moved) return;
      const around = pane.current;
      if (around) {
        const { top, bottom } = around.getBoundingClientRect();
        if (event.clientY < top + EDGE) around.scrollTop -= 10;
        else if (event.clientY > bottom - EDGE) around.scrollTop += 10;
      }
      const since = scrolledSince(now);
      const outer = node.getBoundingClientRect();
      // Within the list, so that the pane does not grow under it.
      const least = outer.top - (now.own.top - since);
      const most = outer.bottom - (now.own.bottom - since);
      const by = Math.max(least, Math.min(most, event.clientY - now.y + since));
      setHeld({ key: now.key, by, drop: dropOf(now, event) });
    },
    onPointerUp: (event: PointerEvent) => {
      const now = press.current;
      if (!now || event.pointerId !== now.pointer) return;
      const drop = dropOf(now, event);
      end();
      if (drop) onDrop(now.key, drop);
    },
    onPointerCancel: end,
    onLostPointerCapture: end,
  };
  return { held, handlers, cancel: end };
}
