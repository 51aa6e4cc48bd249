/** Responses in order, best first: by drag, by buttons or by digits; or only the best and the worst of them. */
import { useLayoutEffect, useRef } from "preact/hooks";
import { own } from "../keys";
import type { ScaleSpec, Value } from "../protocol";
import type { Place, ScaleControl } from "../scale.types";
import { Button } from "../ui/button";
import { Choices } from "../ui/choices";
import { Key } from "../ui/key";
import { useView } from "../ui/view";
import { useDrag } from "./ranking_drag";
import { type Drop, dropped, moved, type Order, rankOf, tied, without } from "./ranking_order";
import "./ranking.css";

interface Spec extends ScaleSpec {
  ties: boolean;
  partial: boolean;
  best_worst: boolean;
}
type Ends = { best?: string; worst?: string };

const orderOf = (value: Value | undefined): Order => (Array.isArray(value) ? (value as Order) : []);
const endsOf = (value: Value | undefined): Ends =>
  value && typeof value === "object" && !Array.isArray(value) ? (value as Ends) : {};
const keysOf = ({ item }: Place): string[] => item.responses.map(({ key }) => key);
const letter = (place: Place, key: string): string => String.fromCharCode(65 + keysOf(place).indexOf(key));
const asValue = (order: Order): Value | undefined => (order.length ? order : undefined);

/** A digit ranks a response after those that are ranked, or takes it out again. */
function pressed(value: Value | undefined, place: Place, digit: string): Value | null | undefined {
  const key = keysOf(place)[Number(digit) - 1];
  if (!key) return undefined;
  const order = orderOf(value);
  const next = order.some((group) => group.includes(key)) ? without(order, key) : [...order, [key]];
  return asValue(next) ?? null;
}

function withEnd(value: Value | undefined, end: "best" | "worst", key: string): Value {
  const other = end === "best" ? "worst" : "best";
  const before = endsOf(value);
  // Nothing is both: who becomes the best is no longer the worst.
  return { ...(before[other] && before[other] !== key ? { [other]: before[other] } : {}), [end]: key };
}

const Control: ScaleControl["Control"] = (props) =>
  (props.scale as Spec).best_worst ? <BestWorst {...props} /> : <Ordering {...props} />;

const BestWorst: ScaleControl["Control"] = ({ value, notApplicable, onChange, label, describedBy, place }) => (
  <div class="rw-ends">
    {(["best", "worst"] as const).map((end, row) => (
      <div key={end}>
        <span aria-hidden="true">{end === "best" ? "Best" : "Worst"}</span>
        <Choices
          value={endsOf(value)[end]}
          notApplicable={notApplicable}
          label={`${label}: ${end}`}
          describedBy={describedBy}
          class="rw-letters"
          stops={keysOf(place).map((key, at) => ({
            value: key,
            class: "rw-choice",
            label: `Response ${letter(place, key)}`,
            content: (
              <>
                {letter(place, key)} {!row && <Key>{at + 1}</Key>}
              </>
            ),
          }))}
          onChoose={(key) => onChange(withEnd(value, end, String(key)))}
        />
      </div>
    ))}
  </div>
);

const Ordering: ScaleControl["Control"] = ({ scale, value, notApplicable, onChange, label, describedBy, place }) => {
  const spec = scale as Spec;
  const view = useView();
  const list = useRef<HTMLOListElement>(null);
  const order = notApplicable ? [] : orderOf(value);
  const ranked = new Set(order.flat());
  // A row that is ranked is made anew elsewhere: the keyboard must be on it before the next key comes.
  const focused = activeIn(list.current)?.dataset.key;
  useLayoutEffect(() => {
    if (focused && !activeIn(list.current))
      list.current?.querySelector<HTMLElement>(`[data-key="${focused}"]`)?.focus({ preventScroll: true });
  });
  const open = keysOf(place).filter((key) => !ranked.has(key));
  const focusRow = (key: string): void => {
    requestAnimationFrame(() =>
      list.current?.querySelector<HTMLElement>(`[data-key="${key}"]`)?.focus({ preventScroll: true }),
    );
  };
  const said = (next: Order, key: string): void => {
    const at = next.findIndex((group) => group.includes(key));
    const group = next[at] ?? [];
    const others = group.filter((each) => each !== key).map((each) => letter(place, each));
    view.said.value =
      at < 0
        ? `Response ${letter(place, key)} not ranked`
        : `Response ${letter(place, key)} rank ${rankOf(next, at)} of ${ranked.size || 1}${others.length ? `, tied with ${others.join(", ")}` : ""}`;
  };
  /** What was pressed may go away with the change: the keyboard stays with the response. */
  const answer = (next: Order, key: string): void => {
    onChange(asValue(next));
    said(next, key);
    focusRow(key);
  };
  const move = (key: string, by: number): void => {
    const at = order.findIndex((group) => group.includes(key));
    const shared = (order[at]?.length ?? 0) > 1;
    // Out of a shared place first, then past the next one.
    const next = moved(order, key, shared && by > 0 ? at + 1 : shared ? at : at + by);
    answer(next, key);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const row = event.target as HTMLElement;
    const key = row.dataset.key;
    if (held && event.key === "Escape") {
      cancel();
      event.preventDefault();
      return;
    }
    if (!key || event.ctrlKey || event.metaKey) return;
    const step = { ArrowUp: -1, ArrowDown: 1, ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step && (event.shiftKey || event.altKey)) {
      if (ranked.has(key)) move(key, step);
      event.preventDefault();
    } else if (step) {
      const rows = [...(list.current?.querySelectorAll<HTMLElement>("[data-key]") ?? [])];
      rows[rows.indexOf(row) + step]?.focus({ preventScroll: true });
      event.preventDefault();
    } else if (event.key === "=" && spec.ties && ranked.has(key)) {
      answer(tied(order, key), key);
      event.preventDefault();
    } else if (event.key === " ") {
      answer(ranked.has(key) ? without(order, key) : [...order, [key]], key);
      event.preventDefault();
    }
  };
  const { held, handlers, cancel } = useDrag({
    list,
    pane: view.asking,
    order,
    ties: spec.ties,
    onDrop: (key, drop) => {
      const next = dropped(order, key, drop);
      if (JSON.stringify(next) !== JSON.stringify(order)) answer(next, key);
    },
  });
  const row = (key: string, at: number | null, first: boolean) => {
    const name = `Response ${letter(place, key)}`;
    const rank = at === null ? "not ranked" : `rank ${rankOf(order, at)}`;
    return (
      // biome-ignore lint/a11y/useSemanticElements: a row that can be moved is no set of fields
      <div
        {...own}
        key={key}
        role="group"
        aria-roledescription="movable response"
        aria-label={`${name}, ${rank}`}
        aria-describedby={describedBy}
        tabIndex={first ? 0 : -1}
        data-key={key}
        data-value={letter(place, key)}
        class={`rw-ranked ${at === null ? "rw-open" : ""} ${held?.key === key ? `rw-held ${held.drop ? "" : "rw-away"}` : ""}`}
        style={held?.key === key ? { transform: `translateY(${held.by}px)` } : undefined}
      >
        <span class="rw-letter" aria-hidden="true">
          {letter(place, key)}
        </span>
        <span class="rw-opening">{opening(place, key)}</span>
        {at === null ? (
          <Button
            class="rw-quiet"
            tabIndex={-1}
            aria-label={`${name}: put ${order.length ? "next" : "first"}`}
            onClick={() => answer([...order, [key]], key)}
          >
            Put {order.length ? "next" : "first"} <Key>{keysOf(place).indexOf(key) + 1}</Key>
          </Button>
        ) : (
          <span class="rw-moves">
            {spec.ties && (rankOf(order, at) > 1 || (order[at]?.length ?? 0) > 1) && (
              <Button
                class="rw-quiet"
                tabIndex={-1}
                aria-pressed={(order[at]?.length ?? 0) > 1}
                aria-label={`${name}: same rank as the one above`}
                title="Same rank as the one above (=)"
                onClick={() => answer(tied(order, key), key)}
              >
                =
              </Button>
            )}
            <Button
              class="rw-quiet"
              tabIndex={-1}
              aria-label={`${name}: up`}
              title="Up (Shift ↑)"
              onClick={() => move(key, -1)}
            >
              ↑
            </Button>
            <Button
              class="rw-quiet"
              tabIndex={-1}
              aria-label={`${name}: down`}
              title="Down (Shift ↓)"
              onClick={() => move(key, 1)}
            >
              ↓
            </Button>
            <Button
              class="rw-quiet"
              tabIndex={-1}
              aria-label={`${name}: out of the ranking`}
              title="Out of the ranking (Space)"
              onClick={() => answer(without(order, key), key)}
            >
              ✕
            </Button>
          </span>
        )}
      </div>
    );
  };
  const firstKey = order[0]?.[0] ?? open[0];
  return (
    <div class={`rw-ranking ${notApplicable ? "rw-off" : ""}`}>
      <ol ref={list} aria-label={`${label}, best first`} onKeyDown={onKeyDown} {...handlers}>
        {order.map((group, at) => (
          <li
            key={group.join()}
            data-group={group.join()}
            class={`${group.length > 1 ? "rw-tied" : ""} ${marked(held, order, at)}`}
          >
            <b class="rw-rank" aria-hidden="true">
              {rankOf(order, at)}
            </b>
            <div>{group.map((key) => row(key, at, key === firstKey))}</div>
          </li>
        ))}
        {!order.length && open.length > 0 && (
          <li class={`rw-first ${held?.drop ? "rw-drop-here" : ""}`} aria-hidden="true">
            Drag the best one here, or press its number
          </li>
        )}
        {open.length > 0 && (
          <li class={`rw-pool ${held?.drop === "out" ? "rw-drop-here" : ""}`}>
            <div>{open.map((key) => row(key, null, key === firstKey))}</div>
          </li>
        )}
      </ol>
    </div>
  );
};

/** How a ranked group shows that the dragged row would land above it, below it or in it. */
function marked(held: { key: string; drop: Drop | null } | null, order: Order, at: number): string {
  const group = order[at] ?? [];
  if (!held?.drop || held.drop === "out" || group.join() === held.key) return "";
  // Drops are counted without the dragged row.
  const place = at - (order.slice(0, at).some((each) => each.join() === held.key) ? 1 : 0);
  if ("with" in held.drop) return held.drop.with === place ? "rw-drop-here" : "";
  if (held.drop.before === place) return "rw-drop-above";
  return held.drop.before === without(order, held.key).length && held.drop.before === place + 1 ? "rw-drop-below" : "";
}

/** What has the focus inside an element, out of a shadow root too. */
function activeIn(node: HTMLElement | null): HTMLElement | null {
  const root = node?.getRootNode() as Document | ShadowRoot | undefined;
  const active = root?.activeElement as HTMLElement | null | undefined;
  return active && node?.contains(active) ? active : null;
}

/** The first words of a response, so that nobody ranks bare letters. */
function opening({ item }: Place, key: string): string {
  const text = item.responses.find((response) => response.key === key)?.text ?? "";
  const line = text.slice(0, 400).replace(/\s+/g, " ").trim();
  return line || "(empty)";
}

const ranking: ScaleControl = {
  kind: "ranking",
  Control,
  wide: true,
  between: true,
  key: (scale, value, key, place) => {
    if (!place || !/^[1-9]$/.test(key)) return undefined;
    if (!(scale as Spec).best_worst) return pressed(value, place, key);
    const chosen = keysOf(place)[Number(key) - 1];
    if (!chosen) return undefined;
    // The first digit is the best one, the next the worst, and then again.
    const ends = endsOf(value);
    return withEnd(value, ends.best && !ends.worst && ends.best !== chosen ? "worst" : "best", chosen);
  },
  text: (scale, value, place) => {
    const name = (key: string): string => (place ? letter(place, key) : "?");
    if ((scale as Spec).best_worst) {
      const { best, worst } = endsOf(value);
      return [best && `best ${name(best)}`, worst && `worst ${name(worst)}`].filter(Boolean).join(", ");
    }
    return orderOf(value)
      .map((group) => group.map(name).join(" = "))
      .join(" › ");
  },
  lacks: (scale, value, place) => {
    const spec = scale as Spec;
    if (spec.best_worst) {
      const { best, worst } = endsOf(value);
      return best && worst ? null : best ? "the worst one" : "the best one";
    }
    const left = keysOf(place).length - orderOf(value).flat().length;
    return spec.partial || left === 0 ? null : `${left} ${left === 1 ? "response" : "responses"} left to rank`;
  },
  chosen: () => [],
  number: () => null,
  keys: (scale) => {
    const spec = scale as Spec;
    if (spec.best_worst) return "1 … 8 (best, then worst)";
    return `1 … 9 in order, Shift ↑ ↓${spec.ties ? ", =" : ""}`;
  },
};
export default ranking;
