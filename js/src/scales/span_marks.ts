/** Marks as an answer holds them: what they weigh, how they read, where they belong. The other half is scales/spans.py. */
import type { ScaleSpec, Value } from "../protocol";
import type { Place } from "../scale.types";
import type { TextId } from "../text/marks";
import { utf16 } from "../text/selection";

export interface Named {
  name: string;
  description: string;
  examples?: string[];
}
export interface CategorySpec extends Named {
  subcategories?: Named[];
}
export interface SpansSpec extends ScaleSpec {
  categories: CategorySpec[];
  severities: Named[];
  /** By severity; by category, for all severities or for some. */
  weights: { [name: string]: number | { [severity: string]: number } };
  targets: ("prompt" | "context" | "response")[];
}
export interface MarkValue {
  [part: string]: Value;
  /** `response`, `context`, `prompt`, or `prompt[2]` in a conversation. */
  target: string;
  /** Unicode code points, end exclusive; null where the mark has no place. */
  start: number | null;
  end: number | null;
  category: string;
  severity: string | null;
  note: string;
  correction: string;
}

export const marksOf = (value: Value | undefined): MarkValue[] =>
  Array.isArray(value) ? (value as unknown as MarkValue[]) : [];

/** A text that can be marked: its name in marks, its name on the board, the text. */
export interface Markable {
  target: string;
  id: TextId;
  text: string;
  title: string;
}

/** In reading order, as `Spans.texts` has them. */
export function textsOf({ targets }: SpansSpec, { item, response }: Pick<Place, "item" | "response">): Markable[] {
  const found: Markable[] = [];
  const one = item.prompt.length === 1;
  if (targets.includes("prompt"))
    item.prompt.forEach(({ content, role }, at) => {
      const title = one ? "prompt" : `message ${at + 1} (${role})`;
      found.push({ target: one ? "prompt" : `prompt[${at}]`, id: `prompt:${at}`, text: content, title });
    });
  if (targets.includes("context") && item.context !== null)
    found.push({ target: "context", id: "context", text: item.context, title: "context" });
  const text = item.responses.find(({ key }) => key === response)?.text;
  if (targets.includes("response") && text !== undefined)
    found.push({ target: "response", id: `response:${response}`, text, title: "response" });
  return found;
}

/** As marks are numbered: text after text, from the beginning of each; those without a place last. */
export function inReadingOrder(marks: readonly MarkValue[]): MarkValue[] {
  const kinds = ["prompt", "context", "response"];
  const rank = ({ target, start, end }: MarkValue): number[] => {
    const [, name = "", at = "0"] = /^(\w+)(?:\[(\d+)\])?$/.exec(target) ?? [];
    return [kinds.indexOf(name), Number(at), start === null ? 1 : 0, start ?? 0, end ?? 0];
  };
  return [...marks].sort((one, other) => {
    const ranks = rank(other);
    return rank(one).reduce((order, each, at) => order || each - (ranks[at] ?? 0), 0);
  });
}

/** The mark among others where it belongs, and its place there. */
export function withMark(marks: readonly MarkValue[], mark: MarkValue): [marks: MarkValue[], at: number] {
  const next = inReadingOrder([...marks, mark]);
  return [next, next.indexOf(mark)];
}

/** The part of a text that a mark covers; empty where it has no place or its text is not there. */
export function wordsOf(mark: MarkValue, texts: readonly Markable[]): string {
  const text = texts.find(({ target }) => target === mark.target)?.text;
  return text === undefined || mark.start === null
    ? ""
    : text.slice(utf16(text, mark.start), utf16(text, mark.end ?? mark.start));
}

/** What a mark counts; null while its severity is needed for that and unknown. */
export function weightOf({ weights, severities }: SpansSpec, category: string, severity: string | null): number | null {
  for (const name of [category, category.split("/")[0] ?? ""]) {
    const own = weights[name];
    if (typeof own === "number") return own;
    const fitting = severity === null ? undefined : own?.[severity];
    if (fitting !== undefined) return fitting;
  }
  const general = severity === null ? undefined : weights[severity];
  return typeof general === "number" ? general : severities.length ? null : 1;
}

export function sumOf(spec: SpansSpec, marks: readonly MarkValue[]): number | null {
  let sum = 0;
  for (const { category, severity } of marks) {
    const weight = weightOf(spec, category, severity);
    if (weight === null) return null;
    sum += weight;
  }
  return Number(sum.toFixed(9));
}

/** What the severities weigh, in words: "minor 1, major 5". */
export const weightWords = ({ severities, weights }: SpansSpec): string =>
  severities.map(({ name }) => `${name} ${weights[name]}`).join(", ");

/** 0 lightest to 2 gravest among the scale's severities. */
export function levelOf({ severities }: SpansSpec, severity: string | null): 0 | 1 | 2 | null {
  if (!severities.length) return 1;
  const at = severities.findIndex(({ name }) => name === severity);
  if (at < 0) return null;
  return severities.length === 1 ? 1 : (Math.round((2 * at) / (severities.length - 1)) as 0 | 1 | 2);
}

/** "major Accuracy / Omission" */
export const kindOf = ({ category, severity }: MarkValue): string =>
  [severity, category.replace("/", " / ")].filter(Boolean).join(" ");

/** A text on one line and not too long. */
export function brief(text: string, most = 60): string {
  const line = Array.from(text.replace(/\s+/g, " ").trim());
  return line.length <= most ? line.join("") : `${line.slice(0, most - 1).join("")}…`;
}

/** What the marks still lack, in words. */
export function lacks(spec: SpansSpec, marks: readonly MarkValue[]): string | null {
  const open = marks.flatMap(({ severity }, at) => (spec.severities.length && severity === null ? [at + 1] : []));
  if (open.length) return `severity of mark ${open.join(", ")}`;
  const seen = new Map<string, number>();
  for (const [at, { target, start, end, category, severity }] of marks.entries()) {
    const key = JSON.stringify([target, start, end, category, severity]);
    const before = seen.get(key);
    if (before !== undefined) return `marks ${before} and ${at + 1} are the same`;
    seen.set(key, at + 1);
  }
  return null;
}
