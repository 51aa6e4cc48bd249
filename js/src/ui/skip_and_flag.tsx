/** Two small forms above the footer: why an item is skipped, and what is ambiguous about it. */

import { useEffect, useRef, useState } from "preact/hooks";
import { own } from "../keys";
import { Button } from "./button";
import { useView } from "./view";

export function SkipAndFlag() {
  const { form } = useView();
  return form.value === "skip" ? <Skip /> : form.value === "flag" ? <Flag /> : null;
}

function useFirstFocus() {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus({ preventScroll: true }), []);
  return field;
}

function Skip() {
  const view = useView();
  const [reason, setReason] = useState("");
  const [asked, setAsked] = useState(false);
  const field = useFirstFocus();
  const close = (): void => {
    view.form.value = null;
    view.focus(view.here.value?.id);
  };
  return (
    <form
      class="rw-form"
      aria-label="Skip this item"
      onSubmit={(event) => {
        event.preventDefault();
        setAsked(true);
        if (reason.trim()) void view.session.skip(reason.trim());
        else field.current?.focus();
      }}
    >
      <label>
        <span>Why skip it?</span>
        <input
          {...own}
          ref={field}
          value={reason}
          placeholder="e.g. not in my field, text is cut off"
          aria-invalid={asked && !reason.trim()}
          onInput={(event) => setReason(event.currentTarget.value)}
        />
      </label>
      {asked && !reason.trim() && <span class="rw-warn">Say why in a few words.</span>}
      <Button type="submit">Skip item</Button>
      <Button class="rw-quiet" onClick={close}>
        Cancel
      </Button>
    </form>
  );
}

function Flag() {
  const view = useView();
  const { session, form } = view;
  const field = useFirstFocus();
  const close = (): void => {
    form.value = null;
    view.focus(view.here.value?.id);
  };
  return (
    <form
      class="rw-form"
      aria-label="Flag as ambiguous"
      onSubmit={(event) => {
        event.preventDefault();
        close();
      }}
    >
      <label>
        <span>What is ambiguous?</span>
        <input
          {...own}
          ref={field}
          value={session.draft.value.note}
          placeholder="a note for whoever reads the flags; may stay empty"
          onInput={(event) => session.setFlag(true, event.currentTarget.value)}
        />
      </label>
      <Button type="submit">Done</Button>
      <Button
        class="rw-quiet"
        onClick={() => {
          session.setFlag(false, "");
          close();
        }}
      >
        Remove flag
      </Button>
    </form>
  );
}
