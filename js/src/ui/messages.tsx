/** Notices under the bar: what went wrong, what it means for the ratings, and the way out. */

import type { Session } from "../session.types";
import { Button } from "./button";
import { noticesOf } from "./status";
import { useView } from "./view";

export async function download(
  session: Pick<Session, "exportWaiting"> & { config: { study: string; rater: string } },
): Promise<void> {
  const url = URL.createObjectURL(new Blob([await session.exportWaiting()], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${session.config.study}-${session.config.rater}-waiting.json`.replace(/[^\w.-]+/g, "_");
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

export function Messages() {
  const { session } = useView();
  return (
    <>
      {noticesOf(session).map(({ id, tone, text, index, download: offers }) => (
        <div key={id} class={`rw-notice rw-${tone}`}>
          <span>{text}</span>
          {index !== undefined && index !== session.index.value && (
            <Button onClick={() => session.go(index)}>Go to item {index + 1}</Button>
          )}
          {offers && <Button onClick={() => download(session)}>Download what waits</Button>}
        </div>
      ))}
    </>
  );
}
