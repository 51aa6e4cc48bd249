import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { criteriaFault, NOTHING } from "../src/desk/judgement";
import { createDesk, type Desk } from "../src/desk/session";
import { branchOf, choiceOf, isBlank } from "../src/desk/tree";
import { StubDesk, specOf } from "./desk_stub";

let study = 0;
const opened: AbortController[] = [];

const stub = (mode: "prompts" | "red_team" = "prompts", changed = {}): StubDesk =>
  new StubDesk({ v: 1, study: "s", study_id: `desk-${study}`, rater: "ana", mode }, specOf(mode, changed));

function page(kernel = stub()): { kernel: StubDesk; desk: Desk; end: () => void } {
  const controller = new AbortController();
  opened.push(controller);
  return { kernel, desk: createDesk(kernel.model, controller.signal), end: () => controller.abort() };
}
const ready = (desk: Desk) => vi.waitFor(() => expect(desk.talk.value).not.toBeNull(), { timeout: 3000 });
const answered = (desk: Desk, count: number) =>
  vi.waitFor(() => expect(desk.branch.value.flatMap((turn) => turn.replies)).toHaveLength(count), { timeout: 3000 });

async function say(desk: Desk, text: string): Promise<void> {
  desk.write(text);
  expect(await desk.send()).toBe(true);
}

beforeEach(() => {
  study += 1;
  globalThis.indexedDB = new IDBFactory();
});
afterEach(() => {
  for (const controller of opened.splice(0)) controller.abort();
  vi.restoreAllMocks();
});

test("a turn is sent, acknowledged and answered, piece by piece", async () => {
  const { desk, kernel } = page();
  await ready(desk);
  await say(desk, "hello there");
  await answered(desk, 1);
  expect(desk.writing.value.text).toBe("");
  expect(desk.branch.value[0]?.replies[0]?.content).toBe("You said hello there");
  expect(desk.waiting.value).toBe(0);
  expect(desk.running.value.size).toBe(0);
  expect(kernel.of("submit")[0]?.event).toMatchObject({ what: "turn", parent: null, content: "hello there" });
  expect(desk.happened.value).toBe("The model has answered: 4 words");
});

test("a turn waits for the one before to be saved and answered", async () => {
  const { desk, kernel } = page();
  await ready(desk);
  kernel.answers = false;
  await say(desk, "one");
  desk.write("two");
  expect(desk.blocked.value).toMatch("still being saved");
  expect(await desk.send()).toBe(false);
  expect(desk.turns.value.map(({ waiting }) => waiting)).toEqual([true]);
  kernel.answers = true;
  kernel.replies = false;
  await vi.waitFor(() => expect(desk.waiting.value).toBe(0), { timeout: 9000 });
  expect(desk.blocked.value).toMatch("still answering");
  const [turn] = desk.turns.value;
  kernel.reply(desk.here.value, turn?.id ?? "", { status: "error", content: "", error: "ValueError: no" });
  await answered(desk, 1);
  expect(desk.blocked.value).toMatch("has no answer");
  desk.retry(turn?.id ?? "", null);
  await answered(desk, 2);
  expect(desk.blocked.value).toBeNull();
  expect(await desk.send()).toBe(true);
}, 15_000);

test("what was typed, edited and judged outlives the page", async () => {
  const kernel = stub();
  const first = page(kernel);
  await ready(first.desk);
  await say(first.desk, "one");
  await answered(first.desk, 1);
  first.desk.say({ reference: "the right one" });
  first.desk.write("half a sen");
  first.end();
  const second = page(kernel);
  await ready(second.desk);
  expect(second.desk.writing.value.text).toBe("half a sen");
  expect(second.desk.said.value.reference).toBe("the right one");
  expect(second.desk.branch.value.map(({ content }) => content)).toEqual(["one"]);
});

test("a turn that was never acknowledged is sent by the next page, once", async () => {
  const kernel = stub();
  const first = page(kernel);
  await ready(first.desk);
  kernel.answers = false;
  await say(first.desk, "one");
  first.end();
  kernel.answers = true;
  const second = page(kernel);
  await answered(second.desk, 1);
  expect(kernel.talks.size).toBe(1);
  expect(second.desk.branch.value.map(({ content }) => content)).toEqual(["one"]);
});

test("an edited turn stands beside the first, and either branch can be shown", async () => {
  const { desk } = page();
  await ready(desk);
  await say(desk, "one");
  await answered(desk, 1);
  await say(desk, "two");
  await answered(desk, 2);
  const [one, two] = desk.branch.value;
  desk.write("was being written");
  desk.edit(two?.id ?? "");
  expect(desk.writing.value.text).toBe("two");
  await say(desk, "two, edited");
  await vi.waitFor(() => expect(desk.branch.value.map(({ content }) => content)).toEqual(["one", "two, edited"]));
  desk.choose(one?.id ?? null, two?.id ?? "");
  expect(desk.branch.value.map(({ content }) => content)).toEqual(["one", "two"]);
  expect(desk.turns.value).toHaveLength(3);
});

test("an edit that is given up brings back what was being written", async () => {
  const { desk } = page();
  await ready(desk);
  await say(desk, "one");
  await answered(desk, 1);
  desk.write("was being written");
  desk.edit(desk.branch.value[0]?.id ?? "");
  desk.edit(null);
  expect(desk.writing.value).toEqual({ text: "was being written", edits: null });
});

test("a prompt is kept when nothing is missing, and the next one begins", async () => {
  const { desk, kernel } = page();
  await ready(desk);
  await say(desk, "one");
  await answered(desk, 1);
  expect(desk.lacks.value.map(({ text }) => text)).toEqual(["Whether the answer failed"]);
  expect(await desk.judge("kept")).toBe(false);
  const reply = desk.branch.value[0]?.replies[0]?.id ?? "";
  desk.say({ verdicts: { [reply]: { failed: true, why: "no" } } });
  expect(desk.lacks.value.map(({ text }) => text)).toEqual(["Why the answer failed"]);
  desk.say({ verdicts: { [reply]: { failed: true, why: "it is wrong" } } });
  const before = desk.here.value;
  expect(await desk.judge("kept")).toBe(true);
  await vi.waitFor(() => expect(desk.saved.value).toBe(1));
  expect(desk.here.value).not.toBe(before);
  expect(kernel.talks.get(before)?.judgement).toMatchObject({ decision: "kept", base: null });
  await desk.go(before);
  await ready(desk);
  expect(desk.changed.value).toBe(false);
  desk.say({ rationale: "a note" });
  expect(await desk.judge("kept")).toBe(true);
  await vi.waitFor(() => expect(kernel.talks.get(before)?.judgement?.rationale).toBe("a note"));
});

test("an attack that broke the model says where, how badly and why; one that did not takes both back", async () => {
  const { desk, kernel } = page(stub("red_team"));
  await ready(desk);
  await say(desk, "one");
  await answered(desk, 1);
  const reply = desk.branch.value[0]?.replies[0]?.id ?? "";
  desk.say({ goal: "g", strategy: ["role play"], outcome: "broke" });
  expect(desk.lacks.value.map(({ field }) => field)).toEqual(["broke", "severity", "rationale"]);
  desk.say({ broke: reply, severity: "low", rationale: "because" });
  expect(desk.lacks.value).toEqual([]);
  desk.say({ outcome: "held" });
  const before = desk.here.value;
  expect(await desk.judge("kept")).toBe(true);
  await vi.waitFor(() => expect(kernel.talks.get(before)?.judgement).toMatchObject({ broke: null, severity: null }));
});

test("a mark on another branch is to be made again on the one that is submitted", async () => {
  const { desk } = page(stub("red_team", { require: [] }));
  await ready(desk);
  await say(desk, "one");
  await answered(desk, 1);
  const [turn] = desk.branch.value;
  desk.say({ broke: turn?.replies[0]?.id ?? "", severity: "low", rationale: "because", outcome: "broke" });
  expect(desk.lacks.value).toEqual([]);
  desk.edit(turn?.id ?? "");
  await say(desk, "one, edited");
  await vi.waitFor(() => expect(desk.branch.value[0]?.replies[0]?.content).toBe("You said one, edited"));
  expect(desk.lacks.value.map(({ text }) => text)).toEqual(["The answer on this branch in which it broke"]);
  desk.choose(null, turn?.id ?? "");
  expect(desk.lacks.value).toEqual([]);
});

test("another tab's judgement is never overwritten without a word", async () => {
  const { desk, kernel } = page(stub("red_team", { require: [], rationale: specOf("red_team").rationale }));
  await ready(desk);
  await say(desk, "one");
  await answered(desk, 1);
  const conversation = desk.here.value;
  desk.say({ rationale: "mine it is" });
  const talk = kernel.talks.get(conversation);
  if (talk) talk.judgement_id = "another";
  await desk.judge("kept");
  await vi.waitFor(() => expect(desk.conflict.value?.mine.rationale).toBe("mine it is"));
  await desk.go(conversation);
  await ready(desk);
  expect(desk.said.value.rationale).toBe("mine it is");
  await desk.resolveConflict(true);
  await vi.waitFor(() => expect(kernel.talks.get(conversation)?.judgement?.rationale).toBe("mine it is"));
  expect(desk.conflict.value).toBeNull();
});

test("what another kernel has judged may be left as it stands", async () => {
  const { desk, kernel } = page(stub("red_team", { require: [], rationale: specOf("red_team").rationale }));
  await ready(desk);
  await say(desk, "one");
  await answered(desk, 1);
  const conversation = desk.here.value;
  desk.say({ rationale: "mine it is" });
  const talk = kernel.talks.get(conversation);
  const theirs = { ...NOTHING, base: null, decision: "discarded", leaf: null, seconds: 1, at: 1 } as const;
  if (talk) Object.assign(talk, { judgement: { ...theirs, rationale: "theirs" }, judgement_id: "another" });
  await desk.judge("kept");
  await vi.waitFor(() => expect(desk.conflict.value?.stands).toBe("discarded"));
  await desk.resolveConflict(false);
  await ready(desk);
  expect(desk.here.value).toBe(conversation);
  expect(desk.said.value.rationale).toBe("theirs");
  expect(desk.changed.value).toBe(false);
});

test("what the kernel refuses becomes a draft again, with the reason", async () => {
  const { desk, kernel } = page();
  await ready(desk);
  kernel.trouble = { retry: false, error: "a turn takes 1 to 10 characters" };
  await say(desk, "much too long");
  await vi.waitFor(() =>
    expect(desk.refused.value.map(({ error }) => error)).toEqual(["a turn takes 1 to 10 characters"]),
  );
  await vi.waitFor(() => expect(desk.writing.value.text).toBe("much too long"));
  kernel.trouble = null;
  await say(desk, "short");
  await answered(desk, 1);
  expect(desk.refused.value).toEqual([]);
});

test("an answer that is not saved yet says so until it is", async () => {
  const { desk, kernel } = page();
  await ready(desk);
  kernel.replies = false;
  await say(desk, "one");
  await vi.waitFor(() => expect(desk.turns.value[0]?.waiting).toBe(false));
  const turn = desk.turns.value[0]?.id ?? "";
  const reply = { id: "r", turn, slot: "A", content: "x", status: "ok", error: "", seconds: 1, attempt: 1 } as const;
  kernel.say({ v: 1, kind: "done", conversation: desk.here.value, reply, saved: false });
  expect(desk.unsaved.value.has("r")).toBe(true);
  kernel.say({ v: 1, kind: "done", conversation: desk.here.value, reply, saved: true });
  expect(desk.unsaved.value.has("r")).toBe(false);
  expect(desk.turns.value[0]?.replies).toHaveLength(1);
});

test("pieces that overlap with what a reload brought are shown once", async () => {
  const { desk, kernel } = page();
  await ready(desk);
  kernel.replies = false;
  await say(desk, "one");
  await vi.waitFor(() => expect(desk.turns.value[0]?.waiting).toBe(false));
  const place = { conversation: desk.here.value, turn: desk.turns.value[0]?.id ?? "", reply: "r" };
  kernel.say({ v: 1, kind: "begun", ...place, slot: "A", attempt: 1 });
  kernel.say({ v: 1, kind: "piece", ...place, at: 0, text: "abcd" });
  kernel.say({ v: 1, kind: "piece", ...place, at: 2, text: "cdef" });
  kernel.say({ v: 1, kind: "piece", ...place, at: 40, text: "lost" });
  expect(desk.running.value.get("r")?.text).toBe("abcdef");
});

test("near-duplicates are asked for when the writing pauses", async () => {
  const { desk, kernel } = page();
  await ready(desk);
  for (const text of ["name a", "name a moon", "name a moon of Saturn"]) desk.write(text);
  await vi.waitFor(() => expect(kernel.of("similar")).toHaveLength(1), { timeout: 3000 });
  const [asked] = kernel.of("similar");
  const found = [{ share: 0.8, whose: "own", text: "Name a moon", conversation: null }] as const;
  kernel.say({ v: 1, kind: "similar", conversation: desk.here.value, request: asked?.request ?? 0, found: [...found] });
  expect(desk.similar.value).toEqual(found);
  kernel.say({ v: 1, kind: "similar", conversation: desk.here.value, request: 99, found: [] });
  expect(desk.similar.value).toEqual(found);
});

test("a branch is the path of choices, or else of what came last; a cycle ends it", () => {
  const turn = (id: string, parent: string | null) => ({ id, parent, content: id, at: 0, replies: [] });
  const turns = [turn("a", null), turn("b", "a"), turn("c", "a"), turn("d", "b")];
  const ids = (choice: Record<string, string>) => branchOf(turns, choice).map(({ id }) => id);
  expect(ids({})).toEqual(["a", "c"]);
  expect(ids({ a: "b" })).toEqual(["a", "b", "d"]);
  expect(ids(choiceOf(turns, "d", {}))).toEqual(["a", "b", "d"]);
  expect(ids({ a: "gone" })).toEqual(["a", "c"]);
  expect(branchOf([turn("x", "y"), turn("y", "x")], {})).toEqual([]);
});

test("criteria that differ in case and blanks only are the same", () => {
  const criteria = (...texts: string[]) => texts.map((text, at) => ({ id: `c${at}`, text, points: 1 }));
  expect(criteriaFault(criteria("Names X", " names  x"))).toBe("Two criteria are the same");
  expect(criteriaFault(criteria("Groß", "GROSS"))).toBe("Two criteria are the same");
  expect(criteriaFault(criteria("Names X", "names xx"))).toBeNull();
});

test("what holds only blanks and characters that nobody sees is nothing", () => {
  expect([" \u200b\u2060\n", "", "\u00ad"].map(isBlank)).toEqual([true, true, true]);
  expect(isBlank("\u200bx")).toBe(false);
});
