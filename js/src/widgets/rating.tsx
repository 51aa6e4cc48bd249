/** The rating screen: joins bar, text, questions and footer, and gives the keyboard to the right one of them. */
import { useSignalEffect } from "@preact/signals";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { type Command, command, guard, isTyping, origin, own } from "../keys";
import { placeOf } from "../place";
import { rationaleRequired } from "../policy";
import type { RubricSpec } from "../protocol";
import { scaleOf } from "../scales";
import type { Session, Slot } from "../session.types";
import { Ask } from "../ui/ask";
import { Bar } from "../ui/bar";
import { Closing } from "../ui/closing";
import { Conflict } from "../ui/conflict";
import { clear } from "../ui/dimension";
import { Footer } from "../ui/footer";
import { Guidelines } from "../ui/guidelines";
import { History } from "../ui/history";
import { Items } from "../ui/items";
import { KeysSheet } from "../ui/keys_sheet";
import { Messages } from "../ui/messages";
import { Reading } from "../ui/reading";
import { useRoom } from "../ui/room";
import { SkipAndFlag } from "../ui/skip_and_flag";
import { createView, glide, type View, ViewContext } from "../ui/view";
import { Warning } from "../ui/warning";
import { lengthOf } from "../ui/words";

export function App({ session }: { session: Session }) {
  const view = useMemo(() => createView(session), [session]);
  const root = useRef<HTMLElement>(null);
  const { panel, sheet } = view;
  const rubric = session.rubric.value;
  const item = session.item.value;
  const index = session.index.value;
  const done = rubric !== null && index >= session.total.value;

  useRoom(root);
  useKeyboard(view, root);
  useNewItem(view, root, done ? "end" : item ? item.key : null);
  useSignalEffect(() => {
    if (session.rubric.value && session.firstUse.value && session.rubric.value.guidelines && !firstShown.has(session)) {
      firstShown.add(session);
      panel.value = "guidelines";
    }
  });

  const closePanel = (): void => {
    panel.value = null;
    view.focus(view.here.value?.id);
  };
  const closeSheet = (): void => {
    sheet.value = null;
    view.focus(view.here.value?.id);
  };
  return (
    <ViewContext.Provider value={view}>
      <section
        {...own}
        class="rw"
        ref={(node) => {
          root.current = node;
          view.root.current = node;
        }}
        tabIndex={-1}
        aria-label={`Rating: ${session.config.study}`}
      >
        <Bar />
        <Messages />
        <div
          class={`rw-body ${panel.value ? "rw-with-panel" : ""} ${item && item.responses.length > 1 ? "rw-several" : ""} ${
            item && rubric && view.covered.value === null && comparesOnly(rubric) ? "rw-under" : ""
          }`}
        >
          {panel.value === "guidelines" && <Guidelines onClose={closePanel} />}
          {panel.value === "items" && <Items onClose={closePanel} />}
          {done ? (
            <Closing />
          ) : item && rubric && view.covered.value !== null ? (
            <Warning key={item.key} words={view.covered.value} />
          ) : item && rubric ? (
            <>
              <Reading item={item} key={item.key} />
              <Ask item={item} key={`${item.key} `} />
            </>
          ) : (
            <p class="rw-loading rw-muted">
              {session.connection.value === "unanswered"
                ? "Run this cell to go on rating."
                : `Fetching ${rubric ? `item ${index + 1}` : "the study"} …`}
            </p>
          )}
          {session.conflict.value ? (
            <Conflict />
          ) : sheet.value === "keys" ? (
            <KeysSheet onClose={closeSheet} />
          ) : sheet.value === "history" ? (
            <History onClose={closeSheet} />
          ) : null}
        </div>
        {!done && rubric && (
          <>
            <SkipAndFlag />
            <Footer onSubmit={() => submit(view)} onUndo={() => undo(view)} />
          </>
        )}
        <div class="rw-spoken" role="status" aria-live="polite">
          {view.said.value}
        </div>
      </section>
    </ViewContext.Provider>
  );
}

/** Whether everything that is asked is asked between responses: then it stands below them, as wide as they are. */
const comparesOnly = ({ dimensions }: RubricSpec): boolean =>
  dimensions.every(({ about }) => about === "item") &&
  dimensions.some(({ scale }) => scaleOf(scale.kind).between) &&
  dimensions.every(({ scale }) => scaleOf(scale.kind).between || !scaleOf(scale.kind).wide);

/** Sessions whose guidelines have opened by themselves: once is enough, also with several views. */
const firstShown = new WeakSet<Session>();

/** Each item starts at the top, with the keyboard on its first control if the widget had it, and is announced. */
function useNewItem(view: View, root: { current: HTMLElement | null }, key: string | null): void {
  const inside = useRef(false);
  useEffect(() => {
    const outer = root.current?.ownerDocument;
    // A control that goes away takes the focus with it without a word, so only a move elsewhere counts as leaving.
    const moved = (event: Event): void => {
      inside.current = root.current !== null && event.composedPath().includes(root.current);
    };
    outer?.addEventListener("focusin", moved, true);
    outer?.addEventListener("pointerdown", moved, true);
    return () => {
      outer?.removeEventListener("focusin", moved, true);
      outer?.removeEventListener("pointerdown", moved, true);
    };
  }, [root]);
  useLayoutEffect(() => {
    if (key === null) {
      if (inside.current) root.current?.focus({ preventScroll: true });
      return;
    }
    view.tried.value = false;
    view.form.value = null;
    view.referenceOpen.value = false;
    view.only.value = null;
    view.opened.value = new Set();
    view.board.selected.value = null;
    if (view.reading.current) view.reading.current.scrollTop = 0;
    if (view.asking.current) view.asking.current.scrollTop = 0;
    const { index, total } = view.session;
    const warning = view.covered.peek();
    view.said.value =
      key === "end"
        ? `The end of the study: ${total.peek()} items`
        : `Item ${index.peek() + 1} of ${total.peek()}${warning ? `. Content warning: ${warning}` : ""}`;
    const first = view.order.peek()[0]?.id;
    view.session.current.value = first ?? null;
    if (inside.current && view.panel.peek() !== "items") view.focus(key === "end" ? undefined : first);
  }, [view, root, key]);
  // Shown on demand: the keyboard goes where it is at any other item.
  const covered = view.covered.value !== null;
  const before = useRef<[string | null, boolean]>([key, covered]);
  useLayoutEffect(() => {
    const [item, hidden] = before.current;
    before.current = [key, covered];
    if (item !== key || !hidden || covered) return;
    view.said.value = "Item shown";
    if (inside.current) view.focus(view.order.peek()[0]?.id);
  }, [view, key, covered]);
}

function useKeyboard(view: View, root: { current: HTMLElement | null }): void {
  useEffect(() => {
    const node = root.current;
    if (!node) return;
    const { session } = view;
    const unguard = guard(node);
    const down = (event: KeyboardEvent): void => {
      session.touched();
      if (event.defaultPrevented || event.isComposing) return;
      if (act(view, event)) event.preventDefault();
    };
    const touched = (): void => session.touched();
    const focused = (event: FocusEvent): void => {
      for (const [id, place] of view.slots) if (place.contains(event.target as Node)) session.current.value = id;
    };
    // A press anywhere on a dimension means it, also beside its controls.
    const pressed = (event: PointerEvent): void => {
      session.touched();
      const target = origin(event);
      if (target.closest("button, input, textarea, a, [tabindex='0']:not(.rw-ask)")) return;
      const place =
        target.closest<HTMLElement>(".rw-slot") ?? target.closest(".rw-dimension")?.querySelector(".rw-slot");
      for (const [id, slot] of view.slots)
        if (slot === place) {
          session.current.value = id;
          if (!String(node.ownerDocument.getSelection() ?? "")) view.focus(id);
        }
    };
    node.addEventListener("keydown", down);
    node.addEventListener("focusin", focused);
    node.addEventListener("pointerup", pressed);
    node.addEventListener("wheel", touched, { passive: true });
    return () => {
      unguard();
      node.removeEventListener("keydown", down);
      node.removeEventListener("focusin", focused);
      node.removeEventListener("pointerup", pressed);
      node.removeEventListener("wheel", touched);
    };
  }, [view, root]);
}

/** Do what a key asks for; true when the browser should do nothing more with it. */
function act(view: View, event: KeyboardEvent): boolean {
  const { session } = view;
  const target = origin(event);
  const aside = target.closest(".rw-panel, .rw-sheet") !== null;
  const asked = command(event);
  if (asked) return run(view, asked, target, aside);
  // What is not shown is not answered.
  if (view.covered.value !== null) return false;
  if (aside || isTyping(target)) {
    if (event.key !== "Enter" || !target.matches("[data-digits]")) return false;
    // A number that is not allowed stays where it can be put right.
    if (target.getAttribute("aria-invalid") !== "true") goOn(view);
    return true;
  }
  const slot = view.here.value;
  if (!slot || event.ctrlKey || event.metaKey || event.altKey) return false;
  if (event.key === "Enter" && target.closest(".rw-control")) {
    goOn(view);
    return true;
  }
  // A button of the control that has a key of its own.
  const named = view.slots.get(slot.id)?.querySelector<HTMLElement>(`[data-key="${CSS.escape(event.key)}"]`);
  if (named) {
    named.click();
    return true;
  }
  const { scale } = slot.dimension;
  const item = session.item.value;
  const before = session.draft.value.answers[slot.id]?.value;
  const value = scaleOf(scale.kind).key(scale, before, event.key, item ? placeOf(slot, item) : undefined);
  if (value !== undefined) {
    session.set(slot.id, value ?? undefined);
    view.focus(slot.id);
    return true;
  }
  if (/^[\d.-]$/.test(event.key)) {
    // The field takes the focus, and then the key itself.
    const field = view.slots.get(slot.id)?.querySelector<HTMLInputElement>("[data-digits]");
    field?.focus({ preventScroll: true });
    field?.select();
  }
  return false;
}

/** On to the rationale if one is owed here, else to the next question. */
function goOn(view: View): void {
  const slot = view.here.value;
  if (slot && owesWords(view, slot)) view.focus(slot.id, "rationale");
  else move(view, 1);
}

function owesWords({ session }: View, slot: Slot): boolean {
  const answer = session.draft.value.answers[slot.id];
  const short = lengthOf(answer?.rationale ?? "") < Math.max(1, slot.dimension.rationale.min_length);
  return short && rationaleRequired(slot.dimension, answer);
}

function run(view: View, what: Command, target: HTMLElement, aside: boolean): boolean {
  const { session, panel, sheet, form } = view;
  const slot = view.here.value;
  const index = session.index.value;
  switch (what) {
    case "submit":
      if (session.conflict.value) return true;
      if (form.value === "skip" && target.closest(".rw-form")) return false;
      void submit(view);
      return true;
    case "close":
      return close(view, target);
    case "keys":
    case "history":
      if (what === "history" && view.covered.value !== null) return true;
      sheet.value = sheet.value === what ? null : what;
      if (!sheet.value) view.focus(slot?.id);
      return true;
    case "guidelines":
    case "items":
      panel.value = panel.value === what ? null : what;
      if (!panel.value) view.focus(slot?.id);
      return true;
    case "undo":
      undo(view);
      return true;
    case "back":
      if (index > 0) void session.go(index - 1);
      return true;
    case "forward":
      if (index + 1 < session.total.value) void session.go(index + 1);
      return true;
    default:
  }
  if (aside || !slot) return false;
  if (view.covered.value !== null && what !== "reveal" && what !== "skip") return false;
  switch (what) {
    case "reveal":
      view.reveal();
      return true;
    case "next":
      move(view, 1);
      return true;
    case "previous":
      move(view, -1);
      return true;
    case "rationale":
      if (slot.dimension.rationale.policy === "never") return true;
      view.write(slot.id);
      return true;
    case "not_applicable":
      if (slot.dimension.scale.not_applicable)
        session.setNotApplicable(slot.id, !session.draft.value.answers[slot.id]?.not_applicable);
      return true;
    case "clear":
      clear(session, slot.id, session.draft.value.answers[slot.id]?.not_applicable ?? false);
      return true;
    case "flag":
      if (!session.draft.value.flagged) session.setFlag(true);
      form.value = "flag";
      return true;
    case "skip":
      form.value = "skip";
      return true;
    case "reference":
      view.referenceOpen.value = !view.referenceOpen.value;
      return true;
    case "diff":
      view.diff.value = !view.diff.value;
      return true;
    case "view":
      view.bringIntoView(slot.response, true);
      return true;
    case "page_up":
    case "page_down": {
      const pane = view.reading.current;
      if (!pane || target === view.asking.current) return false;
      glide(pane, (what === "page_up" ? -0.85 : 0.85) * pane.clientHeight);
      return true;
    }
    default:
      return false;
  }
}

/** Close what is on top and nothing else; false when nothing was open. */
function close(view: View, target: HTMLElement): boolean {
  const { sheet, form, panel } = view;
  const inForm = target.closest(".rw-form") !== null;
  if (view.session.conflict.value) return true;
  const over = view.board.over.value;
  if (sheet.value) sheet.value = null;
  else if (over) {
    over.close();
    return true;
  } else if (form.value && (inForm || !isTyping(target))) form.value = null;
  else if (isTyping(target) && !target.closest(".rw-panel")) {
    const slot = view.here.value;
    // An optional box that stayed empty goes away again.
    if (slot && !view.session.draft.value.answers[slot.id]?.rationale) view.openRationale(slot.id, false);
  } else if (panel.value) panel.value = null;
  else return false;
  view.focus(view.here.value?.id);
  return true;
}

function move(view: View, by: number): void {
  const order = view.order.value;
  const at = order.findIndex((slot) => slot.id === view.here.value?.id);
  view.focus(order[Math.min(order.length - 1, Math.max(0, at + by))]?.id);
}

function undo(view: View): void {
  const { session } = view;
  const last = session.lastSubmitted.value;
  if (session.canUndo.value) session.undo();
  else if (last && last.index !== session.index.value) void session.go(last.index);
}

async function submit(view: View): Promise<void> {
  if (!view.session.item.value) return;
  if (view.covered.value !== null) {
    view.said.value = "Not submitted: the item is still hidden. Show it, or skip it.";
    view.focus(undefined);
    return;
  }
  if (await view.session.submit()) return;
  const missing = view.missing.value;
  const first = missing[0];
  if (!first) return;
  view.tried.value = true;
  view.said.value = `Not submitted. Missing: ${missing.map(({ text }) => text).join("; ")}`;
  view.focus(first.slot.id, first.what === "rationale" ? "rationale" : "control");
}
