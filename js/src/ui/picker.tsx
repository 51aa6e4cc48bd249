/**
 * Categories to choose from, in groups, with what they mean on demand and a severity for each that is chosen. Digits choose
 * what stands beside them: a group, then what is in it, then a severity. Arrows move, Space chooses, x tells what the
 * category in focus means, / searches where they are many.
 */
import { useContext, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { own } from "../keys";

import type { ControlProps } from "../scale.types";
import {
  type Chosen,
  choose,
  chooseNone,
  chosenIn,
  isNone,
  type Leaf,
  leavesOf,
  MANY,
  type NominalSpec,
  noneOf,
  partsOf,
  search,
  withSeverity,
} from "../scales/policies";
import "../scales/nominal.css";
import { Button } from "./button";
import { Choices } from "./choices";
import { Compact } from "./compact";
import { Key } from "./key";
import { reveal, ViewContext } from "./view";

/** Where the keyboard goes once the choice has gone through. */
type Next = { stop: string } | { severity: string } | null;
const NONE = "\u0000none";
const HEAD = "\u0000group:";

export function Picker({ scale, value, notApplicable, onChange, label, describedBy }: ControlProps) {
  const spec = scale as NominalSpec;
  const view = useContext(ViewContext);
  const say = view?.said;
  const asking = view?.asking;
  const given = notApplicable ? undefined : value;
  const chosen = chosenIn(given);
  const leaves = leavesOf(spec);
  const many = leaves.length > MANY;
  // Few enough to be read at a glance: what they mean stands beside them, and examples are on demand.
  const beside = !useContext(Compact) && spec.categories.length <= 6 && leaves.length === spec.categories.length;
  const about = ({ category }: Leaf): { description: string; examples: string[] } | null => {
    const description = beside ? "" : category.description;
    const examples = category.examples ?? [];
    return description || examples.length ? { description, examples } : null;
  };
  const groupOf = (name: string): string | null => leaves.find((leaf) => leaf.name === name)?.group ?? null;
  const [words, setWords] = useState("");
  const [open, setOpen] = useState<string | null>(() => groupOf(chosen[0]?.category ?? ""));
  const [told, setTold] = useState<string | null>(null);
  const [at, setAt] = useState<string | null>(null);
  const root = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const next = useRef<Next>(null);
  const id = useId();

  const hits = words.trim() ? search(leaves, words) : null;
  const none = noneOf(spec);
  const isChosen = (name: string): boolean => chosen.some(({ category }) => category === name);
  const stops = (): HTMLElement[] => [...(root.current?.querySelectorAll<HTMLElement>("[data-stop]") ?? [])];

  useLayoutEffect(() => {
    const to = next.current;
    next.current = null;
    if (!to) return;
    const target =
      "stop" in to
        ? stops().find((each) => each.dataset.stop === to.stop)
        : [...(root.current?.querySelectorAll<HTMLElement>("[data-severity]") ?? [])]
            .find((each) => each.dataset.severity === to.severity)
            ?.querySelector<HTMLElement>('[tabindex="0"]');
    target?.focus({ preventScroll: true });
    if (target) reveal(asking?.current ?? null, target.closest<HTMLElement>(".rw-pick") ?? target);
  });

  /** A press of a key, on a button that has the focus or by its digit, is followed by the keyboard; the mouse is not. */
  const pick = (leaf: Leaf, byKey: boolean): void => {
    const news = !isChosen(leaf.name);
    if (byKey) next.current = news && spec.severities?.length ? { severity: leaf.name } : { stop: leaf.name };
    setAt(leaf.name);
    if (news && leaf.group) setOpen(leaf.group);
    onChange(choose(spec, given, leaf.name));
  };
  const toggle = (group: string, byKey: boolean): void => {
    const opens = open !== group;
    setOpen(opens ? group : null);
    const first = partsOf(spec.categories.find(({ name }) => name === group) ?? { name: "", description: "" })[0];
    const to = opens && byKey && first ? first.name : HEAD + group;
    setAt(to);
    if (byKey) next.current = { stop: to };
  };
  const tell = (name: string | null): void => {
    setTold(name);
    const leaf = leaves.find((each) => each.name === name);
    const more = leaf && about(leaf);
    if (say && more) say.value = inWords(more);
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = (event.target as HTMLElement).closest<HTMLElement>("[data-stop]");
    const all = stops();
    const here = target ? all.indexOf(target) : -1;
    const name = target?.dataset.stop ?? "";
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1, Home: -all.length, End: all.length }[
      event.key
    ];
    if (event.key === "/" && field.current) field.current.focus({ preventScroll: true });
    else if (here < 0) return;
    else if (step) all[Math.min(all.length - 1, Math.max(0, here + step))]?.focus({ preventScroll: true });
    else if (event.key === " " || (event.key === "Enter" && name.startsWith(HEAD))) target?.click();
    else if (event.key === "x" && leaves.some((leaf) => leaf.name === name && about(leaf)))
      tell(told === name ? null : name);
    else if (event.key === "Escape" && told !== null) setTold(null);
    else if (event.key === "Escape" && many && open !== null && !hits) toggle(open, true);
    else return;
    event.preventDefault();
  };

  const searching = (event: KeyboardEvent): void => {
    const first = hits?.[0];
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Enter" && first) {
      const switchedOff = isChosen(first.name) && spec.multiple;
      if (say) say.value = `${first.name} ${switchedOff ? "no longer chosen" : "chosen"}`;
      pick(first, true);
      setWords("");
    } else if (event.key === "ArrowDown") stops()[0]?.focus({ preventScroll: true });
    else if (event.key === "Escape" && words) setWords("");
    else if (event.key !== "Enter") return;
    event.preventDefault();
  };

  // In groups that open, digits mean the groups until one is open, and then what is in it.
  const entries = hits ? [] : spec.categories;
  let digit = 0;
  const nextDigit = (counts: boolean): string | undefined => (counts && digit < 9 ? String(++digit) : undefined);
  const inside = many && !hits && entries.some((one) => one.name === open && one.subcategories?.length);

  const shown = (leaf: Leaf): boolean => hits !== null || leaf.group === null || !many || leaf.group === open;
  const visible = [
    ...(many && !hits ? spec.categories.filter((one) => one.subcategories?.length).map((one) => HEAD + one.name) : []),
    ...(hits ?? leaves).filter(shown).map(({ name }) => name),
    ...(none !== null ? [NONE] : []),
  ];
  const tabbed =
    (at !== null && visible.includes(at) ? at : visible.find(isChosen)) ??
    (isNone(given)
      ? NONE
      : many && !hits && spec.categories[0]?.subcategories?.length
        ? HEAD + spec.categories[0].name
        : visible[0]);

  const stopAt = (name: string) => ({
    "data-stop": name,
    "data-first": tabbed === name || undefined,
    tabIndex: tabbed === name ? 0 : -1,
  });
  const option = (leaf: Leaf, press: string | undefined) => {
    const { name, title, group, category } = leaf;
    const more = about(leaf);
    const own = chosen.find(({ category: each }) => each === name);
    const isTold = told === name && more !== null;
    const descriptionId = `${id}-${leaves.indexOf(leaves.find((each) => each.name === name) as Leaf)}`;
    return (
      <div class="rw-pick" key={name}>
        <Button
          role={spec.multiple ? "checkbox" : "radio"}
          class={`rw-choice ${spec.multiple ? "rw-many" : ""}`}
          aria-checked={isChosen(name)}
          aria-describedby={isTold ? descriptionId : undefined}
          {...stopAt(name)}
          data-value={name}
          data-key={press}
          onFocus={() => setAt(name)}
          onClick={(event) => pick(leaf, event.detail === 0)}
        >
          <span class="rw-tick" />
          <span>
            {hits && group && <span class="rw-within">{group} / </span>}
            {title}
            {beside && category.description && <span class="rw-anchor"> {category.description}</span>}
          </span>
          {press && <Key>{press}</Key>}
        </Button>
        {more && (
          <Button
            class="rw-quiet rw-about"
            tabIndex={-1}
            aria-expanded={isTold}
            aria-controls={isTold ? descriptionId : undefined}
            aria-keyshortcuts="x"
            aria-label={`What ${title} means`}
            title={`What ${title} means (x)`}
            onClick={() => tell(isTold ? null : name)}
          >
            i
          </Button>
        )}
        {isTold && (
          <div class="rw-told" id={descriptionId}>
            {more.description && <p>{more.description}</p>}
            {more.examples.length ? (
              <ul aria-label="Examples">
                {more.examples.map((each) => (
                  <li key={each}>{each}</li>
                ))}
              </ul>
            ) : null}
          </div>
        )}
        {spec.severities?.length && own ? (
          <Severity
            spec={spec}
            name={name}
            severity={own.severity}
            onChoose={(severity, byDigit) => {
              if (byDigit) next.current = { stop: name };
              onChange(withSeverity(spec, given, name, severity));
            }}
            onLeave={() =>
              stops()
                .find((each) => each.dataset.stop === name)
                ?.focus({ preventScroll: true })
            }
          />
        ) : null}
      </div>
    );
  };

  const state = notApplicable ? ", not applicable" : given === undefined ? ", not set" : "";
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as these are
    <div
      ref={root}
      role="group"
      class={`rw-picker ${many ? "rw-grouped" : ""} ${notApplicable ? "rw-off" : ""}`}
      aria-label={label + state}
      aria-describedby={describedBy}
    >
      {many && (
        <div class="rw-search">
          <input
            {...own}
            ref={field}
            type="search"
            aria-label={`Search ${leaves.length} categories`}
            placeholder={`Search ${leaves.length} categories  /`}
            value={words}
            onInput={(event) => setWords(event.currentTarget.value)}
            onKeyDown={searching}
          />
          <span class="rw-muted" role="status">
            {hits && (hits.length ? `${hits.length} of ${leaves.length}, Enter chooses the first` : "none found")}
          </span>
        </div>
      )}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: keys of the buttons in it */}
      <div class="rw-pick-list" onKeyDown={onKeyDown}>
        {hits?.map((leaf) => option(leaf, nextDigit(true)))}
        {entries.map((entry) => {
          const parts = partsOf(entry);
          if (!parts.length) {
            const [leaf] = leavesOf({ ...spec, categories: [entry] });
            return leaf && option(leaf, nextDigit(!inside));
          }
          const isOpen = !many || open === entry.name;
          const within = chosen.filter(({ category }) => groupOf(category) === entry.name);
          const press = many ? nextDigit(!inside) : undefined;
          return (
            <div class={`rw-pick-group ${isOpen ? "rw-unfolded" : ""}`} key={entry.name}>
              {many ? (
                <Button
                  class="rw-pick-head"
                  aria-expanded={isOpen}
                  {...stopAt(HEAD + entry.name)}
                  data-key={press}
                  onFocus={() => setAt(HEAD + entry.name)}
                  onClick={(event) => toggle(entry.name, event.detail === 0)}
                >
                  <span class="rw-turn" aria-hidden="true" />
                  <span>{entry.name}</span>
                  {within.length > 0 && (
                    <span class="rw-within-chosen">{within.map((one) => summary(one, entry.name)).join(", ")}</span>
                  )}
                  {press && <Key>{press}</Key>}
                </Button>
              ) : (
                <p class="rw-pick-title">{entry.name}</p>
              )}
              {isOpen && (
                // biome-ignore lint/a11y/useSemanticElements: as above
                <div role="group" aria-label={entry.name} class="rw-pick-parts">
                  {entry.description && <p class="rw-muted">{entry.description}</p>}
                  {parts.map((leaf) => option(leaf, nextDigit(!many || inside)))}
                </div>
              )}
            </div>
          );
        })}
        {none !== null && (
          <div class="rw-pick rw-none">
            <Button
              role={spec.multiple ? "checkbox" : "radio"}
              class={`rw-choice ${spec.multiple ? "rw-many" : ""}`}
              aria-checked={isNone(given)}
              {...stopAt(NONE)}
              data-value={NONE}
              data-key="0"
              onFocus={() => setAt(NONE)}
              onClick={(event) => {
                if (event.detail === 0) next.current = { stop: NONE };
                onChange(chooseNone(given));
              }}
            >
              <span class="rw-tick" />
              <span>{none}</span>
              <Key>0</Key>
            </Button>
          </div>
        )}
      </div>
    </div>
  );
}

interface SeverityProps {
  spec: NominalSpec;
  name: string;
  severity: string | null;
  onChoose(severity: string, byDigit: boolean): void;
  onLeave(): void;
}

/** How grave a chosen category is. */
function Severity({ spec, name, severity, onChoose, onLeave }: SeverityProps) {
  const severities = spec.severities ?? [];
  const described = severities.filter(({ description }) => description);
  const [told, setTold] = useState(false);
  const id = useId();
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the buttons in it
    <div
      class="rw-severity"
      data-severity={name}
      onKeyDown={(event) => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        const named = /^[1-9]$/.test(event.key) ? severities[Number(event.key) - 1] : undefined;
        if (named) onChoose(named.name, true);
        else if (event.key === "x" && described.length) setTold(!told);
        else if (event.key === "Escape") onLeave();
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <Choices
        class="rw-choices"
        label={`Severity of ${name}`}
        value={severity ?? undefined}
        notApplicable={false}
        describedBy={id}
        onChoose={(one) => onChoose(String(one), false)}
        stops={severities.map((one, place) => ({
          value: one.name,
          class: "rw-choice",
          title: one.description || undefined,
          content: (
            <>
              {one.name} {place < 9 && <Key>{place + 1}</Key>}
            </>
          ),
        }))}
      />
      {described.length > 0 && (
        <Button
          class="rw-quiet rw-about"
          tabIndex={-1}
          aria-expanded={told}
          aria-keyshortcuts="x"
          aria-label={`What the severities mean: ${name}`}
          title="What the severities mean (x)"
          onClick={() => setTold(!told)}
        >
          i
        </Button>
      )}
      <dl class="rw-told" id={id} hidden={!told}>
        {described.map((one) => (
          <div key={one.name}>
            <dt>{one.name}</dt>
            <dd>{one.description}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

/** A chosen sub-category beside the name of its group. */
const summary = ({ category, severity }: Chosen, group: string): string =>
  category.slice(group.length + 1) + (severity ? ` (${severity})` : "");

/** What a category means, as it is said. */
const inWords = ({ description, examples }: { description: string; examples: string[] }): string =>
  [description, ...(examples.length ? [`Examples: ${examples.join("; ")}`] : [])].filter(Boolean).join(" ");
