/** The small parts: the clock, identities, drafts and chunks. */
import { expect, test, vi } from "vitest";
import { Chunks } from "../src/chunks";
import { Clock } from "../src/clock";
import { EMPTY, fromRating, sameDraft, withAnswer } from "../src/draft";
import { uuid } from "../src/uuid";

test("time counts between gestures up to the cap, and only while the page is seen", () => {
  let now = 0;
  let visible = true;
  const clock = new Clock(
    60,
    () => now,
    () => visible,
  );
  now = 30;
  clock.tick();
  expect(clock.seconds.value).toBe(0);
  clock.touched();
  now = 50;
  clock.tick();
  expect(clock.seconds.value).toBe(20);
  now = 500;
  clock.touched();
  expect(clock.seconds.value).toBe(60);
  visible = false;
  now = 510;
  clock.tick();
  expect(clock.seconds.value).toBe(60);
  visible = true;
  now = 520;
  clock.tick();
  expect(clock.seconds.value).toBe(70);
  clock.restart(3);
  expect(clock.seconds.value).toBe(3);
});

test("identities are UUIDs of version 4, also where the browser has no maker of them", () => {
  const pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  expect(uuid()).toMatch(pattern);
  const real = crypto.randomUUID;
  Object.defineProperty(crypto, "randomUUID", { value: undefined, configurable: true });
  try {
    expect(uuid()).toMatch(pattern);
    expect(uuid()).not.toBe(uuid());
  } finally {
    Object.defineProperty(crypto, "randomUUID", { value: real, configurable: true });
  }
});

test("an answer that is cleared and has no words is no answer", () => {
  const set = withAnswer(EMPTY, "a", { value: 3 });
  expect(set.answers.a).toEqual({ value: 3, not_applicable: false, rationale: "" });
  expect(withAnswer(set, "a", { value: undefined } as never)).toEqual(EMPTY);
  const worded = withAnswer(set, "a", { rationale: "why" });
  expect(withAnswer(worded, "a", { value: undefined } as never).answers.a).toEqual({
    not_applicable: false,
    rationale: "why",
  });
  expect(set).not.toBe(worded);
});

test("a draft is the same as the rating that it came from until something changes", () => {
  const rating = {
    answers: [{ dimension: "d", response: null, value: null, not_applicable: true, rationale: "" }],
    flagged: false,
    note: "",
  };
  const draft = fromRating(rating);
  expect(sameDraft(draft, fromRating(rating))).toBe(true);
  expect(sameDraft(withAnswer(draft, "d\u0000", { value: 1, not_applicable: false }), draft)).toBe(false);
});

test("a chunk is asked for once, and again after it failed", async () => {
  const ask = vi.fn();
  const importer = vi.fn().mockRejectedValueOnce(new Error("broken")).mockResolvedValue({ highlight: 1 });
  const chunks = new Chunks(ask, importer);
  const first = chunks.get("highlight");
  void chunks.get("highlight").catch(() => undefined);
  expect(ask).toHaveBeenCalledTimes(1);
  chunks.arrived("highlight", new Uint8Array([1]));
  await expect(first).rejects.toThrow("broken");
  const again = chunks.get("highlight");
  chunks.arrived("highlight", new Uint8Array([1]));
  expect(await again).toEqual({ highlight: 1 });
  expect(ask).toHaveBeenCalledTimes(2);
});

test("a chunk that came unasked is kept until it is wanted, and not asked for", async () => {
  const asked: string[] = [];
  const importer = vi.fn(async () => ({ default: 1 }));
  const chunks = new Chunks((name) => asked.push(name), importer);
  chunks.arrived("scale:thumb", new ArrayBuffer(1));
  expect(importer).not.toHaveBeenCalled();
  expect(await chunks.get("scale:thumb")).toEqual({ default: 1 });
  chunks.arrived("scale:thumb", new ArrayBuffer(1));
  await chunks.get("scale:thumb");
  expect(asked).toEqual([]);
  expect(importer).toHaveBeenCalledTimes(1);
});
