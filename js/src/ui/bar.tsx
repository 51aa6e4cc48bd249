/** The bar on top: study, rater, place, progress, time, the state of saving in words, and the panels' buttons. */
import { Button } from "./button";
import { statusOf } from "./status";
import { useView } from "./view";
import { duration } from "./words";

export function Bar() {
  const { session, panel, sheet } = useView();
  const total = session.total.value;
  const index = session.index.value;
  const done = session.saved.value;
  const { tone, text } = statusOf(session);
  const toggle = (name: "guidelines" | "items"): void => {
    panel.value = panel.value === name ? null : name;
  };
  return (
    <header class="rw-bar">
      <span class="rw-who">
        <b>
          <bdi>{session.config.study}</bdi>
        </b>{" "}
        <bdi class="rw-muted">{session.config.rater}</bdi>
      </span>
      <span class="rw-place">
        <span
          class="rw-track"
          role="progressbar"
          aria-label="Items done"
          aria-valuemin={0}
          aria-valuemax={total}
          aria-valuenow={done}
          aria-valuetext={`${done} of ${total} done`}
        >
          <i style={{ width: `${total ? (100 * done) / total : 0}%` }} />
        </span>
        <span class="rw-muted">
          {!session.rubric.value
            ? ""
            : index < total
              ? `${(index + 1).toLocaleString()} of ${total.toLocaleString()}`
              : "all done"}
        </span>
        <span class="rw-muted rw-time" title="Time spent rating; pauses are not counted">
          {duration(session.totalSeconds.value)} active
        </span>
      </span>
      <span class={`rw-status rw-${tone}`} role="status">
        {text}
      </span>
      <span class="rw-buttons">
        <Button class="rw-quiet" aria-expanded={panel.value === "guidelines"} onClick={() => toggle("guidelines")}>
          Guidelines
        </Button>
        <Button class="rw-quiet" aria-expanded={panel.value === "items"} onClick={() => toggle("items")}>
          Items
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
