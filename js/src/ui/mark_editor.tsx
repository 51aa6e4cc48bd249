/** What a mark says: its category, severity, a note and a better wording. Keys alone suffice: a digit, a digit, Enter. */
import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { isTyping, own } from "../keys";
import type { CategorySpec, MarkValue, Named, SpansSpec } from "../scales/span_marks";
import { Button } from "./button";
import { Key } from "./key";

interface Props {
  spec: SpansSpec;
  /** "Mark 3", "New mark". */
  title: string;
  quote: string;
  /** undefined: nothing is marked until a category is chosen. */
  mark: MarkValue | undefined;
  /** False leaves the focus where it is: on a touch screen the handles of the selection stay. */
  focus: boolean;
  /** A digit that was pressed on the selection. */
  digit: string | undefined;
  onChange(change: Partial<MarkValue>): void;
  onCategory(category: string): void;
  /** Mark another part of the text instead; undefined where it has no place. */
  onMove: (() => void) | undefined;
  onDelete(): void;
  onDone(): void;
}

export function MarkEditor(props: Props) {
  const { spec, title, quote, mark, onChange, onCategory, onMove, onDelete, onDone } = props;
  const root = useRef<HTMLDivElement>(null);
  const [group, part] = mark?.category.split("/") ?? [];
  // A category with sub-categories is no answer yet.
  const [opened, setOpened] = useState<string | null>(null);
  const shown = opened ?? group;
  const category = spec.categories.find(({ name }) => name === shown);
  const parts = category?.subcategories ?? [];
  const [told, setTold] = useState<Named | null>(null);
  const id = useId();

  /** Where the keyboard goes after a choice. */
  const next = useRef<"category" | "part" | "severity" | "note" | null>(props.focus ? "category" : null);
  useLayoutEffect(() => {
    const place = next.current && root.current?.querySelector<HTMLElement>(`[data-step="${next.current}"]`);
    const target = place && (place.matches("textarea") ? place : place.querySelector<HTMLElement>('[tabindex="0"]'));
    // What comes next may not be there before the choice has gone through.
    if (!target || target.matches(":disabled")) return;
    next.current = null;
    target.focus({ preventScroll: true });
  });
  const after = (what: "part" | "severity" | "note"): void => {
    next.current = props.focus ? what : null;
  };
  const severityNext = spec.severities.length > 1 && !mark?.severity ? "severity" : "note";
  const choose = ({ name, subcategories }: CategorySpec): void => {
    if (subcategories?.length) {
      setOpened(name);
      after("part");
      return;
    }
    setOpened(null);
    after(severityNext);
    onCategory(name);
  };
  const choosePart = ({ name }: Named): void => {
    after(severityNext);
    setOpened(null);
    onCategory(`${shown}/${name}`);
  };
  useEffect(() => {
    const first = props.digit && spec.categories[Number(props.digit) - 1];
    if (first) choose(first);
  }, []);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.defaultPrevented) return;
    const typing = isTyping(event.target as HTMLElement);
    const combined = event.ctrlKey || event.metaKey || event.altKey;
    if (event.key === "Escape" || (event.key === "Enter" && !combined && !event.shiftKey && typing)) onDone();
    else if (typing || combined || event.key === "Tab") return;
    else if (event.key === "Delete" && mark) onDelete();
    // No letter of the widget acts while a mark is described.
    else if ((event.key.length > 1 && event.key !== "Backspace") || event.key === " " || event.key === "?") return;
    event.preventDefault();
  };
  const described = spec.categories.some((one) => tell(one) || one.subcategories?.some(tell));
  const chosen = parts.find(({ name }) => name === part && shown === group) ?? category;
  const about = told ?? chosen;
  return (
    <div ref={root} class="rw-mark-editor" role="dialog" aria-label={title} onKeyDown={onKeyDown}>
      <div class="rw-head">
        <p class="rw-mark-title">
          <b>{title}</b> {quote && <q dir="auto">{quote}</q>}
        </p>
        <Button class="rw-quiet" aria-label="Close" title="Close (Esc)" onClick={onDone}>
          ✕
        </Button>
      </div>
      <Group
        step="category"
        label="Category"
        options={spec.categories}
        chosen={shown}
        onChoose={choose}
        onTell={setTold}
      />
      {parts.length > 0 && (
        <Group
          step="part"
          label={`Kind of ${shown}`}
          short="Kind"
          options={parts}
          chosen={shown === group ? part : undefined}
          onChoose={choosePart}
          onTell={setTold}
        />
      )}
      {described && <p class="rw-mark-about rw-muted">{about ? tell(about) || "\u00a0" : "\u00a0"}</p>}
      {spec.severities.length > 1 && (
        <Group
          step="severity"
          label="Severity"
          options={spec.severities}
          chosen={mark?.severity ?? undefined}
          disabled={!mark}
          onChoose={({ name }) => {
            after("note");
            onChange({ severity: name });
          }}
          onTell={setTold}
        />
      )}
      {mark && (
        <div class="rw-mark-words">
          {(["note", "correction"] as const).map((name) => (
            <label key={name} for={`${id}-${name}`}>
              <span>{name === "note" ? "Note" : "Correction"}</span>
              <textarea
                {...own}
                id={`${id}-${name}`}
                data-step={name}
                rows={1}
                dir="auto"
                value={mark[name] as string}
                onInput={(event) => onChange({ [name]: event.currentTarget.value })}
              />
            </label>
          ))}
        </div>
      )}
      {mark && (
        <div class="rw-row rw-mark-foot">
          <Button class="rw-quiet" onClick={onDelete}>
            Delete
          </Button>
          {onMove && (
            <Button class="rw-quiet" title="Mark another part of the text instead" onClick={onMove}>
              Change the place
            </Button>
          )}
          <Button class="rw-done" onClick={onDone}>
            Done <Key>↵</Key>
          </Button>
        </div>
      )}
    </div>
  );
}

/** What a category means, with its examples. */
const tell = ({ description, examples = [] }: Named): string =>
  [description, examples.length ? `e.g. ${examples.join("; ")}` : ""].filter(Boolean).join(" · ");

interface GroupProps<Option extends Named> {
  step: string;
  label: string;
  short?: string;
  options: readonly Option[];
  chosen: string | undefined;
  disabled?: boolean;
  onChoose(option: Option): void;
  onTell(option: Named | null): void;
}

/** Radio buttons that arrows only go through: a choice is made with Space, Enter, a digit or a press. */
function Group<Option extends Named>({
  step,
  label,
  short = label,
  options,
  chosen,
  disabled,
  onChoose,
  onTell,
}: GroupProps<Option>) {
  const group = useRef<HTMLDivElement>(null);
  const [cursor, setCursor] = useState<number | null>(null);
  const set = options.findIndex(({ name }) => name === chosen);
  const at = Math.max(0, cursor ?? set);
  const go = (to: number): void => {
    setCursor(to);
    group.current?.querySelectorAll<HTMLElement>("[role]")[to]?.focus({ preventScroll: true });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || disabled) return;
    const move = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const digit = /^[1-9]$/.test(event.key) ? options[Number(event.key) - 1] : undefined;
    const here = event.key === "Enter" || event.key === " " ? options[at] : undefined;
    const option = digit ?? here;
    if (move) go((at + move + options.length) % options.length);
    else if (option) onChoose(option);
    else return;
    event.preventDefault();
  };
  return (
    <div ref={group} class="rw-mark-group" role="radiogroup" aria-label={label} data-step={step} onKeyDown={onKeyDown}>
      <span class="rw-muted" aria-hidden="true">
        {short}
      </span>
      <div class="rw-choices">
        {options.map((option, place) => (
          <Button
            role="radio"
            key={option.name}
            class="rw-choice"
            aria-checked={option.name === chosen}
            aria-description={tell(option) || undefined}
            disabled={disabled}
            tabIndex={place === at ? 0 : -1}
            data-value={option.name}
            onClick={() => {
              setCursor(place);
              onChoose(option);
            }}
            onFocus={() => onTell(option)}
            onBlur={() => onTell(null)}
            onPointerEnter={() => onTell(option)}
            onPointerLeave={() => onTell(null)}
          >
            {option.name}
            {place < 9 && <Key>{place + 1}</Key>}
          </Button>
        ))}
      </div>
    </div>
  );
}
