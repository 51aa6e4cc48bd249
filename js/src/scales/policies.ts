/** Categories in groups, with severities: what an answer is, and what of it a search finds. */
import type { ScaleSpec, Value } from "../protocol";

export interface CategorySpec {
  name: string;
  description: string;
  examples?: string[];
  subcategories?: CategorySpec[];
}
export interface NominalSpec extends ScaleSpec {
  categories: CategorySpec[];
  multiple: boolean;
  /** Absent: none is an answer where several may be chosen. */
  none?: boolean | string;
  severities?: { name: string; description: string }[];
}
/** Something that an answer can name. */
export interface Leaf {
  /** "Violence/Threats": what an answer holds. */
  name: string;
  /** "Threats": what stands on its button. */
  title: string;
  group: string | null;
  category: CategorySpec;
}
/** A chosen category whose severity may be still to come. */
export interface Chosen {
  category: string;
  severity: string | null;
}

/** From so many categories on they are searched, and stand in groups that open. */
export const MANY = 12;

const leafOf = (category: CategorySpec, group: string | null): Leaf => ({
  name: group === null ? category.name : `${group}/${category.name}`,
  title: category.name,
  group,
  category,
});

export const partsOf = (category: CategorySpec): Leaf[] =>
  (category.subcategories ?? []).map((part) => leafOf(part, category.name));

export const leavesOf = (spec: NominalSpec): Leaf[] =>
  spec.categories.flatMap((one) => (one.subcategories?.length ? partsOf(one) : [leafOf(one, null)]));

/** Whether names with their descriptions beside them are all there is to show. */
export const isPlain = (spec: NominalSpec): boolean =>
  !spec.severities?.length &&
  spec.categories.length <= MANY &&
  spec.categories.every((one) => !one.examples?.length && !one.subcategories?.length);

/** The words for "none of these", where that is an answer. */
export function noneOf(spec: NominalSpec): string | null {
  if (typeof spec.none === "string") return spec.none;
  // Where nobody said, the rubric may have a category for it.
  const own = spec.categories.some(({ name }) => /^none\b/i.test(name.trim()));
  return (spec.none ?? (spec.multiple && !own)) ? "none of these" : null;
}

/** What is chosen, in the rubric's order. */
export function chosenIn(value: Value | undefined): Chosen[] {
  const listed = value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];
  return listed.flatMap((one) => {
    if (typeof one === "string") return [{ category: one, severity: null }];
    const { category, severity } = (one ?? {}) as { category?: Value; severity?: Value };
    return typeof category === "string" ? [{ category, severity: typeof severity === "string" ? severity : null }] : [];
  });
}

/** The answer of what is chosen: undefined where nothing is. */
function answerOf(spec: NominalSpec, chosen: Chosen[]): Value | undefined {
  const all = chosen.map(
    ({ category, severity }): Value => (spec.severities?.length ? { category, severity } : category),
  );
  return spec.multiple ? (all.length ? all : undefined) : all[0];
}

export const isNone = (value: Value | undefined): boolean => Array.isArray(value) && value.length === 0;

/** The answer after choosing a category, or switching it where several may be chosen. */
export function choose(spec: NominalSpec, value: Value | undefined, name: string): Value | undefined {
  const now = chosenIn(value);
  const known = now.find(({ category }) => category === name);
  if (!spec.multiple) return known ? value : answerOf(spec, [{ category: name, severity: null }]);
  const next = leavesOf(spec).flatMap((leaf): Chosen[] => {
    const before = now.find(({ category }) => category === leaf.name);
    if (leaf.name !== name) return before ? [before] : [];
    return before ? [] : [{ category: name, severity: null }];
  });
  return answerOf(spec, next);
}

/** None chosen; chosen again, the question is open again. */
export const chooseNone = (value: Value | undefined): Value | undefined => (isNone(value) ? undefined : []);

export const withSeverity = (
  spec: NominalSpec,
  value: Value | undefined,
  name: string,
  severity: string,
): Value | undefined =>
  answerOf(
    spec,
    chosenIn(value).map((one) => (one.category === name ? { ...one, severity } : one)),
  );

/** Leaves in whose name, group, description or examples every word is found; where names match, they come first. */
export function search(leaves: Leaf[], words: string): Leaf[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const has = (text: string): boolean => wanted.every((word) => text.toLowerCase().includes(word));
  const inName = leaves.filter(({ name }) => has(name));
  const elsewhere = leaves.filter(
    ({ name, category }) => !has(name) && has([name, category.description, ...(category.examples ?? [])].join(" ")),
  );
  return [...inName, ...elsewhere];
}

/** Chosen categories whose severity is still to come. */
export const withoutSeverity = (spec: NominalSpec, value: Value | undefined): Chosen[] =>
  spec.severities?.length ? chosenIn(value).filter(({ severity }) => severity === null) : [];
