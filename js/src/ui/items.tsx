/** The list of items: state, preview, filter and jump. Only the lines in sight exist, so 10,000 items cost nothing. */

import { useEffect, useId, useRef, useState } from "preact/hooks";
import { own } from "../keys";
import type { ItemState } from "../session.types";
import { Button } from "./button";
import { Panel } from "./panel";
import { useView } from "./view";
import { STATES } from "./words";

const ROW = 46;
/** From this width on, as in surroundings.css, a panel stands beside the text. */
const BESIDE = 1180;
const FILTERS: (ItemState | "all")[] = ["all", "unrated", "draft", "rated", "flagged", "skipped"];

export function Items({ onClose }: { onClose: () => void }) {
  const view = useView();
  const { session } = view;
  const total = session.total.value;
  const current = session.index.value;
  const [filter, setFilter] = useState<ItemState | "all">("all");
  const [scroll, setScroll] = useState({ top: 0, height: 480 });
  const [active, setActive] = useState(current);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();

  const counts: Record<string, number> = { all: total };
  const shown: number[] = [];
  for (let index = 0; index < total; index++) {
    const state = session.stateOf(index);
    counts[state] = (counts[state] ?? 0) + 1;
    if (filter === "all" || filter === state) shown.push(index);
  }
  const from = Math.max(0, Math.floor(scroll.top / ROW) - 4);
  const seen = shown.slice(from, from + Math.ceil(scroll.height / ROW) + 8);
  const first = seen[0] ?? 0;
  const last = seen[seen.length - 1] ?? -1;
  const at = shown.indexOf(active);

  useEffect(() => {
    if (last < first) return;
    // A filter can spread the lines in sight over the whole study: ask for no more than a page of it.
    const timer = setTimeout(() => session.wantPreviews(first, Math.min(last - first + 1, 200)), 60);
    return () => clearTimeout(timer);
  }, [session, first, last]);
  useEffect(() => {
    const pane = list.current;
    if (!pane) return;
    const height = pane.clientHeight || 480;
    pane.scrollTop = current * ROW - (height - ROW) / 2;
    setScroll({ top: pane.scrollTop, height });
    pane.focus({ preventScroll: true });
  }, []);
  useEffect(() => {
    const pane = list.current;
    if (!pane || at < 0) return;
    const height = pane.clientHeight || 480;
    if (at * ROW < pane.scrollTop) pane.scrollTop = at * ROW;
    else if ((at + 1) * ROW > pane.scrollTop + height) pane.scrollTop = (at + 1) * ROW - height;
  }, [at]);

  const go = (index: number): void => {
    void session.go(index);
    // Where the list covers the text it has done its work.
    if ((view.root.current?.clientWidth ?? 0) < BESIDE) onClose();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor(scroll.height / ROW) - 1);
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -total, End: total }[event.key];
    if (step) setActive(shown[Math.min(shown.length - 1, Math.max(0, at + step))] ?? active);
    else if (event.key === "Enter" || event.key === " ") {
      if (at >= 0) go(active);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <Panel title="Items" onClose={onClose}>
      <fieldset class="rw-filters" aria-label="Show items by state">
        {FILTERS.filter((name) => name === "all" || name === filter || counts[name]).map((name) => (
          <Button
            key={name}
            aria-pressed={filter === name}
            onClick={() => {
              setFilter(name);
              if (list.current) list.current.scrollTop = 0;
              setScroll({ ...scroll, top: 0 });
            }}
          >
            {name} {(counts[name] ?? 0).toLocaleString()}
          </Button>
        ))}
        <label>
          Go to{" "}
          <input
            {...own}
            class="rw-field"
            inputMode="numeric"
            autocomplete="off"
            placeholder="#"
            onKeyDown={(event) => {
              const wanted = Number(event.currentTarget.value);
              if (event.key === "Enter" && Number.isInteger(wanted) && wanted >= 1 && wanted <= total) go(wanted - 1);
            }}
          />
        </label>
      </fieldset>
      <div
        {...own}
        class="rw-scroll rw-items"
        role="listbox"
        aria-label="Items"
        aria-activedescendant={seen.includes(active) ? `${id}-${active}` : undefined}
        tabIndex={0}
        ref={list}
        style={{ "--rw-digits": String(total).length }}
        onScroll={(event) =>
          setScroll({ top: event.currentTarget.scrollTop, height: event.currentTarget.clientHeight || 480 })
        }
        onKeyDown={onKeyDown}
      >
        <div role="presentation" style={{ height: `${shown.length * ROW}px` }}>
          {seen.map((index, i) => {
            const { mark, word } = STATES[session.stateOf(index)];
            return (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the listbox handles the keys of its options
              // biome-ignore lint/a11y/useFocusableInteractive: the listbox holds the focus
              <div
                key={index}
                id={`${id}-${index}`}
                role="option"
                class={`rw-item rw-is-${word} ${index === active ? "rw-active" : ""}`}
                aria-selected={index === current}
                aria-posinset={from + i + 1}
                aria-setsize={shown.length}
                style={{ top: `${(from + i) * ROW}px` }}
                onClick={() => {
                  setActive(index);
                  go(index);
                }}
              >
                <span class="rw-mark" aria-hidden="true">
                  {mark}
                </span>
                <span class="rw-place-of">{index + 1}</span>
                <span class="rw-preview" dir="auto">
                  {session.previews.value.get(index) ?? ""}
                </span>
                <span class="rw-muted">{word}</span>
              </div>
            );
          })}
        </div>
        {!shown.length && <p class="rw-muted">No item is {filter}.</p>}
      </div>
    </Panel>
  );
}
