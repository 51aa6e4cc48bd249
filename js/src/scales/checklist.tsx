/** Criteria, each met or not: a row for each, y and n and x on the current one, a quote as evidence, a program's word after one's own. */
import { type Signal, signal } from "@preact/signals";
import { useContext, useEffect, useId, useLayoutEffect, useRef } from "preact/hooks";
import type { ScaleSpec, Value } from "../protocol";
import type { Place, ScaleControl } from "../scale.types";
import { utf16 } from "../text/selection";
import { Unveiled } from "../text/unveiled";
import { Button } from "../ui/button";
import { Compact } from "../ui/compact";
import { Key } from "../ui/key";
import { useQuote } from "../ui/quote";
import { reveal, useView } from "../ui/view";
import { count } from "../ui/words";
import {
  type ChecklistSpec,
  type Criterion,
  criteriaOf,
  type Entry,
  entriesOf,
  entryOf,
  isJudged,
  judged,
  type Met,
  pointsOf,
  pointsWords,
  type Quote,
  type Said,
  signed,
  VERDICTS,
  verdictWords,
  withEntry,
} from "./check_criteria";
import "./checklist.css";

/** What is remembered of a checklist beside its answer, by slot, while its item is shown: every view and the keys share it. */
interface Beside {
  /** Which row the keys go to. */
  cursor: Signal<number>;
  /** The row that a key has judged just now, on which the cursor may be no longer: a quote means it. */
  just: Signal<number | null>;
  /** By criterion, the rater's verdict from when they were shown the program's. */
  first: Map<string, Met>;
  /** The digit that was pressed last, where nothing came after it: 1 and then 2 is row 12. */
  digit: string;
  /** A key has moved the cursor, and the rows do not show it yet: what has the focus until then means nothing. */
  moving: boolean;
}
const beside = new Map<string, Beside>();
let besideOf = "";

function besideAt(place: Place, value: Value | undefined, spec: ScaleSpec): Beside {
  if (besideOf !== place.item.key) beside.clear();
  besideOf = place.item.key;
  const open = criteriaOf(spec, place).findIndex(({ id }) => !isJudged(entryOf(value, id)));
  const known = beside.get(place.slot) ?? {
    cursor: signal(Math.max(0, open)),
    just: signal(null),
    first: new Map(),
    digit: "",
    moving: false,
  };
  beside.set(place.slot, known);
  return known;
}

/** A key goes to a row. */
function moveTo(memory: Beside, at: number): void {
  if (at === memory.cursor.value) return;
  memory.moving = true;
  memory.cursor.value = at;
}

/** The answer after a verdict; the same object where that changes nothing. */
function withVerdict(value: Value | undefined, spec: ScaleSpec, place: Place, id: string, met: Met): Value | undefined {
  const before = entryOf(value, id);
  if (before?.met === met) return value;
  const { first } = besideAt(place, value, spec);
  return withEntry(value, criteriaOf(spec, place), id, judged(before, met, first.get(id)));
}

/** Key of the response that is quoted; null where the checklist is about several. */
const quoted = ({ response, item }: Place): string | null =>
  response ?? (item.responses.length === 1 ? (item.responses[0]?.key ?? null) : null);

/** What the program says: known for a saved answer, and otherwise told once there is a verdict. */
function saidOf(entry: Entry | undefined, found: { readonly [part: string]: unknown } | undefined): Said | undefined {
  if (!isJudged(entry)) return undefined;
  const told = found?.[entry.criterion] as Said | undefined;
  if (told) return told;
  return entry.machine === undefined ? undefined : { met: entry.machine, note: entry.note ?? "" };
}
const differs = (entry: Entry | undefined, said: Said): boolean => said.met !== null && said.met !== entry?.met;
const wordsOf = (said: Said): string =>
  said.met === null ? "cannot say" : `${said.met ? "met" : "not met"}${said.note ? ` · ${said.note}` : ""}`;

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
  const spec = scale as ChecklistSpec;
  const view = useView();
  const { session, board } = view;
  const criteria = criteriaOf(spec, place);
  const answer = notApplicable ? undefined : value;
  const memory = besideAt(place, answer, spec);
  const { cursor, first, just } = memory;
  const current = Math.min(cursor.value, criteria.length - 1);
  const list = useRef<HTMLOListElement>(null);
  const rows = useContext(Compact);
  const id = useId();
  const source = quoted(place);
  const quoting = useQuote(source);
  const able = spec.evidence && source !== null;
  const now = view.here.value?.id === slot;
  const found = session.suggested(slot);
  // Several responses: said once above, and once below.
  const responses = rows ? place.item.responses : [];
  const edge = {
    first: !rows || responses[0]?.key === place.response,
    last: !rows || responses.at(-1)?.key === place.response,
  };
  const checked = criteria.some(({ check }) => check);

  const focusRow = (at: number): void => {
    const row = list.current?.children[at];
    row?.querySelector<HTMLElement>('[tabindex="0"], [role="radio"]')?.focus({ preventScroll: true });
    if (row) reveal(view.asking.current, row as HTMLElement, row as HTMLElement, 70);
  };
  // The keyboard goes along with a row that keys have moved to. What the mouse presses has the focus, and never moves away.
  useLayoutEffect(() => {
    if (!memory.moving) return;
    memory.moving = false;
    const root = list.current?.getRootNode() as Document | ShadowRoot | undefined;
    if (list.current?.contains(root?.activeElement ?? null)) focusRow(current);
  }, [current]);

  // What a program says is asked for once the rater has spoken, and again where no answer came.
  const open = criteria.filter((one) => {
    const entry = entryOf(answer, one.id);
    return one.check && isJudged(entry) && !saidOf(entry, found);
  });
  const asked = JSON.stringify(open.map((one) => [one.id, entryOf(answer, one.id)?.met]));
  const connected = session.connection.value === "connected";
  useEffect(() => {
    if (!open.length || !connected) return;
    session.suggest(
      slot,
      open.map((one) => ({ criterion: one.id, met: entryOf(answer, one.id)?.met ?? null })) as Value,
    );
  }, [asked, connected, slot, place.item.key]);
  useLayoutEffect(() => {
    for (const one of criteria) {
      const entry = entryOf(answer, one.id);
      const said = saidOf(entry, found);
      if (!said || !isJudged(entry) || first.has(one.id)) continue;
      first.set(one.id, entry.before !== undefined ? entry.before : entry.met);
      // A saved answer's are no news.
      if (differs(entry, said) && entry.machine === undefined)
        view.said.value = `You said ${verdictWords(entry.met)}, the program says ${wordsOf(said)}: ${one.text}`;
    }
  }, [found, value]);

  // Quotes show in the text while this is what is being judged, and selecting there is for quotes then.
  useLayoutEffect(() => {
    if (!now || !able) return;
    return board.enter({
      slot,
      texts: [`response:${source}`],
      // The keys come back to the criterion: q quotes what is selected.
      take: (_text, _part, means) => {
        if (means === "pointer") view.focus(slot);
      },
      press: (mark) => {
        const at = mark.startsWith(`${id}-`) ? Number(mark.slice(id.length + 1)) : Number.NaN;
        if (!criteria[at]) return;
        cursor.value = at;
        requestAnimationFrame(() => focusRow(at));
      },
    });
  }, [now, able, slot, source, place.item.key]);
  useLayoutEffect(() => {
    if (!now || !able) return;
    const text = place.item.responses.find(({ key }) => key === source)?.text ?? "";
    const marks = criteria.flatMap((one, at) => {
      const quote = entryOf(answer, one.id)?.evidence;
      if (!quote || quote.start === null || quote.end === null) return [];
      const [from, to] = [utf16(text, quote.start), utf16(text, quote.end)];
      return [{ id: `${id}-${at}`, from, to, level: null, number: at + 1, words: one.text }];
    });
    board.draw(slot, new Map([[`response:${source}`, marks]]));
  }, [now, able, slot, source, value, notApplicable]);

  const judge = (at: number, met: Met): void => {
    const one = criteria[at];
    if (!one) return;
    just.value = null;
    cursor.value = at;
    onChange(withVerdict(answer, spec, place, one.id, met));
  };
  const change = (one: Criterion, evidence: Quote | null): void => {
    const { evidence: _, criterion: __, points: ___, ...rest } = entryOf(answer, one.id) ?? ({} as Partial<Entry>);
    const left = evidence ? { ...rest, evidence } : rest.met === undefined ? null : rest;
    onChange(withEntry(answer, criteria, one.id, left as Omit<Entry, "criterion" | "points"> | null));
  };
  const quote = (at: number): void => {
    const one = criteria[at];
    if (!one) return;
    // The one judged just now is quoted for, and the cursor stays on the next.
    if (just.value !== at) cursor.value = at;
    just.value = null;
    session.current.value = slot;
    quoting.take((part) => {
      if (part) {
        change(one, { start: part.start, end: part.end, text: part.text });
        view.said.value = `Quoted for criterion ${at + 1}: ${part.text}`;
      }
      view.focus(slot);
    }, entryOf(answer, one.id)?.evidence?.start ?? 0);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const one = criteria[current];
    const entry = one && entryOf(answer, one.id);
    const last = criteria.length - 1;
    const to = { ArrowDown: current + 1, ArrowUp: current - 1, Home: 0, End: last }[event.key];
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (to !== undefined) {
      just.value = null;
      moveTo(memory, Math.min(last, Math.max(0, to)));
    } else if (step) {
      const stops = verdictsOf(spec);
      const at = stops.findIndex(([met]) => isJudged(entry) && met === entry.met);
      const next = at < 0 ? (step > 0 ? 0 : stops.length - 1) : Math.min(stops.length - 1, Math.max(0, at + step));
      judge(current, stops[next]?.[0] ?? null);
      list.current?.children[current]
        ?.querySelectorAll<HTMLElement>('[role="radio"]')
        [next]?.focus({ preventScroll: true });
    } else if (event.key === "Delete" || event.key === "Backspace") {
      // The current row's alone: all of them at once is what the button is for.
      if (one && entry) onChange(withEntry(answer, criteria, one.id, null));
    } else return;
    memory.digit = "";
    event.preventDefault();
  };
  const state = notApplicable ? "not applicable" : progress(answer, criteria);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out everywhere
    <div
      role="group"
      class={`rw-checklist ${notApplicable ? "rw-off" : ""}`}
      aria-label={`${label}, ${state}`}
      aria-describedby={describedBy}
      onKeyDown={onKeyDown}
    >
      {rows && <p class="rw-muted rw-criteria-state">{state}</p>}
      {edge.first && (
        <p class="rw-muted rw-criteria-keys" aria-hidden="true">
          {verdictsOf(spec).map(([met, , key]) => (
            <span key={key}>
              <Key>{key}</Key> {met === null ? "N/A" : verdictWords(met)}
            </span>
          ))}
          {able && (
            <span>
              <Key>q</Key> quote{just.value === null ? "" : ` for ${just.value + 1}`}
            </span>
          )}
        </p>
      )}
      <ol class="rw-criteria" ref={list}>
        {criteria.map((one, at) => {
          const entry = entryOf(answer, one.id);
          const said = saidOf(entry, found);
          const here = at === current;
          const odd = said !== undefined && differs(entry, said);
          const owed = view.tried.value && one.required && !notApplicable && !isJudged(entry);
          return (
            <li
              key={one.id}
              data-criterion={one.id}
              class={`rw-criterion ${here ? "rw-here" : ""} ${isJudged(entry) ? "rw-judged" : ""}`}
              onFocusIn={() => {
                if (memory.moving) return;
                if (at !== cursor.value) just.value = null;
                cursor.value = at;
              }}
              onPointerDown={() => {
                just.value = null;
                cursor.value = at;
              }}
            >
              <span class="rw-criterion-no" aria-hidden="true">
                {at + 1}
              </span>
              <div class="rw-criterion-what" id={`${id}-what-${at}`} dir="auto">
                <p class={owed ? "rw-warn" : ""}>
                  <Unveiled text={one.text} />
                  {!one.required && <span class="rw-muted"> optional</span>}
                </p>
                {one.description && (
                  <p class="rw-muted">
                    <Unveiled text={one.description} />
                  </p>
                )}
                {entry?.evidence && (
                  <p class="rw-evidence">
                    <q>{entry.evidence.text}</q>
                    <Button
                      class="rw-quiet"
                      tabIndex={here ? undefined : -1}
                      aria-label={`Remove the quote for criterion ${at + 1}`}
                      title="Remove the quote"
                      onClick={() => {
                        change(one, null);
                        requestAnimationFrame(() => focusRow(at));
                      }}
                    >
                      ✕
                    </Button>
                  </p>
                )}
              </div>
              <span
                class="rw-criterion-points"
                title={`${count(one.points, "point")} for meeting it`}
                aria-hidden="true"
              >
                {signed(one.points)}
              </span>
              <div
                role="radiogroup"
                class="rw-verdicts"
                aria-label={`Criterion ${at + 1}: ${one.text}, ${count(one.points, "point")}, ${verdictWords(entry?.met)}`}
                aria-describedby={said ? `${id}-said-${at}` : undefined}
              >
                {verdictsOf(spec).map(([met, words, key], stop) => {
                  const chosen = isJudged(entry) && entry.met === met;
                  return (
                    <Button
                      key={key}
                      role="radio"
                      class="rw-verdict"
                      aria-checked={chosen}
                      data-value={words}
                      title={`${words} (${key})`}
                      tabIndex={here && (chosen || (!isJudged(entry) && stop === 0)) ? 0 : -1}
                      onClick={() => judge(at, met)}
                    >
                      {words}
                    </Button>
                  );
                })}
              </div>
              {able && (
                <Button
                  class="rw-quiet rw-quoting"
                  tabIndex={here ? undefined : -1}
                  data-key={at === (just.value ?? current) ? "q" : undefined}
                  aria-label={`Quote ${quoting.selected ? "the selection" : "the response"} for criterion ${at + 1}`}
                  title={
                    quoting.selected
                      ? "Quote what is selected (q)"
                      : "Quote the response: select words in it first, or by keys (q)"
                  }
                  aria-pressed={now && here && quoting.selected !== null ? true : undefined}
                  onClick={() => quote(at)}
                >
                  ❝
                </Button>
              )}
              {Boolean(one.check) && (
                <p class={`rw-machine ${odd ? "rw-warn" : "rw-muted"}`} id={`${id}-said-${at}`}>
                  {said && (
                    <>
                      {odd && <b aria-hidden="true">≠ </b>}
                      Program: {wordsOf(said)}
                    </>
                  )}
                </p>
              )}
            </li>
          );
        })}
      </ol>
      {edge.last && (
        <p class="rw-muted rw-criteria-rule">
          {ruleOf(criteria, spec)}
          {checked && " A program checks some of these too; what it says shows after your own verdict."}
        </p>
      )}
    </div>
  );
};

const verdictsOf = ({ inapplicable }: ChecklistSpec) => VERDICTS.filter(([met]) => inapplicable || met !== null);

/** How far it is, and what it comes to when it is complete. */
function progress(value: Value | undefined, criteria: readonly Criterion[]): string {
  const done = entriesOf(value).filter(isJudged).length;
  if (!done) return "not set";
  return leftOf(value, criteria) ? `${done} of ${criteria.length} judged` : pointsWords(entriesOf(value));
}

/** How many criteria still need a verdict. */
const leftOf = (value: Value | undefined, criteria: readonly Criterion[]): number =>
  criteria.filter(({ id, required }) => required && !isJudged(entryOf(value, id))).length;

/** How the verdicts become a number. */
function ruleOf(criteria: readonly Criterion[], { inapplicable }: ChecklistSpec): string {
  const parts = ["points of what is met over the points possible"];
  if (criteria.some(({ points }) => points < 0)) parts.push("negative points are taken off");
  if (inapplicable) parts.push("N/A counts for neither");
  return `Score: ${parts.join("; ")}.`;
}

const checklist: ScaleControl = {
  kind: "checklist",
  Control,
  wide: true,
  key: (scale, value, key, place) => {
    if (!place) return undefined;
    const criteria = criteriaOf(scale, place);
    const memory = besideAt(place, value, scale);
    const { cursor, digit } = memory;
    memory.digit = "";
    memory.just.value = null;
    if (/^\d$/.test(key)) {
      const both = Number(digit + key);
      const to = both <= criteria.length ? both : Number(key);
      if (to < 1 || to > criteria.length) return undefined;
      memory.digit = String(to);
      moveTo(memory, to - 1);
      return value ?? null;
    }
    const verdict = verdictsOf(scale as ChecklistSpec).find(([, , each]) => each === key);
    const one = criteria[Math.min(cursor.value, criteria.length - 1)];
    if (!verdict || !one) return undefined;
    const next = withVerdict(value, scale, place, one.id, verdict[0]);
    memory.just.value = cursor.value;
    moveTo(memory, Math.min(criteria.length - 1, cursor.value + 1));
    return next;
  },
  text: (scale, value, place) => {
    const criteria = criteriaOf(scale, place);
    const of = (met: Met): string =>
      criteria.flatMap(({ id }, at) => (entryOf(value, id)?.met === met ? at + 1 : [])).join(", ");
    const parts = VERDICTS.flatMap(([met]) => (of(met) ? `${verdictWords(met)}: ${of(met)}` : []));
    return [pointsWords(entriesOf(value)), ...parts].join("; ");
  },
  brief: (scale, value, place) => progress(value, criteriaOf(scale, place)),
  lacks: (scale, value, place) => {
    const left = leftOf(value, criteriaOf(scale, place));
    return left ? `${count(left, "criterion", "criteria")} left` : null;
  },
  chosen: (_scale, value) => entriesOf(value).flatMap(({ criterion, met }) => (met === true ? [criterion] : [])),
  number: (_scale, value) => {
    const { earned, possible } = pointsOf(entriesOf(value));
    return possible ? earned / possible : null;
  },
  keys: (scale) => {
    const { inapplicable, evidence } = scale as ChecklistSpec;
    return ["y", "n", ...(inapplicable ? ["x"] : []), ...(evidence ? ["q (quote, for the one just judged)"] : [])].join(
      ", ",
    );
  },
};
export default checklist;
