/** Marks in a text: made by selecting it, with the mouse or with a caret; listed here, drawn there. */
import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useId, useLayoutEffect, useRef } from "preact/hooks";
import type { ScaleSpec, Value } from "../protocol";
import type { ScaleControl } from "../scale.types";
import type { Mark, Means, TextId } from "../text/marks";
import { showMark } from "../text/marks_layer";
import { type Part, utf16 } from "../text/selection";
import { Button } from "../ui/button";
import { Key } from "../ui/key";
import { MarkEditor } from "../ui/mark_editor";
import { reveal, useView } from "../ui/view";
import { count } from "../ui/words";
import {
  brief,
  kindOf,
  lacks,
  levelOf,
  type MarkValue,
  marksOf,
  type SpansSpec,
  sumOf,
  textsOf,
  weightOf,
  weightWords,
  withMark,
  wordsOf,
} from "./span_marks";
import "./spans.css";

/** What is being described: a mark by its place in the list, or a part that none is on yet. */
interface Open {
  key: number;
  at?: number;
  text?: TextId;
  part?: Part;
  /** How it was come by, and so where the focus belongs. */
  means: Means | "list";
  digit?: string | undefined;
}

const same = (one: Part | undefined, { start, end }: Part): boolean => one?.start === start && one.end === end;

const Control: ScaleControl["Control"] = ({
  scale,
  value,
  notApplicable,
  onChange,
  label,
  describedBy,
  place,
  slot,
}) => {
  const spec = scale as SpansSpec;
  const view = useView();
  const { board, session } = view;
  const texts = textsOf(spec, place);
  const marks = notApplicable ? [] : marksOf(value);
  const none = !notApplicable && Array.isArray(value) && !value.length;
  const prefix = `m${useId()}-`;
  const open = useSignal<Open | null>(null);
  /** The mark that gets the next part that is selected. */
  const moving = useSignal<number | null>(null);
  const cursor = useSignal(0);
  const keys = useRef(0);
  const list = useRef<HTMLOListElement>(null);
  const hot = useComputed(() => board.hot.value);
  const sum = sumOf(spec, marks);

  const say = (words: string): void => {
    view.said.value = words;
  };
  const idOf = (at: number): string => prefix + at;
  const textOf = (target: string) => texts.find((text) => text.target === target);
  const openAt = (at: number, means: Open["means"]): void => {
    keys.current += 1;
    moving.value = null;
    cursor.value = at;
    open.value = { key: keys.current, at, means };
    board.hot.value = idOf(at);
    const mark = marks[at];
    const text = mark && textOf(mark.target);
    if (text && mark.start !== null && means === "list") showMark(board, text.id, idOf(at));
  };
  const focusRow = (at: number): void => {
    cursor.value = Math.max(0, at);
    requestAnimationFrame(() => {
      const row = list.current?.querySelectorAll<HTMLElement>(".rw-mark-row")[Math.max(0, at)];
      if (row) row.focus({ preventScroll: true });
      else view.focus(slot);
    });
  };
  const close = (): void => {
    const { at, means, text, part } = open.value ?? {};
    open.value = null;
    board.hot.value = null;
    const mark = at === undefined ? undefined : marks[at];
    const marked = mark ? textOf(mark.target) : texts.find(({ id }) => id === text);
    if (means === "keys" && marked) {
      const end = mark ? mark.end : part?.end;
      startCaret(marked.id, utf16(marked.text, end ?? 0));
    } else if (means === "list") focusRow(at ?? 0);
    else if (means === "pointer") view.reading.current?.focus({ preventScroll: true });
  };
  const edit = (at: number, change: Partial<MarkValue>): void =>
    onChange(marks.map((mark, place) => (place === at ? ({ ...mark, ...change } as MarkValue) : mark)) as Value);
  const remove = (at: number): void => {
    const left = marks.filter((_, place) => place !== at);
    const back = open.value?.means;
    open.value = null;
    // That nothing was found is an answer of its own.
    onChange(left.length ? left : undefined);
    say(`Mark ${at + 1} deleted. ${count(left.length, "mark")} left. Press u to undo.`);
    if (back === "pointer" || back === "keys") view.reading.current?.focus({ preventScroll: true });
    else focusRow(Math.min(at, left.length - 1));
  };
  const insert = (mark: MarkValue, others: readonly MarkValue[], means: Open["means"]): void => {
    const [next, at] = withMark(others, mark);
    // What became a mark is taken, however it was selected.
    board.selected.value = null;
    onChange(next);
    cursor.value = at;
    open.value = { ...(open.value ?? { key: ++keys.current, means }), at };
    board.hot.value = idOf(at);
    say(`Mark ${at + 1} of ${next.length}: ${kindOf(mark)}, ${brief(wordsOf(mark, texts), 80) || "without a place"}`);
  };
  const categorise = (category: string): void => {
    const now = open.value;
    if (!now) return;
    if (now.at !== undefined) {
      edit(now.at, { category });
      return;
    }
    const text = texts.find(({ id }) => id === now.text);
    if (!text) return;
    const severity = spec.severities.length === 1 ? (spec.severities[0]?.name ?? null) : null;
    const { start, end } = now.part ?? { start: null, end: null };
    insert({ target: text.target, start, end, category, severity, note: "", correction: "" }, marks, now.means);
  };
  const take = (text: TextId, part: Part, means: Means, digit?: string): void => {
    const before = open.value;
    if (before && before.at === undefined && before.text === text && same(before.part, part)) return;
    session.current.value = slot;
    const at = moving.value;
    const moved = at === null ? undefined : marks[at];
    moving.value = null;
    keys.current += 1;
    const target = texts.find(({ id }) => id === text)?.target;
    if (moved && at !== null && target) {
      open.value = { key: keys.current, means };
      insert(
        { ...moved, target, start: part.start, end: part.end },
        marks.filter((mark) => mark !== moved),
        means,
      );
    } else open.value = { key: keys.current, text, part, means, digit };
  };
  const startCaret = (id: TextId, from: number): void => {
    const at = texts.findIndex((text) => text.id === id);
    board.caret.value = {
      text: id,
      at: from,
      digits: true,
      take(part, digit) {
        board.caret.value = null;
        board.selected.value = null;
        current.current.take(id, part, "keys", digit);
      },
      ...(texts.length > 1 && { next: () => current.current.startCaret(texts[(at + 1) % texts.length]?.id ?? id, 0) }),
      leave(to) {
        board.caret.value = null;
        // A press in the text may begin the selection that a mark moves to.
        if (!to || !view.reading.current?.contains(to as Node)) moving.value = null;
        if (!to) view.focus(slot);
      },
    };
  };
  /** Mark what is selected, or let keys select. */
  const byKeys = (): void => {
    const selected = board.selected.value;
    if (selected && texts.some(({ id }) => id === selected.text)) {
      board.selected.value = null;
      take(selected.text, selected.part, "keys");
      return;
    }
    const before = marks[cursor.value];
    const text = (before && textOf(before.target)) ?? texts.at(-1);
    if (text) startCaret(text.id, utf16(text.text, before?.end ?? 0));
  };
  const withoutPlace = (): void => {
    keys.current += 1;
    open.value = { key: keys.current, text: texts.at(-1)?.id ?? "", means: "list" };
  };

  const press = (id: string): void => {
    const at = id.startsWith(prefix) ? Number(id.slice(prefix.length)) : Number.NaN;
    if (!marks[at]) return;
    session.current.value = slot;
    openAt(at, "pointer");
  };
  // The board is entered once and calls what holds now.
  const current = useRef({ take, press, startCaret });
  current.current = { take, press, startCaret };
  const able = texts.map(({ id }) => id).join(" ");
  useLayoutEffect(
    () =>
      board.enter({
        slot,
        texts: able ? able.split(" ") : [],
        take: (...given) => current.current.take(...given),
        press: (id) => current.current.press(id),
      }),
    [board, slot, able],
  );

  const now = open.value;
  const edited = now?.at === undefined ? undefined : marks[now.at];
  const gone = now?.at !== undefined && !edited;
  useEffect(() => {
    if (gone) open.value = null;
  }, [gone]);

  useLayoutEffect(() => {
    const drawn = new Map<TextId, Mark[]>(texts.map(({ id }) => [id, []]));
    marks.forEach((mark, at) => {
      const text = textOf(mark.target);
      if (!text || mark.start === null || mark.end === null) return;
      drawn.get(text.id)?.push({
        id: idOf(at),
        from: utf16(text.text, mark.start),
        to: utf16(text.text, mark.end),
        level: levelOf(spec, mark.severity),
        number: at + 1,
        words: kindOf(mark),
      });
    });
    const part = now?.at === undefined && now?.part;
    const text = part && texts.find(({ id }) => id === now?.text);
    if (part && text)
      drawn.get(text.id)?.push({
        id: `${prefix}new`,
        from: utf16(text.text, part.start),
        to: utf16(text.text, part.end),
        level: null,
        number: null,
        words: "new mark",
      });
    board.draw(slot, drawn);
  }, [board, slot, able, value, notApplicable, now]);

  const placed = edited ? edited.start !== null : now?.part !== undefined;
  const editor = now && !gone && (
    <MarkEditor
      key={now.key}
      spec={spec}
      title={edited ? `Mark ${(now.at ?? 0) + 1}` : "New mark"}
      quote={edited ? brief(wordsOf(edited, texts), 90) : brief(now.part?.text ?? "", 90)}
      mark={edited}
      focus={now.means !== "touch"}
      digit={now.digit}
      onChange={(change) => now.at !== undefined && edit(now.at, change)}
      onCategory={categorise}
      onMove={
        placed && edited
          ? () => {
              moving.value = now.at ?? null;
              open.value = null;
              const text = textOf(edited.target);
              if (text) startCaret(text.id, utf16(text.text, edited.start ?? 0));
            }
          : undefined
      }
      onDelete={() => now.at !== undefined && remove(now.at)}
      onDone={close}
    />
  );
  // Below the mark, in the pane where it is; a mark without a place is described here.
  const overText = edited ? textOf(edited.target)?.id : now?.text;
  useLayoutEffect(() => {
    if (!editor || !placed || !overText) return;
    board.over.value = {
      key: `${prefix}${now.key}`,
      mark: now.at === undefined ? `${prefix}new` : idOf(now.at),
      text: overText,
      selects: now.at === undefined && now.means !== "keys",
      content: editor,
      close: () => {
        open.value = null;
      },
    };
  });
  const over = Boolean(editor && placed);
  useLayoutEffect(() => {
    if (!over) return;
    return () => {
      if (board.over.peek()?.key.startsWith(prefix)) board.over.value = null;
    };
  }, [over, board, prefix]);
  useLayoutEffect(
    () => () => {
      board.caret.value = null;
    },
    [board],
  );

  const onRowKey = (event: KeyboardEvent, at: number): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const to = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      Home: 0,
      End: marks.length - 1,
    }[event.key];
    if (to !== undefined) {
      const next = Math.min(marks.length - 1, Math.max(0, to));
      cursor.value = next;
      const row = list.current?.querySelectorAll<HTMLElement>(".rw-mark-row")[next];
      row?.focus({ preventScroll: true });
      const text = marks[next] && textOf(marks[next].target);
      if (text && marks[next]?.start !== null) showMark(board, text.id, idOf(next));
    } else if (event.key === "Delete" || event.key === "Backspace") remove(at);
    else if (event.key === "Enter") openAt(at, "list");
    else return;
    event.preventDefault();
  };
  if (!texts.length)
    return (
      <p class="rw-warn">
        There is nothing to mark here: the rubric names {spec.targets.join(", ")}, which this item lacks.
      </p>
    );
  const first = Math.min(cursor.value, marks.length - 1);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out everywhere
    <div
      role="group"
      class={`rw-spans ${notApplicable ? "rw-off" : ""}`}
      aria-label={`${label}, ${notApplicable ? "not applicable" : value === undefined ? "not set" : said(spec, value)}`}
      aria-describedby={describedBy}
    >
      {marks.length > 0 && (
        <ol ref={list} class="rw-mark-list" aria-label={`Marks: ${label}`}>
          {marks.map((mark, at) => {
            const words = brief(wordsOf(mark, texts), 70);
            const weight = weightOf(spec, mark.category, mark.severity);
            const kind = kindOf(mark) + (spec.severities.length && !mark.severity ? ", severity missing" : "");
            const where = mark.target !== "response" ? `${textOf(mark.target)?.title ?? mark.target}: ` : "";
            return (
              <li key={at} class={hot.value === idOf(at) ? "rw-hot" : ""}>
                <Button
                  class="rw-mark-row"
                  tabIndex={at === first ? 0 : -1}
                  aria-current={now?.at === at || undefined}
                  aria-label={`Mark ${at + 1}: ${kind}, ${where}${words || "without a place"}${mark.note && `. Note: ${mark.note}`}${mark.correction && `. Better: ${mark.correction}`}`}
                  onClick={() => openAt(at, "list")}
                  onKeyDown={(event) => onRowKey(event, at)}
                  onFocus={() => {
                    cursor.value = at;
                    board.hot.value = idOf(at);
                  }}
                  onBlur={() => {
                    board.hot.value = null;
                  }}
                  onPointerEnter={() => {
                    board.hot.value = idOf(at);
                  }}
                  onPointerLeave={() => {
                    board.hot.value = null;
                  }}
                >
                  <span class={`rw-mark-no rw-grave-${levelOf(spec, mark.severity) ?? "new"}`}>{at + 1}</span>
                  <span class="rw-mark-what">
                    <span class="rw-mark-kind">{kindOf(mark)}</span>
                    {spec.severities.length > 0 && !mark.severity && <span class="rw-warn"> severity missing</span>}{" "}
                    <span class="rw-muted" dir="auto">
                      {where}
                      {words ? `“${words}”` : "without a place"}
                    </span>
                    {(mark.note || mark.correction) && (
                      <span class="rw-mark-more" dir="auto">
                        {mark.note}
                        {mark.correction && (
                          <>
                            {" "}
                            → <ins>{mark.correction}</ins>
                          </>
                        )}
                      </span>
                    )}
                  </span>
                  <span class="rw-mark-weight">{weight ?? "–"}</span>
                </Button>
                <Button
                  class="rw-quiet"
                  tabIndex={-1}
                  aria-label={`Delete mark ${at + 1}`}
                  title="Delete"
                  onClick={() => remove(at)}
                >
                  ✕
                </Button>
              </li>
            );
          })}
        </ol>
      )}
      {editor && !placed && (
        <div
          class="rw-mark-here"
          ref={(node) => {
            if (node) reveal(view.asking.current, node);
          }}
        >
          {editor}
        </div>
      )}
      {moving.value !== null && (
        <p>
          Select the new place of mark {moving.value + 1}.{" "}
          <Button
            class="rw-quiet"
            onClick={() => {
              moving.value = null;
            }}
          >
            Keep the old one
          </Button>
        </p>
      )}
      {!marks.length && !none && !notApplicable && (
        <p class={view.tried.value && view.missing.value.some((one) => one.slot.id === slot) ? "rw-warn" : "rw-muted"}>
          Select what you want to mark in {either(texts.map(({ title }) => `the ${title}`))}. If nothing is wrong, say
          so.
        </p>
      )}
      <div class="rw-mark-tools">
        {!marks.length && (
          <Button class="rw-choice" aria-pressed={none} data-key="0" onClick={() => onChange(none ? undefined : [])}>
            No errors found <Key>0</Key>
          </Button>
        )}
        <Button data-key="m" title="Select with the arrow keys what to mark" onClick={byKeys}>
          Mark by keys <Key>m</Key>
        </Button>
        <Button data-key="w" title="Something is missing, or the text as a whole is meant" onClick={withoutPlace}>
          Without a place <Key>w</Key>
        </Button>
      </div>
      {marks.length > 0 && (
        <p class="rw-mark-sum rw-muted">
          {sum === null ? "No weight yet" : <b>Weight {sum}</b>}
          {spec.severities.length > 0 && ` · each ${weightWords(spec)}`}
        </p>
      )}
    </div>
  );
};

/** "the prompt, the context or the response" */
const either = (names: string[]): string =>
  names.length > 1 ? `${names.slice(0, -1).join(", ")} or ${names.at(-1)}` : (names[0] ?? "");

function said(scale: ScaleSpec, value: Value): string {
  const spec = scale as SpansSpec;
  const marks = marksOf(value);
  const sum = sumOf(spec, marks);
  return marks.length ? `${count(marks.length, "mark")}${sum === null ? "" : ` · weight ${sum}`}` : "no errors found";
}

const spans: ScaleControl = {
  kind: "spans",
  Control,
  key: () => undefined,
  brief: said,
  text: (scale, value, place) => {
    const marks = marksOf(value);
    const texts = place ? textsOf(scale as SpansSpec, place) : [];
    const lines = marks.map((mark) => {
      const words = brief(wordsOf(mark, texts), 40);
      return kindOf(mark) + (words && ` “${words}”`) + (mark.correction && ` → ${brief(mark.correction, 40)}`);
    });
    return marks.length ? `${said(scale, value)}: ${lines.join("; ")}` : said(scale, value);
  },
  number: (scale, value) => sumOf(scale as SpansSpec, marksOf(value)),
  lacks: (scale, value) => lacks(scale as SpansSpec, marksOf(value)),
  chosen: (_scale, value) => {
    const names = marksOf(value).flatMap(({ category }) => [category, category.split("/")[0] ?? ""]);
    return names.length ? [...new Set(names)] : ["no errors found"];
  },
  wide: true,
  keys: () => "m, w, 0",
};
export default spans;
