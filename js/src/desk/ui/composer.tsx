/** Where turns are written: the box, what a turn costs, what it is like, and why it cannot be sent now. */
import { useId } from "preact/hooks";
import { Button } from "../../ui/button";
import { Key } from "../../ui/key";
import type { Similar } from "../protocol";
import { isBlank } from "../tree";
import { Area } from "./area";
import { useDesk } from "./view";

export function Composer() {
  const view = useDesk();
  const { desk, composer } = view;
  const id = useId();
  const { text } = desk.writing.value;
  const edited = desk.edited.value;
  const first = desk.branch.value.length === 0;
  const prompts = desk.config.mode === "prompts";
  const blocked = desk.blocked.value;
  const answering = desk.answering.value;
  return (
    <form
      class="rw-compose"
      aria-label="Write a turn"
      onSubmit={(event) => {
        event.preventDefault();
        void desk.send();
      }}
    >
      {edited && (
        <p class="rw-editing">
          <span>What you send stands beside this turn as another version; both are kept.</span>
          <Button class="rw-link" onClick={() => desk.edit(null)}>
            Give up the edit <Key>Esc</Key>
          </Button>
        </p>
      )}
      <Area
        hold={(node) => {
          composer.current = node;
        }}
        rows={2}
        most={220}
        value={text}
        aria-label={edited ? "Edited turn" : prompts && first ? "Prompt" : "Next turn"}
        aria-describedby={id}
        placeholder={prompts ? (first ? "Write a prompt" : "Go on, or judge on the side") : "Write your next turn"}
        onWrite={desk.write}
      />
      <div class="rw-compose-foot">
        <span id={id} class="rw-muted">
          {!isBlank(text) && blocked ? blocked : desk.spec.value?.note}
        </span>
        {answering ? (
          <Button class="rw-stop-answer" onClick={desk.stop}>
            Stop <Key>.</Key>
          </Button>
        ) : (
          <Button type="submit" class="rw-send" disabled={isBlank(text) || blocked !== null}>
            {prompts && first ? "Try it" : "Send"} <Key>Ctrl ↵</Key>
          </Button>
        )}
      </div>
      <Like />
    </form>
  );
}

const WHOSE: Record<Similar["whose"], string> = {
  own: "one of yours",
  other: "another author's",
  item: "an item of this study",
};

function Like() {
  const { desk } = useDesk();
  const found = desk.similar.value;
  if (!found.length) return null;
  return (
    <div class="rw-like">
      <p class="rw-warn">
        {found.length === 1 ? "Nearly the same as a prompt" : `Nearly the same as ${found.length} prompts`} that{" "}
        {found.length === 1 ? "is" : "are"} already there:
      </p>
      <ul>
        {found.slice(0, 3).map((one) => (
          <li key={`${one.conversation} ${one.text}`}>
            “{one.text}”{" "}
            <span class="rw-muted">
              {WHOSE[one.whose]}, {Math.round(100 * one.share)} % alike
            </span>{" "}
            {one.conversation !== null && (
              <Button class="rw-link" onClick={() => one.conversation && desk.go(one.conversation)}>
                open
              </Button>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
