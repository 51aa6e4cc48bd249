/** Capabilities: those that the researcher names, and the author's own. */
import { useState } from "preact/hooks";
import { own } from "../../keys";
import { Button } from "../../ui/button";
import { Terms } from "./field";
import { useDesk } from "./view";

const LONGEST = 60;

export function Tags() {
  const { desk } = useDesk();
  const [typed, setTyped] = useState("");
  const known = desk.spec.value?.capabilities ?? [];
  const chosen = desk.said.value.capability;
  const extra = chosen.filter((tag) => !known.some(({ name }) => name === tag));
  const toggle = (tag: string): void =>
    desk.say({ capability: chosen.includes(tag) ? chosen.filter((one) => one !== tag) : [...chosen, tag] });
  const add = (): void => {
    const tag = typed.trim().slice(0, LONGEST);
    if (tag && !chosen.includes(tag)) toggle(tag);
    setTyped("");
  };
  return (
    <div class="rw-tags">
      {known.length > 0 && (
        <Terms
          field="capability"
          label="Capability"
          terms={known}
          value={chosen}
          multiple
          described={false}
          onChoose={toggle}
        />
      )}
      <div class="rw-own-tags">
        {extra.map((tag) => (
          <Button key={tag} class="rw-choice" aria-label={`Take away the tag ${tag}`} onClick={() => toggle(tag)}>
            {tag} <span aria-hidden="true">×</span>
          </Button>
        ))}
        <input
          {...own}
          aria-label="Add a tag of your own"
          placeholder={known.length ? "another tag" : "e.g. arithmetic, long context"}
          maxLength={LONGEST}
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.isComposing) return;
            event.preventDefault();
            add();
          }}
          onBlur={add}
        />
      </div>
    </div>
  );
}
