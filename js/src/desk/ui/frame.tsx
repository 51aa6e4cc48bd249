/** The desk's bar, notices and footer. */
import { Button } from "../../ui/button";
import { Key } from "../../ui/key";
import { download } from "../../ui/messages";
import { noticesOf, statusOf } from "../../ui/status";
import type { Desk } from "../session";
import { useDesk } from "./view";

const wordsOf = (desk: Desk) => ({
  going: "",
  noun: desk.config.mode === "prompts" ? "entry" : "turn",
  saved: desk.answering.value || !desk.turns.value.length ? "Saved" : "Everything saved",
  where: ({ id }: { id: string }) =>
    desk.refused.value.find((one) => one.id === id)?.event?.what === "turn" ? "A turn" : "A judgement",
});

export function DeskBar() {
  const { desk, panel, sheet } = useDesk();
  const prompts = desk.config.mode === "prompts";
  const list = desk.list.value;
  const kept = list.filter(({ state }) => state === "kept").length;
  const discarded = list.filter(({ state }) => state === "discarded").length;
  const { tone, text } = statusOf(desk, wordsOf(desk));
  const toggle = (name: "brief" | "list"): void => {
    panel.value = panel.value === name ? null : name;
  };
  return (
    <header class="rw-bar">
      <span class="rw-who">
        <b>{desk.config.study}</b> <span class="rw-muted">{desk.config.rater}</span>
      </span>
      <span class="rw-place rw-muted">
        {prompts ? "Prompt writing" : "Red-teaming"} · {kept.toLocaleString()} {prompts ? "kept" : "submitted"}
        {discarded > 0 && ` · ${discarded.toLocaleString()} discarded`}
      </span>
      <span class={`rw-status rw-${tone}`} role="status">
        {text}
      </span>
      <span class="rw-buttons">
        <Button class="rw-quiet" aria-expanded={panel.value === "brief"} onClick={() => toggle("brief")}>
          Brief
        </Button>
        <Button class="rw-quiet" aria-expanded={panel.value === "list"} onClick={() => toggle("list")}>
          {prompts ? "Prompts" : "Conversations"}
        </Button>
        <Button
          class="rw-quiet"
          aria-label="Keys"
          title="Keys"
          aria-expanded={sheet.value === "keys"}
          onClick={() => {
            sheet.value = sheet.value === "keys" ? null : "keys";
          }}
        >
          ?
        </Button>
      </span>
    </header>
  );
}

export function DeskNotices() {
  const { desk } = useDesk();
  const conflict = desk.conflict.value;
  return (
    <>
      {noticesOf(desk, wordsOf(desk)).map(({ id, tone, text, download: offers }) => (
        <div key={id} class={`rw-notice rw-${tone}`}>
          <span>{text}</span>
          {offers && <Button onClick={() => download(desk)}>Download what waits</Button>}
        </div>
      ))}
      {conflict && (
        <div class="rw-notice rw-busy" role="alert">
          <span>
            This conversation was judged elsewhere meanwhile, in another tab or by another kernel: it stands as{" "}
            {conflict.stands === "discarded" ? "discarded" : desk.config.mode === "prompts" ? "kept" : "submitted"}.
            Both judgements are stored: which one counts?
          </span>
          <Button class="rw-primary" onClick={() => desk.resolveConflict(true)}>
            Use this one
          </Button>
          <Button onClick={() => desk.resolveConflict(false)}>Leave the other</Button>
        </div>
      )}
    </>
  );
}

export function DeskFooter({ onSubmit, onDiscard }: { onSubmit: () => void; onDiscard: () => void }) {
  const view = useDesk();
  const { desk, tried } = view;
  const prompts = desk.config.mode === "prompts";
  const judgement = desk.talk.value?.judgement;
  const lacks = desk.lacks.value;
  const first = lacks[0];
  const last = desk.lastJudged.value;
  const begun = desk.turns.value.length > 0;
  const answering = desk.answering.value;
  return (
    <footer class="rw-foot">
      <span class="rw-moves">
        <Button disabled={!begun} onClick={() => desk.fresh()}>
          {prompts ? "New prompt" : "New conversation"}
        </Button>
        <Button class="rw-quiet" disabled={!begun || answering} onClick={onDiscard}>
          Discard
        </Button>
      </span>
      {last && last.conversation !== desk.here.value && (
        <span class="rw-last">
          {last.decision === "discarded" ? "Discarded" : prompts ? "Kept" : "Submitted"} ·{" "}
          <Button class="rw-link" onClick={() => desk.go(last.conversation)}>
            Revise
          </Button>
        </span>
      )}
      <span class="rw-go">
        {!begun ? null : answering ? (
          <span class="rw-missing rw-muted">The model is answering</span>
        ) : first ? (
          <Button
            class={`rw-link rw-missing ${tried.value ? "rw-warn" : "rw-muted"}`}
            title={`Missing: ${lacks.map(({ text }) => text).join("; ")}. Press to go to the first.`}
            onClick={() => view.focusField(first.field, first.reply)}
          >
            <span>
              {`Missing${lacks.length > 1 ? ` ${lacks.length}` : ""}: ${lacks.map(({ text }) => text).join(", ")}`}
            </span>
          </Button>
        ) : (
          <span class="rw-missing rw-muted">Nothing missing</span>
        )}
        <Button class="rw-primary" disabled={!begun || answering} onClick={onSubmit}>
          {prompts
            ? judgement?.decision === "kept"
              ? "Keep as revised"
              : "Keep prompt"
            : judgement?.decision === "kept"
              ? "Submit revision"
              : "Submit attack"}{" "}
          <Key>Ctrl ↵</Key>
        </Button>
      </span>
    </footer>
  );
}
