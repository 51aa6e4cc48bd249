import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { slotId } from "../src/asked";
import { createSession } from "../src/session";
import type { Session } from "../src/session.types";
import { StubKernel } from "./kernel_stub";

let study = 0;
const opened: AbortController[] = [];

function page(kernel = stub()): { kernel: StubKernel; session: Session; end: () => void } {
  const controller = new AbortController();
  opened.push(controller);
  return { kernel, session: createSession(kernel.model, controller.signal), end: () => controller.abort() };
}
const stub = (total = 4): StubKernel =>
  new StubKernel({ v: 1, study: "s", study_id: `study-${study}`, rater: "ana", total });
/** Another browser tab: it shares the storage and not the page's list of live sessions. */
function tab<T>(make: () => T): T {
  const list = Symbol.for("rubricwidgets.sessions");
  const before = Reflect.get(globalThis, list);
  Reflect.set(globalThis, list, undefined);
  sessionStorage.clear();
  const made = make();
  Reflect.set(globalThis, list, before);
  return made;
}
const slot = (index: number): string => slotId("accuracy", `answer-${index}`);
const shown = (session: Session, index: number) =>
  vi.waitFor(() => expect(session.item.value?.index ?? -1).toBe(index), { timeout: 3000 });

beforeEach(() => {
  study += 1;
  globalThis.indexedDB = new IDBFactory();
});
afterEach(() => {
  for (const controller of opened.splice(0)) controller.abort();
  vi.restoreAllMocks();
});

test("the first unrated item is shown, with nothing set", async () => {
  const { session } = page();
  await shown(session, 0);
  expect(session.connection.value).toBe("connected");
  expect(session.draft.value.answers).toEqual({});
  expect(session.missing.value.map((one) => one.text)).toEqual(["Accuracy"]);
});

test("a rating is sent, acknowledged and forgotten, and the next item is shown", async () => {
  const { session, kernel } = page();
  await shown(session, 0);
  session.set(slot(0), 4);
  expect(await session.submit()).toBe(true);
  await shown(session, 1);
  await vi.waitFor(() => expect(session.saved.value).toBe(1));
  expect(session.waiting.value).toBe(0);
  const [sent] = kernel.of("submit");
  expect(sent?.rating).toMatchObject({ index: 0, base: null, order: ["answer-0"], rubric: "hash", status: "rated" });
  expect(sent?.rating.answers).toEqual([
    { dimension: "accuracy", response: "answer-0", value: 4, not_applicable: false, rationale: "" },
  ]);
});

test("what is missing keeps the item on the screen", async () => {
  const { session, kernel } = page();
  await shown(session, 0);
  expect(await session.submit()).toBe(false);
  session.set(slot(0), 2);
  expect(session.missing.value[0]?.text).toBe("Rationale for Accuracy: 5 more characters");
  session.setRationale(slot(0), " 🙂🙂🙂🙂 ");
  expect(session.missing.value[0]?.text).toBe("Rationale for Accuracy: 1 more character");
  expect(await session.submit()).toBe(false);
  session.setRationale(slot(0), "🙂🙂🙂🙂!");
  expect(await session.submit()).toBe(true);
  expect(kernel.of("submit")).toHaveLength(1);
});

test("a silent kernel keeps nobody from rating, and gets everything when it answers", async () => {
  const { session, kernel } = page();
  await shown(session, 0);
  await vi.waitFor(() => expect(kernel.of("get").map((one) => one.index)).toEqual(expect.arrayContaining([1, 2, 3])));
  kernel.answers = false;
  for (const index of [0, 1, 2]) {
    await shown(session, index);
    session.set(slot(index), 3);
    expect(await session.submit()).toBe(true);
  }
  expect(session.waiting.value).toBe(3);
  expect(session.saved.value).toBe(0);
  kernel.answers = true;
  await vi.waitFor(() => expect(session.saved.value).toBe(3), { timeout: 9000 });
  expect(session.waiting.value).toBe(0);
  expect(kernel.ratings.size).toBe(3);
}, 15_000);

test("a rating that was never acknowledged is sent by the next page", async () => {
  const first = page();
  await shown(first.session, 0);
  first.kernel.answers = false;
  first.session.set(slot(0), 5);
  await first.session.submit();
  first.end();
  const second = page();
  await vi.waitFor(() => expect(second.kernel.of("submit")).toHaveLength(1), { timeout: 3000 });
  expect(second.kernel.of("submit")[0]?.rating.id).toBe(first.kernel.of("submit")[0]?.rating.id);
  await vi.waitFor(() => expect(second.session.saved.value).toBe(1));
  expect(JSON.parse(await second.session.exportWaiting()).ratings).toEqual([]);
  await shown(second.session, 1);
});

test("a draft outlives the page, and goes when it is submitted", async () => {
  const first = page();
  await shown(first.session, 0);
  first.session.set(slot(0), 2);
  first.session.setRationale(slot(0), "half a sen");
  first.end();
  const second = page();
  await vi.waitFor(() =>
    expect(second.session.draft.value.answers[slot(0)]).toMatchObject({ value: 2, rationale: "half a sen" }),
  );
  expect(second.session.stateOf(0)).toBe("draft");
  await second.session.submit();
  expect(second.session.stateOf(0)).toBe("rated");
  second.end();
  const third = page(second.kernel);
  await shown(third.session, 1);
  await third.session.go(0);
  await shown(third.session, 0);
  expect(third.session.stateOf(0)).toBe("rated");
  expect(third.session.draft.value.answers[slot(0)]).toMatchObject({ value: 2 });
});

test("a revision names the rating that it revises", async () => {
  const { session, kernel } = page();
  await shown(session, 0);
  session.set(slot(0), 4);
  await session.submit();
  await vi.waitFor(() => expect(session.saved.value).toBe(1));
  await session.go(0);
  await shown(session, 0);
  expect(session.draft.value.answers[slot(0)]?.value).toBe(4);
  session.set(slot(0), 5);
  await session.submit();
  const [first, second] = kernel.of("submit");
  expect(second?.rating.base).toBe(first?.rating.id);
  await shown(session, 1);
});

test("two tabs that rate the same item are told, and the rater chooses", async () => {
  const kernel = stub();
  const here = page(kernel);
  const there = tab(() => page(kernel));
  await shown(here.session, 0);
  await shown(there.session, 0);
  there.session.set(slot(0), 5);
  here.session.set(slot(0), 3);
  await here.session.submit();
  await vi.waitFor(() => expect(there.session.saved.value).toBe(1));
  expect(there.session.draft.value.answers[slot(0)]?.value).toBe(5);
  await there.session.submit();
  await vi.waitFor(() => expect(there.session.conflict.value?.theirs.answers[0]?.value).toBe(3));
  await there.session.resolveConflict("mine");
  await vi.waitFor(() => expect(kernel.item(0).rating?.answers[0]?.value).toBe(5));
  expect([...kernel.ratings.values()].map((one) => one.stale)).toEqual([false, true, false]);
});

test("an untouched item that another tab has rated shows that rating", async () => {
  const kernel = stub();
  const here = page(kernel);
  const there = tab(() => page(kernel));
  await shown(here.session, 0);
  await shown(there.session, 0);
  here.session.set(slot(0), 3);
  await here.session.submit();
  await vi.waitFor(() => expect(there.session.draft.value.answers[slot(0)]?.value).toBe(3));
});

test("a store that cannot write is said in words, and tried again", async () => {
  const { session, kernel } = page();
  await shown(session, 0);
  kernel.trouble = { retry: true, error: "no space left" };
  session.set(slot(0), 4);
  await session.submit();
  await vi.waitFor(() => expect(session.storeError.value).toBe("no space left"));
  expect(session.waiting.value).toBe(1);
  kernel.trouble = null;
  await vi.waitFor(() => expect(session.saved.value).toBe(1), { timeout: 9000 });
  expect(session.storeError.value).toBeNull();
}, 15_000);

test("a refused rating is kept with its reason, and its words are the draft again", async () => {
  const { session, kernel } = page();
  await shown(session, 0);
  kernel.trouble = { retry: false, error: "the rubric has changed" };
  session.set(slot(0), 4);
  await session.submit();
  await vi.waitFor(() => expect(session.refused.value[0]?.error).toBe("the rubric has changed"));
  expect(session.waiting.value).toBe(0);
  kernel.trouble = null;
  await session.go(0);
  await shown(session, 0);
  expect(session.draft.value.answers[slot(0)]?.value).toBe(4);
  await session.submit();
  await vi.waitFor(() => expect(session.refused.value).toEqual([]));
  await vi.waitFor(() => expect(session.saved.value).toBe(1));
});

test("without storage the screen waits for the acknowledgement, and says so", async () => {
  globalThis.indexedDB = {
    open: () => {
      throw new Error("denied");
    },
  } as never;
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const { session, kernel } = page();
  await shown(session, 0);
  expect(session.durable.value).toBe(false);
  kernel.answers = false;
  session.set(slot(0), 4);
  let moved = false;
  void session.submit().then(() => {
    moved = true;
  });
  await vi.waitFor(() => expect(kernel.of("submit")).toHaveLength(1));
  expect(moved).toBe(false);
  const leaving = new Event("beforeunload", { cancelable: true });
  window.dispatchEvent(leaving);
  expect(leaving.defaultPrevented).toBe(true);
  kernel.answers = true;
  kernel.answer(kernel.of("submit")[0] as never);
  await vi.waitFor(() => expect(moved).toBe(true));
});

test("undo takes back one change at a time, and a stretch of typing at once", async () => {
  const { session } = page();
  await shown(session, 0);
  session.set(slot(0), 1);
  session.set(slot(0), 2);
  for (const text of ["a", "ab", "abc"]) session.setRationale(slot(0), text);
  session.undo();
  expect(session.draft.value.answers[slot(0)]).toEqual({ value: 2, not_applicable: false, rationale: "" });
  session.undo();
  expect(session.draft.value.answers[slot(0)]?.value).toBe(1);
  session.undo();
  expect(session.draft.value.answers).toEqual({});
  expect(session.canUndo.value).toBe(false);
});

test("a skip carries its reason, and after the last item nothing is left", async () => {
  const { session, kernel } = page(stub(2));
  await shown(session, 0);
  await session.skip("not my field");
  await shown(session, 1);
  session.set(slot(1), 5);
  session.setFlag(true, "two readings");
  await session.submit();
  await vi.waitFor(() => expect(session.index.value).toBe(2));
  expect(session.item.value).toBeNull();
  const [skip, flagged] = kernel.of("submit");
  expect(skip?.rating).toMatchObject({ status: "skipped", reason: "not my field", answers: [] });
  expect(flagged?.rating).toMatchObject({ flagged: true, note: "two readings" });
  await vi.waitFor(() => expect([session.stateOf(0), session.stateOf(1)]).toEqual(["skipped", "flagged"]));
});

test("a kernel that never answers is called so, and one that ends is gone", async () => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
  try {
    const kernel = stub();
    kernel.answers = false;
    const { session, end } = page(kernel);
    expect(session.connection.value).toBe("connecting");
    vi.advanceTimersByTime(5000);
    expect(session.connection.value).toBe("unanswered");
    end();
    expect(session.connection.value).toBe("gone");
  } finally {
    vi.useRealTimers();
  }
});

test("a line that breaks is noticed, and an answer mends it", async () => {
  const { session, kernel } = page();
  await shown(session, 0);
  kernel.answers = false;
  kernel.emit("comm_live_update");
  expect(session.connection.value).toBe("gone");
  kernel.answers = true;
  kernel.answer({ v: 1, kind: "hello", tab: "", knows: [] });
  await vi.waitFor(() => expect(session.connection.value).toBe("connected"));
});

test("nothing of an ended session is left: no timer, no listener", async () => {
  const set = vi.spyOn(globalThis, "setInterval");
  const cleared = vi.spyOn(globalThis, "clearInterval");
  const { session, kernel, end } = page();
  await shown(session, 0);
  expect(kernel.listeners).toBeGreaterThan(0);
  end();
  expect(kernel.listeners).toBe(0);
  for (const { value } of set.mock.results) expect(cleared).toHaveBeenCalledWith(value);
  const sent = kernel.sent.length;
  window.dispatchEvent(new Event("online"));
  document.dispatchEvent(new Event("visibilitychange"));
  expect(kernel.sent.length).toBe(sent);
});

test("a newer session of the same page retires the older one, and takes its draft", async () => {
  const kernel = stub();
  const first = page(kernel);
  await shown(first.session, 0);
  first.session.set(slot(0), 3);
  const second = page(kernel);
  await vi.waitFor(() => expect(second.session.draft.value.answers[slot(0)]?.value).toBe(3));
  expect(first.session.connection.value).toBe("gone");
});
