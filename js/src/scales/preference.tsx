/** Which of two responses is better, and how much; pair by pair where an item has more than two. */
import { type Signal, signal } from "@preact/signals";
import { useLayoutEffect } from "preact/hooks";
import type { ScaleSpec, Value } from "../protocol";
import type { Place, ScaleControl } from "../scale.types";
import { Button } from "../ui/button";
import { Choices, type Stop } from "../ui/choices";
import { Key } from "../ui/key";
import { useView } from "../ui/view";
import "./preference.css";

interface Spec extends ScaleSpec {
  strength: number;
  tie: boolean;
  neither: boolean;
}
type Choice = "left" | "right" | "tie" | "neither";
interface Verdict {
  [field: string]: Value;
  left: string;
  right: string;
  choice: Choice;
  /** null where a verdict from elsewhere did not say. */
  strength: number | null;
}

const DEGREES: Record<number, string[]> = { 1: [""], 2: ["", "much"], 3: ["slightly", "", "much"] };
const degrees = (spec: Spec): string[] => DEGREES[Math.max(1, spec.strength)] ?? [""];
const verdicts = (value: Value | undefined): Verdict[] => (Array.isArray(value) ? (value as unknown as Verdict[]) : []);

/** What may be chosen of a pair, from the left one much better to the right one. */
function stopsOf(spec: Spec): { choice: Choice; strength: number }[] {
  const strengths = degrees(spec).map((_, at) => at + 1);
  return [
    ...[...strengths].reverse().map((strength) => ({ choice: "left" as const, strength })),
    ...(spec.tie ? [{ choice: "tie" as const, strength: 0 }] : []),
    ...strengths.map((strength) => ({ choice: "right" as const, strength })),
  ];
}

/** The pairs to judge, as keys of responses. */
function pairsOf({ item, asks }: Place): [string, string][] {
  const places = (asks as { pairs?: [number, number][] } | undefined)?.pairs ?? [[0, 1]];
  return places.flatMap(([left, right]): [string, string][] => {
    const [one, other] = [item.responses[left], item.responses[right]];
    return one && other ? [[one.key, other.key]] : [];
  });
}

const letters = ({ item }: Place, keys: readonly string[]): string[] =>
  keys.map((key) => String.fromCharCode(65 + item.responses.findIndex((response) => response.key === key)));

const of = (value: Value | undefined, [left, right]: readonly string[]): Verdict | undefined =>
  verdicts(value).find((verdict) => verdict.left === left && verdict.right === right);

/** Whether a pair has a whole verdict: who is better, and how much. */
const isJudged = (value: Value | undefined, pair: readonly string[]): boolean =>
  (of(value, pair)?.strength ?? null) !== null;

/** All verdicts after one more, in the order of the pairs. */
function withVerdict(value: Value | undefined, place: Place, verdict: Verdict): Value {
  return pairsOf(place).flatMap((pair) => {
    const [left, right] = pair;
    return verdict.left === left && verdict.right === right ? verdict : (of(value, pair) ?? []);
  }) as unknown as Value;
}

/** The first pair without a verdict; the last one where all have one. */
function nextOf(value: Value | undefined, place: Place): number {
  const pairs = pairsOf(place);
  const open = pairs.findIndex((pair) => !isJudged(value, pair));
  return open < 0 ? pairs.length - 1 : open;
}

/** A verdict in words: "A much better", "equal", "both bad". */
function words(
  spec: Spec,
  { choice, strength }: { choice: Choice; strength: number | null },
  [left, right]: string[],
): string {
  if (choice === "tie") return "equal";
  if (choice === "neither") return "both bad";
  const degree = strength === null ? "" : (degrees(spec)[strength - 1] ?? "");
  return `${choice === "left" ? left : right} ${degree ? `${degree} better` : "better"}`;
}

/** Which pair is shown, by item and slot: every view of an item, and the keys, look at the same one. */
const cursors = new Map<string, Signal<number>>();
let cursorsOf = "";

function cursorOf(place: Place, value: Value | undefined): Signal<number> {
  if (cursorsOf !== place.item.key) cursors.clear();
  cursorsOf = place.item.key;
  const known = cursors.get(place.slot) ?? signal(nextOf(value, place));
  cursors.set(place.slot, known);
  return known;
}

/** Give a verdict on the pair that is shown; a new one goes on to the next open pair. */
function judged(place: Place, value: Value | undefined, choice: Choice, strength: number): Value | undefined {
  const cursor = cursorOf(place, value);
  const pair = pairsOf(place)[cursor.value];
  if (!pair) return undefined;
  const next = withVerdict(value, place, { left: pair[0], right: pair[1], choice, strength });
  if (!isJudged(value, pair)) cursor.value = nextOf(next, place);
  return next;
}

const Control: ScaleControl["Control"] = ({ scale, value, notApplicable, onChange, label, describedBy, place }) => {
  const spec = scale as Spec;
  const view = useView();
  const pairs = pairsOf(place);
  const cursor = cursorOf(place, value);
  const current = Math.min(cursor.value, pairs.length - 1);
  const pair = pairs[current] ?? ["", ""];
  const several = pairs.length > 1;
  const names = letters(place, pair);
  const now = of(value, pair);
  const here = view.here.value?.id === place.slot;

  // Of many responses only the two that are compared now are there to be read.
  useLayoutEffect(() => {
    if (!several || !here) return;
    view.only.value = pair;
    return () => {
      if (view.only.value === pair) view.only.value = null;
    };
  }, [several, here, current, view]);
  const stops = stopsOf(spec);
  const chosen = now && !notApplicable ? `${now.choice}${now.strength}` : undefined;
  const line: Stop[] = stops.map(({ choice, strength }, place) => ({
    value: `${choice}${strength}`,
    class: "rw-choice rw-step",
    label: words(spec, { choice, strength }, names),
    content: (
      <>
        {words(spec, { choice, strength }, names)} <Key>{place + 1}</Key>
      </>
    ),
  }));
  const more: Stop[] = spec.neither
    ? [
        {
          value: "neither0",
          class: "rw-choice rw-step",
          label: "both bad",
          content: (
            <>
              Both bad <Key>b</Key>
            </>
          ),
        },
      ]
    : [];
  return (
    <div class="rw-preference">
      {several && (
        <div class="rw-pairs">
          <Button
            class="rw-quiet"
            aria-label={`${label}: previous pair`}
            disabled={current === 0}
            onClick={() => {
              cursor.value = current - 1;
            }}
          >
            ‹
          </Button>
          <span aria-live="polite">
            Pair {current + 1} of {pairs.length}: <b>{names[0]}</b> or <b>{names[1]}</b>
          </span>
          <Button
            class="rw-quiet"
            aria-label={`${label}: next pair`}
            disabled={current === pairs.length - 1}
            onClick={() => {
              cursor.value = current + 1;
            }}
          >
            ›
          </Button>
          <span class="rw-muted rw-grow">{verdicts(value).length} judged</span>
          <Button
            class="rw-quiet"
            aria-pressed={view.only.value === null}
            onClick={() => {
              view.only.value = view.only.value === null ? pair : null;
            }}
          >
            All responses
          </Button>
        </div>
      )}
      <Choices
        value={chosen}
        notApplicable={notApplicable}
        label={several ? `${label}, ${names.join(" or ")}` : label}
        describedBy={describedBy}
        class="rw-strengths"
        stops={[...line, ...more]}
        onChoose={(picked) => {
          const [, choice, strength] = /^([a-z]+)(\d)$/.exec(String(picked)) ?? [];
          onChange(judged(place, value, choice as Choice, Number(strength)));
        }}
      />
    </div>
  );
};

const preference: ScaleControl = {
  kind: "preference",
  Control,
  wide: true,
  between: true,
  key: (scale, value, pressed, place) => {
    if (!place) return undefined;
    const spec = scale as Spec;
    const stops = stopsOf(spec);
    const stop =
      pressed === "b" && spec.neither
        ? { choice: "neither" as const, strength: 0 }
        : /^[1-9]$/.test(pressed)
          ? stops[Number(pressed) - 1]
          : undefined;
    return stop && judged(place, value, stop.choice, stop.strength);
  },
  text: (scale, value, place) => {
    const spec = scale as Spec;
    const all = verdicts(value);
    if (!place) return `${all.length} judged`;
    return all
      .map((verdict) => {
        const names = letters(place, [verdict.left, verdict.right]);
        const said = words(spec, verdict, names);
        return pairsOf(place).length > 1 ? `${names.join("/")}: ${said}` : said;
      })
      .join("; ");
  },
  brief: (scale, value, place) => {
    const pairs = pairsOf(place).length;
    return pairs > 1 ? `${verdicts(value).length} of ${pairs} pairs` : preference.text(scale, value, place);
  },
  lacks: (_scale, value, place) => {
    const left = pairsOf(place).filter((pair) => !isJudged(value, pair)).length;
    return left ? `${left} ${left === 1 ? "pair" : "pairs"} left` : null;
  },
  chosen: (_scale, value) => verdicts(value).map((verdict) => verdict.choice),
  number: () => null,
  keys: (scale) => {
    const spec = scale as Spec;
    return `1 … ${stopsOf(spec).length}${spec.neither ? ", b" : ""}`;
  },
};
export default preference;
