/** What one view of the desk remembers: open panels, where the focus goes, what was announced. */
import { type Signal, signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { reveal } from "../../ui/view";
import type { Desk } from "../session";

export interface DeskView {
  desk: Desk;
  panel: Signal<"brief" | "list" | null>;
  sheet: Signal<"keys" | "warning" | null>;
  /** A judgement was refused for what is missing: say so where it is missing. */
  tried: Signal<boolean>;
  said: Signal<string>;
  root: { current: HTMLElement | null };
  turns: { current: HTMLElement | null };
  judging: { current: HTMLElement | null };
  composer: { current: HTMLTextAreaElement | null };
  /** The answer whose box for why it failed takes the focus as soon as it is there. */
  writing: { current: string | null };
  /** To the field where something is missing, or to the first of the judgement. */
  focusField(field?: string, reply?: string): void;
  focusStop(by: number): void;
  /** The turn or answer that has the focus. */
  stop(): HTMLElement | null;
}

export function createDeskView(desk: Desk): DeskView {
  const view: DeskView = {
    desk,
    panel: signal(null),
    sheet: signal(null),
    tried: signal(false),
    said: signal(""),
    root: { current: null },
    turns: { current: null },
    judging: { current: null },
    composer: { current: null },
    writing: { current: null },
    focusField(field, reply) {
      if (field === "turn") {
        view.composer.current?.focus({ preventScroll: true });
        return;
      }
      const pane = view.judging.current;
      const section = field ? pane?.querySelector<HTMLElement>(`[data-field="${field}"]`) : pane;
      const place = (reply && section?.querySelector<HTMLElement>(`[data-reply="${reply}"]`)) || section;
      // Where something is missing, what is owed there; else the first of all.
      const owed = field ? place?.querySelector<HTMLElement>("[data-owed='true']") : null;
      const target = owed ?? place?.querySelector<HTMLElement>("textarea, input, [tabindex='0'], button");
      target?.focus({ preventScroll: true });
      if (target && section && pane) reveal(pane, section === pane ? target : section, target);
    },
    stop: () => {
      const within = view.root.current?.getRootNode() as Document | ShadowRoot | undefined;
      return within?.activeElement?.closest<HTMLElement>("[data-stop]") ?? null;
    },
    focusStop(by) {
      const stops = [...(view.turns.current?.querySelectorAll<HTMLElement>("[data-stop]") ?? [])];
      if (!stops.length) return;
      const now = view.stop();
      // From elsewhere: back to the last one said.
      const at = now ? stops.indexOf(now) + by : stops.length - 1;
      const next = stops[Math.min(stops.length - 1, Math.max(0, at))];
      next?.focus({ preventScroll: true });
      if (next) reveal(view.turns.current, next);
    },
  };
  return view;
}

export const DeskContext = createContext<DeskView | null>(null);
export function useDesk(): DeskView {
  const view = useContext(DeskContext);
  if (!view) throw new Error("a part of the desk needs <DeskContext.Provider>");
  return view;
}
