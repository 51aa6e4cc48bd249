/** Another tab saved this item meanwhile: both ratings beside each other, and the rater chooses. Both stay stored. */

import { Answers } from "./answers";
import { Button } from "./button";
import { Sheet } from "./sheet";
import { useView } from "./view";

export function Conflict() {
  const { session } = useView();
  const conflict = session.conflict.value;
  if (!conflict) return null;
  return (
    <Sheet title={`Item ${conflict.index + 1} was also rated in another tab`} alert>
      <p>Both ratings are kept. Which one counts?</p>
      <Answers
        columns={[
          { title: "This tab", rating: conflict.mine },
          { title: "Other tab (counts now)", rating: conflict.theirs },
        ]}
      />
      <div class="rw-row">
        <Button class="rw-primary" onClick={() => session.resolveConflict("mine")}>
          Use this tab's
        </Button>
        <Button onClick={() => session.resolveConflict("theirs")}>Keep the other tab's</Button>
      </div>
    </Sheet>
  );
}
