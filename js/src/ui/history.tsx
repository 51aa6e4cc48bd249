/** Every rating of the item on screen, newest first. Nothing is overwritten, so all of them are here. */
import { useEffect, useState } from "preact/hooks";
import type { SavedRating } from "../protocol";
import { Answers } from "./answers";
import { Sheet } from "./sheet";
import { useView } from "./view";
import { when } from "./words";

export function History({ onClose }: { onClose: () => void }) {
  const { session } = useView();
  const [revisions, setRevisions] = useState<SavedRating[] | string | null>(null);
  const index = session.index.value;
  useEffect(() => {
    let here = true;
    session.history(index).then(
      (found) => here && setRevisions(found),
      (error: unknown) => here && setRevisions(error instanceof Error ? error.message : String(error)),
    );
    return () => {
      here = false;
    };
  }, [session, index]);
  return (
    <Sheet title={`Ratings of item ${index + 1}`} onClose={onClose}>
      {revisions === null && <p class="rw-muted">Asking the kernel …</p>}
      {typeof revisions === "string" && <p class="rw-warn">The earlier ratings did not arrive: {revisions}</p>}
      {Array.isArray(revisions) && !revisions.length && <p class="rw-muted">Nothing saved for this item yet.</p>}
      {Array.isArray(revisions) && revisions.length > 0 && (
        <Answers
          columns={[...revisions]
            .reverse()
            .map((rating) => ({ title: `${rating.revision} · ${when(rating.submitted_at)}`, rating }))}
        />
      )}
    </Sheet>
  );
}
