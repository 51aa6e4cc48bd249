/** What stands beside or over the desk: the brief, one's conversations, the keys, the warning. */
import { useEffect, useRef, useState } from "preact/hooks";
import { own } from "../../keys";
import { Markdown } from "../../text";
import { Button } from "../../ui/button";
import { KeyList } from "../../ui/key_list";
import { Panel } from "../../ui/panel";
import { Sheet } from "../../ui/sheet";
import { when } from "../../ui/words";
import { keysOf } from "../keys";
import type { Summary } from "../protocol";
import { useDesk } from "./view";

export function Brief({ onClose }: { onClose: () => void }) {
  const { desk } = useDesk();
  const spec = desk.spec.value;
  return (
    <Panel title="Brief" onClose={onClose}>
      <section
        {...own}
        class="rw-scroll rw-guidelines"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling pane must be reachable by keyboard
        tabIndex={0}
        aria-label="Brief text"
      >
        {spec?.brief ? (
          <Markdown under={2} source={spec.brief} chunk={desk.chunk} />
        ) : (
          <p class="rw-muted">There is no brief.</p>
        )}
      </section>
      {desk.firstUse.value && (
        <div class="rw-start">
          <Button class="rw-primary" onClick={onClose}>
            Begin
          </Button>
        </div>
      )}
    </Panel>
  );
}

const MARKS: Record<Summary["state"], string> = { open: "◐", kept: "●", discarded: "↷" };

export function List({ onClose }: { onClose: () => void }) {
  const { desk } = useDesk();
  const [filter, setFilter] = useState<Summary["state"] | null>(null);
  const prompts = desk.config.mode === "prompts";
  const words: Record<Summary["state"], string> = {
    open: "open",
    kept: prompts ? "kept" : "submitted",
    discarded: "discarded",
  };
  const all = [...desk.list.value].reverse();
  const shown = filter ? all.filter(({ state }) => state === filter) : all;
  const top = useRef<HTMLElement>(null);
  useEffect(() => top.current?.querySelector<HTMLElement>("button")?.focus({ preventScroll: true }), []);
  return (
    <Panel title={prompts ? "Your prompts" : "Your conversations"} onClose={onClose}>
      {/* biome-ignore lint/a11y/useSemanticElements: buttons that narrow a list, no form */}
      <div class="rw-filters" role="group" aria-label="Show">
        {(["open", "kept", "discarded"] as const).map((state) => (
          <Button
            key={state}
            aria-pressed={filter === state}
            onClick={() => setFilter(filter === state ? null : state)}
          >
            {words[state]} {all.filter((one) => one.state === state).length}
          </Button>
        ))}
      </div>
      <nav class="rw-scroll rw-talks" aria-label={prompts ? "Prompts" : "Conversations"} ref={top}>
        {shown.map((one) => (
          <Button
            key={one.id}
            class={`rw-talk-line rw-is-${one.state}`}
            aria-current={one.id === desk.here.value ? "true" : undefined}
            onClick={() => {
              void desk.go(one.id);
              onClose();
            }}
          >
            <span class="rw-mark" aria-hidden="true">
              {MARKS[one.state]}
            </span>
            <span class="rw-preview">{one.first}</span>
            <span class="rw-muted">
              {one.outcome ?? words[one.state]} · {one.turns === 1 ? "1 turn" : `${one.turns} turns`} · {when(one.at)}
            </span>
          </Button>
        ))}
        {!shown.length && <p class="rw-muted">{all.length ? "None of these." : "Nothing was begun yet."}</p>}
      </nav>
      <div class="rw-start">
        <Button
          onClick={() => {
            void desk.fresh();
            onClose();
          }}
        >
          {prompts ? "New prompt" : "New conversation"}
        </Button>
      </div>
    </Panel>
  );
}

export function Keys({ onClose }: { onClose: () => void }) {
  const { desk, root } = useDesk();
  return (
    <Sheet title="Keys" onClose={onClose} root={root}>
      <KeyList groups={keysOf(desk.config.mode)} />
    </Sheet>
  );
}

export function Warning({ onClose }: { onClose: () => void }) {
  const { desk, root } = useDesk();
  return (
    <Sheet title="Before you begin" alert root={root}>
      <Markdown under={2} source={desk.spec.value?.warning ?? ""} chunk={desk.chunk} />
      <div class="rw-row">
        <Button class="rw-primary" onClick={onClose}>
          I understand, begin
        </Button>
      </div>
    </Sheet>
  );
}
