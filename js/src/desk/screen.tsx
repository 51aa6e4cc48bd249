/** The author's desk: joins conversation and judgement, and gives the keyboard to the right one of them. */
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { guard, isTyping, origin, own } from "../keys";
import { glide } from "../ui/view";
import { type DeskCommand, deskCommand } from "./keys";
import type { Desk } from "./session";
import { childrenOf, current, isBlank } from "./tree";
import { Composer } from "./ui/composer";
import { DeskBar, DeskFooter, DeskNotices } from "./ui/frame";
import { Judge } from "./ui/judge";
import { Brief, Keys, List, Warning } from "./ui/panels";
import { Transcript } from "./ui/transcript";
import { createDeskView, DeskContext, type DeskView } from "./ui/view";

export function DeskScreen({ desk }: { desk: Desk }) {
  const view = useMemo(() => createDeskView(desk), [desk]);
  const { panel, sheet, root } = view;
  const ready = desk.spec.value !== null && desk.talk.value !== null;

  useKeyboard(view);
  useOpening(view);
  useAnnouncements(view);

  const closePanel = (): void => {
    panel.value = null;
    view.composer.current?.focus({ preventScroll: true });
  };
  return (
    <DeskContext.Provider value={view}>
      <section
        {...own}
        class="rw rw-desk"
        ref={root}
        tabIndex={-1}
        aria-label={`${desk.config.mode === "prompts" ? "Prompt writing" : "Red-teaming"}: ${desk.config.study}`}
      >
        <DeskBar />
        <DeskNotices />
        <div class={`rw-body ${panel.value ? "rw-with-panel" : ""}`}>
          {panel.value === "brief" && <Brief onClose={closePanel} />}
          {panel.value === "list" && <List onClose={closePanel} />}
          {ready ? (
            <>
              <section class="rw-read rw-desk-talk" aria-label="Conversation and next turn">
                <Transcript />
                <Composer />
              </section>
              <Judge key={desk.here.value} />
            </>
          ) : (
            <p class="rw-loading rw-muted">
              {desk.connection.value === "unanswered" ? "Run this cell to go on." : "Fetching the conversation …"}
            </p>
          )}
          {sheet.value === "keys" ? (
            <Keys
              onClose={() => {
                sheet.value = null;
                root.current?.focus({ preventScroll: true });
              }}
            />
          ) : sheet.value === "warning" ? (
            <Warning onClose={() => understood(view)} />
          ) : null}
        </div>
        {ready && (
          <DeskFooter onSubmit={() => void judge(view, "kept")} onDiscard={() => void judge(view, "discarded")} />
        )}
        <div class="rw-spoken" role="status" aria-live="polite">
          {view.said.value}
        </div>
      </section>
    </DeskContext.Provider>
  );
}

const warned = (desk: Desk): string => `rubricwidgets:warned:${desk.config.study_id}`;

function understood({ desk, sheet, composer }: DeskView): void {
  try {
    sessionStorage.setItem(warned(desk), "yes");
  } catch {
    // No storage: it is shown again.
  }
  sheet.value = null;
  composer.current?.focus({ preventScroll: true });
}

/** The warning comes first, once in a tab; the brief opens by itself for whoever is new. */
function useOpening({ desk, panel, sheet }: DeskView): void {
  const spec = desk.spec.value;
  const first = desk.firstUse.value;
  useEffect(() => {
    if (!spec) return;
    let known: string | null = null;
    try {
      known = sessionStorage.getItem(warned(desk));
    } catch {
      // No storage.
    }
    if (spec.warning && !known) sheet.value = "warning";
  }, [spec, desk, sheet]);
  useEffect(() => {
    if (first && spec?.brief) panel.value = "brief";
  }, [first, spec, panel]);
}

/** What happens to an answer is said in a few words, never its text: that is there to be read. */
function useAnnouncements({ desk, said }: DeskView): void {
  const happened = desk.happened.value;
  const here = desk.here.value;
  const before = useRef("");
  useLayoutEffect(() => {
    if (happened) said.value = said.peek() === happened ? `${happened}\u00a0` : happened;
  }, [happened, said]);
  useLayoutEffect(() => {
    if (before.current && before.current !== here) {
      const last = desk.lastJudged.peek();
      const done = last?.conversation === before.current ? (last.decision === "kept" ? "Saved. " : "Discarded. ") : "";
      said.value = `${done}${desk.list.peek().some(({ id }) => id === here) ? "Conversation opened" : "New conversation"}`;
    }
    before.current = here;
  }, [desk, here, said]);
}

async function judge(view: DeskView, decision: "kept" | "discarded"): Promise<void> {
  const { desk, tried, said, composer } = view;
  const lacks = decision === "kept" ? desk.lacks.value : [];
  if (!desk.turns.value.length || desk.answering.value) return;
  tried.value = lacks.length > 0;
  if (lacks[0]) {
    said.value = `Not saved. Missing: ${lacks.map(({ text }) => text).join("; ")}`;
    view.focusField(lacks[0].field, lacks[0].reply);
    return;
  }
  if (await desk.judge(decision)) requestAnimationFrame(() => composer.current?.focus({ preventScroll: true }));
}

function useKeyboard(view: DeskView): void {
  const { root, desk } = view;
  useEffect(() => {
    const node = root.current;
    if (!node) return;
    const unguard = guard(node);
    const down = (event: KeyboardEvent): void => {
      desk.touched();
      if (event.defaultPrevented || event.isComposing) return;
      const asked = deskCommand(event);
      if (asked && run(view, asked, origin(event))) event.preventDefault();
    };
    const touched = (): void => desk.touched();
    node.addEventListener("keydown", down);
    node.addEventListener("pointerup", touched);
    node.addEventListener("wheel", touched, { passive: true });
    return () => {
      unguard();
      node.removeEventListener("keydown", down);
      node.removeEventListener("pointerup", touched);
      node.removeEventListener("wheel", touched);
    };
  }, [root, desk, view]);
}

/** Do what a key asks for; true when the browser should do nothing more with it. */
function run(view: DeskView, what: DeskCommand, target: HTMLElement): boolean {
  const { desk, panel, sheet, composer } = view;
  if (sheet.value === "warning") return what !== "page_up" && what !== "page_down";
  switch (what) {
    case "submit":
      if (target.closest(".rw-compose")) void desk.send();
      else void judge(view, "kept");
      return true;
    case "close":
      return close(view, target);
    case "keys":
      sheet.value = sheet.value === "keys" ? null : "keys";
      if (!sheet.value) view.root.current?.focus({ preventScroll: true });
      return true;
    case "brief":
    case "list":
      panel.value = panel.value === what ? null : what;
      return true;
    case "fresh":
      void desk.fresh();
      requestAnimationFrame(() => composer.current?.focus({ preventScroll: true }));
      return true;
    case "compose":
      composer.current?.focus({ preventScroll: true });
      return true;
    case "judge":
      view.focusField();
      return true;
    case "stop":
      if (desk.answering.value) desk.stop();
      return true;
    case "next":
    case "previous":
      view.focusStop(what === "next" ? 1 : -1);
      return true;
    case "page_up":
    case "page_down": {
      const pane = view.turns.current;
      if (!pane || target === view.judging.current) return false;
      glide(pane, (what === "page_up" ? -0.85 : 0.85) * pane.clientHeight);
      return true;
    }
    default:
      return onTurn(view, what);
  }
}

/** Keys that are about the turn or answer that has the focus, or else about the last one. */
function onTurn(view: DeskView, what: DeskCommand): boolean {
  const { desk } = view;
  const stop = view.stop();
  const branch = desk.branch.value;
  const turn = branch.find(({ id }) => id === stop?.dataset.turn) ?? branch.at(-1);
  if (!turn) return false;
  const counting = [...current(turn).values()].filter((reply) => !isBlank(reply.content));
  const reply =
    turn.replies.find(({ id }) => id === stop?.dataset.replyId) ?? (counting.length === 1 ? counting[0] : undefined);
  switch (what) {
    case "edit":
      if (turn.waiting) return true;
      desk.edit(turn.id);
      view.composer.current?.focus({ preventScroll: true });
      return true;
    case "retry":
      if (turn.id === branch.at(-1)?.id && !desk.answering.value) desk.retry(turn.id, stop?.dataset.slot ?? null);
      return true;
    case "branch_back":
    case "branch_forward": {
      const siblings = childrenOf(desk.turns.value, turn.parent);
      const next = siblings[siblings.findIndex(({ id }) => id === turn.id) + (what === "branch_back" ? -1 : 1)];
      if (next) {
        desk.choose(turn.parent, next.id);
        view.said.value = `Version ${siblings.indexOf(next) + 1} of ${siblings.length}`;
        requestAnimationFrame(() =>
          view.turns.current
            ?.querySelector<HTMLElement>(`[data-stop][data-turn="${next.id}"]`)
            ?.focus({ preventScroll: true }),
        );
      }
      return true;
    }
    case "failed":
    case "passed": {
      if (desk.config.mode !== "prompts" || !reply || !counting.includes(reply)) return true;
      const verdicts = desk.said.value.verdicts;
      const failed = what === "failed";
      desk.say({ verdicts: { ...verdicts, [reply.id]: { failed, why: verdicts[reply.id]?.why ?? "" } } });
      if (!failed) view.said.value = "Passed";
      else if (verdicts[reply.id]?.failed) view.focusField("verdicts", reply.id);
      else view.writing.current = reply.id;
      return true;
    }
    case "broke": {
      if (desk.config.mode !== "red_team" || !reply) return true;
      const again = desk.said.value.broke === reply.id;
      desk.say({ broke: again ? null : reply.id });
      view.said.value = again ? "No answer is marked" : "Marked: it broke here";
      return true;
    }
    default:
      return false;
  }
}

/** Close what is on top and nothing else; false when nothing was open. */
function close(view: DeskView, target: HTMLElement): boolean {
  const { desk, sheet, panel } = view;
  if (sheet.value) {
    sheet.value = null;
    view.root.current?.focus({ preventScroll: true });
  } else if (target.closest(".rw-compose") && desk.edited.value) desk.edit(null);
  else if (isTyping(target) && !target.closest(".rw-panel")) {
    // Out of writing: letters are commands again.
    if (target.closest(".rw-compose") && view.turns.current?.querySelector("[data-stop]")) view.focusStop(0);
    else view.root.current?.focus({ preventScroll: true });
  } else if (panel.value) {
    panel.value = null;
    view.composer.current?.focus({ preventScroll: true });
  } else return false;
  return true;
}
