/** Words that a rater writes: an editor with a preview, and the changes where it starts from another text. */
import { useContext, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { own } from "../keys";
import type { ScaleSpec, Value } from "../protocol";
import type { Place, ScaleControl } from "../scale.types";
import { Markdown } from "../text";
import { Diff } from "../text/diff";
import { Button } from "../ui/button";
import { Compact } from "../ui/compact";
import { Key } from "../ui/key";
import { useView } from "../ui/view";
import { count, lengthOf } from "../ui/words";
import "./text.css";

interface Spec extends ScaleSpec {
  min_length: number;
  max_length: number | null;
  starts_from: "response" | "reference" | "prompt" | "context" | null;
}
type Tab = "write" | "preview" | "changes";
/** Height of the editor at most, in pixels; a text longer than this many characters fills it, and is not laid out to find out. */
const TALLEST = 420;
const LONG = 20_000;
const WORDS: Record<Tab, string> = { write: "Write", preview: "Preview", changes: "Changes" };

/** What the editor begins with. */
function startOf(spec: Spec, { item, response, asks }: Place): string {
  switch (spec.starts_from) {
    case "response":
      return item.responses.find(({ key }) => key === response)?.text ?? "";
    case "reference":
      return (asks as { start?: string } | undefined)?.start ?? "";
    case "context":
      return item.context ?? "";
    case "prompt":
      return ([...item.prompt].reverse().find(({ role }) => role === "user") ?? item.prompt.at(-1))?.content ?? "";
    default:
      return "";
  }
}

const written = (value: Value | undefined): string | null => (typeof value === "string" ? value : null);

const Control: ScaleControl["Control"] = ({ scale, value, notApplicable, onChange, label, describedBy, place }) => {
  const spec = scale as Spec;
  const { session, said: announced } = useView();
  const rows = useContext(Compact);
  const start = startOf(spec, place);
  const text = written(value) ?? (notApplicable ? "" : start);
  const [tab, setTab] = useState<Tab>("write");
  const box = useRef<HTMLTextAreaElement>(null);
  const strip = useRef<HTMLDivElement>(null);
  const id = useId();
  const tabs: Tab[] = start ? ["write", "preview", "changes"] : ["write", "preview"];
  const length = lengthOf(text);
  const unset = written(value) === null;
  const lacks = unset ? null : said(spec, text);
  const begun = unset && start !== "" && !notApplicable;
  const asItIs = !unset && start !== "" && text === start;

  useLayoutEffect(() => {
    const node = box.current;
    if (!node) return;
    if (text.length > LONG) {
      node.style.height = `${TALLEST}px`;
      return;
    }
    node.style.height = "auto";
    if (node.scrollHeight) node.style.height = `${Math.min(node.scrollHeight + 2, TALLEST)}px`;
  }, [text, tab]);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) {
      const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length] as Tab;
      setTab(next);
      requestAnimationFrame(() => strip.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus());
    } else if (event.key === "w" || event.key === "Enter") {
      setTab("write");
      requestAnimationFrame(() => {
        box.current?.focus({ preventScroll: true });
        box.current?.setSelectionRange(box.current.value.length, box.current.value.length);
      });
    } else return;
    event.preventDefault();
  };
  return (
    <div class={`rw-writing ${notApplicable ? "rw-off" : ""}`}>
      <div
        ref={strip}
        role="tablist"
        aria-label={label}
        aria-describedby={describedBy}
        class="rw-tabs"
        onKeyDown={onKeyDown}
      >
        {tabs.map((each) => (
          <Button
            key={each}
            role="tab"
            class="rw-tab"
            aria-selected={tab === each}
            aria-controls={`${id}-panel`}
            tabIndex={tab === each ? 0 : -1}
            onClick={() => setTab(each)}
          >
            {WORDS[each]} {each === "write" && <Key>w</Key>}
          </Button>
        ))}
        {asItIs && <span class="rw-as-is rw-said">✓ Left as it is</span>}
        {begun && (
          <Button
            class="rw-quiet rw-as-is"
            onClick={() => {
              onChange(start);
              announced.value = `${label}: left as it is`;
              // The button goes away: the keyboard stays here.
              strip.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus({ preventScroll: true });
            }}
          >
            Leave it as it is
          </Button>
        )}
        {rows && unset && !notApplicable && <span class={`rw-said rw-unset ${begun ? "" : "rw-as-is"}`}>not set</span>}
      </div>
      <div id={`${id}-panel`} role="tabpanel" aria-label={`${label}: ${WORDS[tab]}`} class="rw-tab-panel">
        {tab === "write" ? (
          <textarea
            {...own}
            ref={box}
            rows={4}
            class={`rw-editor ${begun ? "rw-begun" : ""}`}
            dir="auto"
            aria-label={label}
            aria-describedby={`${id}-need ${describedBy}`}
            value={text}
            onInput={(event) => {
              const typed = event.currentTarget.value;
              onChange(typed === "" ? undefined : typed);
            }}
          />
        ) : tab === "preview" ? (
          text.trim() ? (
            <Markdown source={text} chunk={session.chunk} />
          ) : (
            <p class="rw-empty">Nothing written yet.</p>
          )
        ) : (
          <Diff before={start} after={text} chunk={session.chunk} show="both" other="the text it started from" />
        )}
      </div>
      <div class="rw-need" id={`${id}-need`}>
        <span class={lacks ? "rw-warn" : "rw-muted"}>
          {lacks ?? [begun && "Not set: change it, or leave it as it is", bounds(spec)].filter(Boolean).join(" · ")}
        </span>
        <span class={lacks ? "rw-warn" : "rw-muted"}>
          {spec.max_length ? `${length} / ${spec.max_length}` : count(length, "character")}
        </span>
      </div>
    </div>
  );
};

/** What is wrong with the length, in words; null where nothing is. */
function said(spec: Spec, text: string): string | null {
  const length = lengthOf(text);
  if (length < spec.min_length) return count(spec.min_length - length, "more character");
  if (spec.max_length !== null && length > spec.max_length)
    return `${count(length - spec.max_length, "character")} too many`;
  return null;
}

function bounds({ min_length: least, max_length: most }: Spec): string {
  if (least > 1 && most) return `${least} to ${count(most, "character")}`;
  if (most) return `At most ${count(most, "character")}`;
  return least > 1 ? `At least ${count(least, "character")}` : "";
}

const text: ScaleControl = {
  kind: "text",
  Control,
  wide: true,
  key: () => undefined,
  text: (_scale, value) => written(value) ?? "",
  brief: (_scale, value) => count(lengthOf(written(value) ?? ""), "character"),
  lacks: (scale, value) => said(scale as Spec, written(value) ?? ""),
  number: () => null,
  keys: () => "w or Enter to write, Esc to leave",
};
export default text;
