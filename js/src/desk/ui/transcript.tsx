/** The conversation: the author's turns, and beneath each what the models answered, side by side. */
import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import { own } from "../../keys";
import { Markdown, TextBlock } from "../../text";
import { Button } from "../../ui/button";
import { Key } from "../../ui/key";
import { endOf } from "../answers";
import type { Reply, RunningReply } from "../protocol";
import type { ShownTurn } from "../session";
import { childrenOf, current, usable } from "../tree";
import { useDesk } from "./view";

/** Longer texts are shown as they come, and as Markdown when they are complete. */
const QUICK = 8_000;
/** This close to the end, the end stays in sight while an answer grows. */
const NEAR = 60;

export function Transcript() {
  const view = useDesk();
  const { desk, turns: pane } = view;
  const branch = desk.branch.value;
  const grown = [...desk.running.value.values()].reduce((sum, { text }) => sum + text.length, 0);
  const last = branch.at(-1);

  useFollow(pane, `${desk.here.value} ${last?.id} ${last?.replies.length}`, grown);
  return (
    <section
      {...own}
      class="rw-turns rw-scroll"
      ref={(node) => {
        pane.current = node;
      }}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling pane must be reachable by keyboard
      tabIndex={0}
      aria-label="Conversation"
    >
      {branch.length === 0 && <Beginning />}
      <ol>
        {branch.map((turn, at) => (
          <TurnView key={turn.id} turn={turn} place={at + 1} last={at === branch.length - 1} />
        ))}
      </ol>
    </section>
  );
}

function Beginning() {
  const { desk } = useDesk();
  const prompts = desk.config.mode === "prompts";
  return (
    <div class="rw-beginning rw-muted">
      <p>
        {prompts
          ? "Write a prompt below and try it. Edit it as often as you like: every version is kept."
          : "Write the first turn of your attack below."}
      </p>
      {desk.several.value && (
        <p>Each turn goes to several models. Which letter is which changes with every conversation.</p>
      )}
    </div>
  );
}

function useFollow(pane: { current: HTMLElement | null }, place: string, grown: number): void {
  // What is new is begun to be read at its beginning; then the end stays in sight if it was.
  useLayoutEffect(() => {
    const node = pane.current;
    if (node) node.scrollTop = node.scrollHeight;
  }, [pane, place]);
  useEffect(() => {
    const node = pane.current;
    if (node && grown && node.scrollHeight - node.scrollTop - node.clientHeight < NEAR + 40)
      node.scrollTop = node.scrollHeight;
  }, [pane, grown]);
}

function TurnView({ turn, place, last }: { turn: ShownTurn; place: number; last: boolean }) {
  const { desk, composer } = useDesk();
  const siblings = childrenOf(desk.turns.value, turn.parent);
  const at = siblings.findIndex(({ id }) => id === turn.id);
  const replies = current(turn);
  const running = new Map(
    [...desk.running.value.values()].filter((one) => one.turn === turn.id).map((one) => [one.slot, one]),
  );
  const letters = [...new Set([...(desk.talk.value?.slots ?? []), ...replies.keys(), ...running.keys()])].filter(
    (slot) => replies.has(slot) || running.has(slot),
  );
  const editing = desk.writing.value.edits === turn.id;
  return (
    <li class={`rw-turn ${editing ? "rw-now" : ""}`}>
      {/* biome-ignore lint/a11y/useSemanticElements: a part of a conversation, not of a form */}
      <div
        {...own}
        class="rw-said-by rw-prompt"
        data-stop="turn"
        data-turn={turn.id}
        role="group"
        aria-label={`Your turn ${place}`}
        tabIndex={-1}
      >
        <TextBlock
          label="You"
          text={turn.content}
          chunk={desk.chunk}
          actions={
            <span class="rw-turn-tools">
              {siblings.length > 1 && (
                <span class="rw-branches">
                  <Button
                    class="rw-quiet"
                    aria-label="Branch before"
                    title="Branch before ["
                    disabled={at <= 0}
                    onClick={() => desk.choose(turn.parent, siblings[at - 1]?.id ?? turn.id)}
                  >
                    ‹
                  </Button>
                  <span>
                    version {at + 1} of {siblings.length}
                  </span>
                  <Button
                    class="rw-quiet"
                    aria-label="Branch after"
                    title="Branch after ]"
                    disabled={at >= siblings.length - 1}
                    onClick={() => desk.choose(turn.parent, siblings[at + 1]?.id ?? turn.id)}
                  >
                    ›
                  </Button>
                </span>
              )}
              {!turn.waiting && (
                <Button
                  class="rw-quiet"
                  onClick={() => {
                    desk.edit(editing ? null : turn.id);
                    composer.current?.focus({ preventScroll: true });
                  }}
                >
                  {editing ? "Give up the edit" : "Edit"}
                </Button>
              )}
            </span>
          }
        />
        {turn.waiting && (
          <p class="rw-turn-note rw-muted">
            {desk.durable.value
              ? "Kept in this browser, waiting to be saved."
              : "In this page only, waiting to be saved."}
          </p>
        )}
      </div>
      <div class="rw-responses" data-n={letters.length}>
        {letters.map((slot) => (
          <ReplyView
            key={slot}
            slot={slot}
            counting={replies.get(slot)}
            running={running.get(slot)}
            attempts={turn.replies.filter((one) => one.slot === slot)}
            last={last}
            place={place}
          />
        ))}
      </div>
      {letters.length === 0 && !turn.waiting && <Unanswered turn={turn} last={last} />}
    </li>
  );
}

function Unanswered({ turn, last }: { turn: ShownTurn; last: boolean }) {
  const { desk } = useDesk();
  if (desk.asked.value.has(turn.id)) return <p class="rw-turn-note rw-muted">Asking …</p>;
  return (
    <p class="rw-turn-note rw-warn">
      No answer was kept: the kernel ended before it was complete.{" "}
      {last && (
        <Button onClick={() => desk.retry(turn.id, null)}>
          Try again <Key>r</Key>
        </Button>
      )}
    </p>
  );
}

interface ReplyProps {
  slot: string;
  /** The answer that counts. */
  counting: Reply | undefined;
  running: RunningReply | undefined;
  /** Every answer of this model to the turn, the first one first. */
  attempts: readonly Reply[];
  last: boolean;
  place: number;
}

function ReplyView({ slot, counting, running, attempts, last, place }: ReplyProps) {
  const { desk } = useDesk();
  const [looked, setLooked] = useState<string | null>(null);
  // Whoever looks at an earlier attempt is taken to the next one that comes.
  useLayoutEffect(() => setLooked(null), [attempts.length]);
  const reply = attempts.find(({ id }) => id === looked) ?? counting;
  const several = desk.several.value;
  const label = several ? `Model ${slot}` : "Model";
  const prompts = desk.config.mode === "prompts";
  const broke = !running && reply !== undefined && desk.said.value.broke === reply.id;
  const verdict = reply && desk.said.value.verdicts[reply.id];
  if (running)
    return (
      <article
        {...own}
        class="rw-response rw-reply rw-growing"
        data-stop="reply"
        data-slot={slot}
        aria-label={`${label}, answering turn ${place}`}
        aria-busy="true"
        tabIndex={-1}
      >
        <div class="rw-text">
          <div class="rw-text-head">
            <h3 class="rw-text-label">{label}</h3>
            <span class="rw-muted rw-growing-note">{running.text ? "answering …" : "thinking …"}</span>
          </div>
          <div class="rw-text-body">
            {running.text.length > QUICK ? (
              <div class="rw-md rw-plain">
                <div class="rw-raw">{running.text}</div>
              </div>
            ) : (
              <Markdown source={running.text} chunk={desk.chunk} />
            )}
          </div>
        </div>
      </article>
    );
  if (!reply) return null;
  const ended = endOf(reply);
  const at = attempts.indexOf(reply);
  const newest = attempts.at(-1);
  return (
    <article
      {...own}
      class={`rw-response rw-reply ${broke ? "rw-broke" : ""}`}
      data-stop="reply"
      data-reply-id={reply.id}
      data-slot={slot}
      data-turn={reply.turn}
      aria-label={`${label}, answer to turn ${place}`}
      tabIndex={-1}
    >
      {reply.content ? (
        <TextBlock
          label={label}
          text={reply.content}
          chunk={desk.chunk}
          actions={<Mark broke={broke} failed={prompts ? verdict?.failed : undefined} />}
        />
      ) : (
        <div class="rw-text">
          <div class="rw-text-head">
            <h3 class="rw-text-label">{label}</h3>
          </div>
        </div>
      )}
      {ended && (
        <p class={`rw-turn-note ${reply.status === "stopped" ? "rw-muted" : "rw-warn"}`}>
          {reply.status === "stopped" ? "Answer " : reply.status === "timeout" ? "The model " : "No whole answer: "}
          {ended}
        </p>
      )}
      {newest && newest !== reply && !looked && (
        <p class="rw-turn-note rw-warn">
          Attempt {newest.attempt} gave no whole answer, so this one still counts: {endOf(newest)}
        </p>
      )}
      {desk.unsaved.value.has(reply.id) && (
        <p class="rw-turn-note rw-warn">Not saved yet: the store could not write. It is tried again by itself.</p>
      )}
      <div class="rw-reply-tools">
        {!prompts && usable(reply) && (
          <Button
            class="rw-quiet"
            aria-pressed={broke}
            onClick={() => desk.say({ broke: broke ? null : reply.id })}
            title="The model did here what it should not"
          >
            {broke ? "Broke here" : "It broke here"} <Key>b</Key>
          </Button>
        )}
        {last && !desk.answering.value && (
          <Button class="rw-quiet" onClick={() => desk.retry(reply.turn, slot)}>
            Try again <Key>r</Key>
          </Button>
        )}
        <span class="rw-muted">{reply.seconds.toLocaleString(undefined, { maximumFractionDigits: 1 })} s</span>
        {attempts.length > 1 && (
          <span class="rw-branches">
            <Button
              class="rw-quiet"
              aria-label="Attempt before"
              disabled={at <= 0}
              onClick={() => setLooked(attempts[at - 1]?.id ?? null)}
            >
              ‹
            </Button>
            <span>
              attempt {at + 1} of {attempts.length}
              {reply !== counting && ", not the one that counts"}
            </span>
            <Button
              class="rw-quiet"
              aria-label="Attempt after"
              disabled={at >= attempts.length - 1}
              onClick={() => setLooked(attempts[at + 1]?.id ?? null)}
            >
              ›
            </Button>
          </span>
        )}
      </div>
    </article>
  );
}

function Mark({ broke, failed }: { broke: boolean; failed: boolean | undefined }) {
  if (broke) return <span class="rw-mark-of rw-warn">✕ broke</span>;
  if (failed === undefined) return null;
  return failed ? <span class="rw-mark-of rw-warn">✕ failed</span> : <span class="rw-mark-of rw-muted">✓ passed</span>;
}
