/** Everything is done: what was done, and the ways back. */
import { Button } from "./button";
import { download } from "./messages";
import { useView } from "./view";
import { count, duration } from "./words";

export function Closing() {
  const { session, panel } = useView();
  const total = session.total.value;
  const found: Record<string, number> = {};
  for (let index = 0; index < total; index++) {
    const state = session.stateOf(index);
    found[state] = (found[state] ?? 0) + 1;
  }
  const rated = (found.rated ?? 0) + (found.flagged ?? 0);
  const left = (found.unrated ?? 0) + (found.draft ?? 0);
  const waiting = session.waiting.value;
  const facts: [string, string][] = [
    [rated.toLocaleString(), "rated"],
    [(found.flagged ?? 0).toLocaleString(), "of them flagged"],
    [(found.skipped ?? 0).toLocaleString(), "skipped"],
    [duration(session.totalSeconds.value), "active"],
  ];
  return (
    <section class="rw-closing" aria-label="End of the study">
      <h2>{left ? "You have reached the end" : total ? `All ${count(total, "item")} done. Thank you.` : "No items"}</h2>
      <dl>
        {facts.map(([figure, word]) => (
          <div key={word}>
            <dd>{figure}</dd>
            <dt>{word}</dt>
          </div>
        ))}
      </dl>
      <p class="rw-muted">
        {left > 0 && `${count(left, "item is", "items are")} still without a rating. `}
        {waiting
          ? `${count(waiting, "rating")} still ${waiting === 1 ? "waits" : "wait"} to be saved: keep this page open.`
          : "Everything is saved. Every rating can still be revised."}
      </p>
      <div class="rw-row">
        <Button
          onClick={() => {
            panel.value = "items";
          }}
        >
          Look at the items
        </Button>
        {total > 0 && <Button onClick={() => session.go(total - 1)}>Back to item {total}</Button>}
        {waiting > 0 && <Button onClick={() => download(session)}>Download what waits</Button>}
      </div>
    </section>
  );
}
