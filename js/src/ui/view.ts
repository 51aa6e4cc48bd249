/** What one view of a session remembers that the session need not: open panels, the focus, what was announced. */
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { DimensionSpec } from "../protocol";
import type { Missing, Session, Slot } from "../session.types";
import { type Board, createBoard } from "../text/marks";

/** A dimension with the slots that ask it: one per response, or one about the item. */
export interface Group {
  dimension: DimensionSpec;
  slots: Slot[];
}
export type Part = "control" | "rationale";

export interface View {
  session: Session;
  panel: Signal<"guidelines" | "items" | null>;
  sheet: Signal<"keys" | "history" | null>;
  form: Signal<"flag" | "skip" | null>;
  referenceOpen: Signal<boolean>;
  /** Responses by their keys, where only these are to be read now (a pair of many); null: all. */
  only: Signal<readonly string[] | null>;
  /** Two responses are shown with the words marked that the other has not. */
  diff: Signal<boolean>;
  /** The content warning behind which the item is hidden; null once it is shown, and where it has none. */
  covered: ReadonlySignal<string | null>;
  /** Where the warning stands, for the keyboard. */
  warning: { current: HTMLElement | null };
  /** Show the item, this one only. */
  reveal(): void;
  /** A submission was refused for what is missing: say so where it is missing. */
  tried: Signal<boolean>;
  /** The last announcement to screen readers. */
  said: Signal<string>;
  /** The slot whose rationale box takes the focus as soon as it is there. */
  writing: { current: string | null };
  /** Rationale boxes that the rater opened, by slot. */
  opened: Signal<ReadonlySet<string>>;
  groups: ReadonlySignal<Group[]>;
  /** Slots in the order in which the eye meets them. */
  order: ReadonlySignal<Slot[]>;
  /** What is missing, in the same order. */
  missing: ReadonlySignal<Missing[]>;
  /** The slot that keys go to: the current one, or the first. */
  here: ReadonlySignal<Slot | undefined>;
  root: { current: HTMLElement | null };
  slots: Map<string, HTMLElement>;
  /** Scroll panes, to be put back to their top for each item. */
  reading: { current: HTMLElement | null };
  asking: { current: HTMLElement | null };
  responses: Map<string, HTMLElement>;
  /** Marks on the texts, and what is selected in them. */
  board: Board;
  /** Give the keyboard to a slot, and show it inside its pane. */
  focus(slot: string | undefined, part?: Part): void;
  /** Show the slot that keys go to inside its pane. */
  keepInSight(): void;
  /** Scroll the text to a response; unless `always`, only when nothing of it is in sight. */
  bringIntoView(response: string | null, always: boolean): void;
  openRationale(slot: string, open: boolean): void;
  /** Open the rationale box of a slot and write in it. */
  write(slot: string): void;
}

export function createView(session: Session): View {
  const groups = computed(() => {
    const found = new Map<string, Group>();
    for (const slot of session.slots.value) {
      const group = found.get(slot.dimension.name) ?? { dimension: slot.dimension, slots: [] };
      group.slots.push(slot);
      found.set(slot.dimension.name, group);
    }
    return [...found.values()];
  });
  const order = session.slots;
  const revealed = signal<ReadonlySet<string>>(new Set());
  const view: View = {
    session,
    panel: signal(null),
    sheet: signal(null),
    form: signal(null),
    referenceOpen: signal(false),
    only: signal(null),
    diff: signal(false),
    covered: computed(() => {
      const item = session.item.value;
      return item && !revealed.value.has(item.key) ? item.content_warning || null : null;
    }),
    warning: { current: null },
    reveal() {
      const item = session.item.peek();
      if (item) revealed.value = new Set([...revealed.peek(), item.key]);
    },
    tried: signal(false),
    said: signal(""),
    opened: signal(new Set()),
    writing: { current: null },
    groups,
    order,
    missing: session.missing,
    here: computed(() => order.value.find((slot) => slot.id === session.current.value) ?? order.value[0]),
    root: { current: null },
    slots: new Map(),
    reading: { current: null },
    asking: { current: null },
    responses: new Map(),
    board: createBoard(() => view.here.value?.id),
    focus(id, part = "control") {
      const place = id === undefined ? undefined : view.slots.get(id);
      if (!place) {
        const warning = view.covered.peek() === null ? null : view.warning.current;
        (warning ?? view.root.current)?.focus({ preventScroll: true });
        return;
      }
      session.current.value = id ?? null;
      const target =
        (part === "rationale" && place.querySelector<HTMLElement>(".rw-rationale textarea")) ||
        place.querySelector<HTMLElement>(".rw-control [data-first]") ||
        place.querySelector<HTMLElement>('.rw-control [tabindex="0"]') ||
        place.querySelector<HTMLElement>("button, input");
      target?.focus({ preventScroll: true });
      // Where not even the slot fits, the row in it that has the keyboard.
      const exact = place.clientHeight > (view.asking.current?.clientHeight ?? 0) && target?.closest<HTMLElement>("li");
      reveal(
        view.asking.current,
        place.closest<HTMLElement>(".rw-dimension") ?? place,
        exact || place,
        exact ? 70 : 12,
      );
      const slot = order.value.find((each) => each.id === id);
      view.bringIntoView(slot?.response ?? null, false);
    },
    keepInSight() {
      const place = view.slots.get(view.here.peek()?.id ?? "");
      if (!place) return;
      // Where the keyboard is in a long list, that row; nothing where only its beginning could be shown.
      const active = (place.getRootNode() as Document | ShadowRoot).activeElement;
      const row = active && place.contains(active) ? active.closest<HTMLElement>("li") : null;
      if (row) reveal(view.asking.current, row, row, 70);
      else if (place.clientHeight <= (view.asking.current?.clientHeight ?? 0))
        reveal(view.asking.current, place.closest<HTMLElement>(".rw-dimension") ?? place, place);
    },
    bringIntoView(response, always) {
      const pane = view.reading.current;
      const box = response === null ? undefined : view.responses.get(response)?.getBoundingClientRect();
      if (!pane || !box) return;
      const outer = pane.getBoundingClientRect();
      const out = box.top > outer.bottom - 40 || box.bottom < outer.top + 40;
      if (always || (out && view.responses.size > 1)) glide(pane, box.top - outer.top - 8);
    },
    openRationale(slot, open) {
      const next = new Set(view.opened.value);
      if (open) next.add(slot);
      else next.delete(slot);
      view.opened.value = next;
    },
    write(slot) {
      if (view.slots.get(slot)?.querySelector(".rw-rationale textarea")) view.focus(slot, "rationale");
      else {
        view.writing.current = slot;
        view.openRationale(slot, true);
      }
    },
  };
  return view;
}

/**
 * Scroll `pane`, and nothing around it, until `target` is seen; `exact` goes first where both do not fit.
 * At once, since keys come faster than an animation; and the notebook never moves, hence no `scrollIntoView`.
 */
export function reveal(pane: HTMLElement | null, target: HTMLElement, exact = target, margin = 12): void {
  if (!pane) return;
  const outer = pane.getBoundingClientRect();
  let box = target.getBoundingClientRect();
  if (box.height + 2 * margin > outer.height) box = exact.getBoundingClientRect();
  const above = box.top - outer.top - margin;
  const below = box.bottom - outer.bottom + margin;
  if (above < 0 || box.height > outer.height) pane.scrollTop += above;
  else if (below > 0) pane.scrollTop += Math.min(below, above);
}

export function glide(pane: HTMLElement, by: number): void {
  const still = globalThis.matchMedia?.("(prefers-reduced-motion: reduce)").matches ?? true;
  pane.scrollBy?.({ top: by, behavior: still ? "auto" : "smooth" });
}

export const ViewContext = createContext<View | null>(null);
export function useView(): View {
  const view = useContext(ViewContext);
  if (!view) throw new Error("a part of the rating screen needs <ViewContext.Provider>");
  return view;
}

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
/** "A", "B", ... for a response by its key; "" where there is only one. */
export function letterOf(session: Session, response: string | null): string {
  const responses = session.item.value?.responses ?? [];
  const at = responses.findIndex((each) => each.key === response);
  return responses.length > 1 && at >= 0 ? (LETTERS[at] ?? String(at + 1)) : "";
}
/** "Accuracy, response B". */
export function slotName(session: Session, slot: Slot): string {
  const letter = letterOf(session, slot.response);
  return slot.dimension.title + (letter ? `, response ${letter}` : "");
}
