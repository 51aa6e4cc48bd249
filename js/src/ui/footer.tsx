/** The footer: moving between items, flag, skip and undo, what is still missing, and submitting. */

import { Button } from "./button";
import { Key } from "./key";
import { useView } from "./view";
import { count } from "./words";

export function Footer({ onSubmit, onUndo }: { onSubmit: () => void; onUndo: () => void }) {
  const { session, form, covered } = useView();
  const index = session.index.value;
  const draft = session.draft.value;
  const revising = session.item.value?.rating?.status === "rated";
  const last = session.lastSubmitted.value;
  return (
    <footer class="rw-foot">
      <span class="rw-moves">
        <Button disabled={index <= 0} onClick={() => session.go(index - 1)} title="Previous item [">
          Back
        </Button>
        <Button
          disabled={index + 1 >= session.total.value}
          onClick={() => session.go(index + 1)}
          title="Next item, without submitting ]"
        >
          Next
        </Button>
        <Button
          class="rw-quiet"
          aria-pressed={draft.flagged}
          aria-expanded={form.value === "flag"}
          onClick={() => {
            if (!draft.flagged) session.setFlag(true);
            form.value = form.value === "flag" ? null : "flag";
          }}
        >
          {draft.flagged ? "⚑ Flagged as ambiguous" : "Flag as ambiguous"}
        </Button>
        <Button
          class="rw-quiet"
          aria-expanded={form.value === "skip"}
          onClick={() => {
            form.value = form.value === "skip" ? null : "skip";
          }}
        >
          Skip
        </Button>
        <Button class="rw-quiet" disabled={!session.canUndo.value} onClick={onUndo}>
          Undo
        </Button>
      </span>
      {last && last.index !== index && (
        <span class="rw-last">
          Item {last.index + 1} {last.status === "skipped" ? "skipped" : "submitted"} ·{" "}
          <Button class="rw-link" onClick={() => session.go(last.index)}>
            Undo
          </Button>
        </span>
      )}
      <span class="rw-go">
        <Missing />
        <Button class="rw-primary" onClick={onSubmit} disabled={covered.value !== null}>
          {revising ? "Submit revision" : "Submit and next"} <Key>Ctrl ↵</Key>
        </Button>
      </span>
    </footer>
  );
}

/** What is missing: the first few by name, and a way there. */
function Missing() {
  const view = useView();
  const { session, tried } = view;
  const missing = view.missing.value;
  const first = missing[0];
  if (!session.item.value || view.covered.value !== null) return null;
  if (!first) return <span class="rw-missing rw-muted">Nothing missing</span>;
  const fresh = !Object.keys(session.draft.value.answers).length;
  return (
    <Button
      class={`rw-link rw-missing ${tried.value ? "rw-warn" : "rw-muted"}`}
      title={`Missing: ${missing.map(({ text }) => text).join("; ")}. Press to go to the first.`}
      onClick={() => view.focus(first.slot.id, first.what === "rationale" ? "rationale" : "control")}
    >
      <span>
        {fresh && !tried.value
          ? `${count(missing.length, "answer")} to give`
          : `Missing${missing.length > 1 ? ` ${missing.length}` : ""}: ${missing.map(({ text }) => text).join(", ")}`}
      </span>
    </Button>
  );
}
