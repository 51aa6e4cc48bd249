import { act, cleanup, fireEvent, render, screen, within } from "@testing-library/preact";
import { afterEach, describe, expect, it, vi } from "vitest";
import { dimension, fakeSession, type Options, RUBRIC } from "../demo/fake";
import { findHits } from "../src/ui/guidelines";
import { App } from "../src/widgets/rating";

function open(options: Options = {}) {
  const fake = fakeSession(options);
  const { container } = render(<App session={fake.session} />);
  const root = container.querySelector<HTMLElement>(".rw");
  if (!root) throw new Error("the screen did not open");
  act(() => root.querySelector<HTMLElement>('.rw-control [tabindex="0"]')?.focus());
  return { ...fake, root };
}
async function press(key: string, more: KeyboardEventInit = {}): Promise<void> {
  await act(async () => {
    fireEvent.keyDown(document.activeElement ?? document.body, { key, ...more });
    await new Promise((done) => requestAnimationFrame(() => done(undefined)));
  });
}
const values = (session: ReturnType<typeof fakeSession>["session"]) =>
  Object.fromEntries(
    session.slots.value.map(({ id, dimension: { name } }) => [name, session.draft.value.answers[id]?.value]),
  );

afterEach(cleanup);

describe("an item by keyboard alone", () => {
  it("is rated, with a required rationale, and leads to the first control of the next", async () => {
    const { session, submitted, root } = open();
    await press("4");
    await press("j");
    await press("2");
    await press("Enter");
    expect(document.activeElement?.tagName).toBe("TEXTAREA");
    fireEvent.input(document.activeElement as Element, { target: { value: "Four sentences, three were asked for" } });
    await press("Escape");
    await press("j");
    act(() => session.set(session.slots.value[2]?.id ?? "", 70));
    await press("j");
    await press("y");
    await press("Enter", { ctrlKey: true });
    expect(submitted).toHaveLength(1);
    expect(session.index.value).toBe(13);
    expect(root.querySelector('[data-dimension="accuracy"]')?.contains(document.activeElement)).toBe(true);
    expect(screen.getByText("Item 14 of 40")).toBeTruthy();
    await press("5");
    expect(values(session).accuracy).toBe(5);
  });

  it("can be taken back, marked not applicable and cleared", async () => {
    const { session } = open();
    await press("4");
    await press("3");
    await press("u");
    expect(values(session).accuracy).toBe(4);
    await press("Backspace");
    expect(values(session).accuracy).toBeUndefined();
    await press("j");
    await press("a");
    expect(session.draft.value.answers[session.slots.value[1]?.id ?? ""]?.not_applicable).toBe(true);
  });

  it("keeps letters for the text while a rationale is written", async () => {
    const { session } = open();
    await press("r");
    expect(document.activeElement?.tagName).toBe("TEXTAREA");
    for (const key of ["g", "s", "5", "?", "]"]) await press(key);
    expect(session.index.value).toBe(12);
    expect(values(session).accuracy).toBeUndefined();
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it("goes to what is missing when it is submitted too early, and names it", async () => {
    const { session } = open();
    await press("4");
    await press("Enter", { ctrlKey: true });
    expect(session.index.value).toBe(12);
    expect(screen.getByText(/^Not submitted. Missing: Instruction following/)).toBeTruthy();
    expect(document.activeElement?.closest("[data-dimension]")?.getAttribute("data-dimension")).toBe(
      "instruction_following",
    );
    expect(screen.getAllByText("answer needed").length).toBe(3);
  });

  it("shows every key on ?, and Esc closes only what is on top", async () => {
    open();
    await press("g");
    await press("?");
    expect(screen.getByRole("dialog", { name: "Keys" })).toBeTruthy();
    await press("Escape");
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(screen.getByRole("complementary", { name: "Guidelines" })).toBeTruthy();
    await press("Escape");
    expect(screen.queryByRole("complementary")).toBeNull();
  });
});

describe("what a tired rater runs into", () => {
  it("opens an owed rationale by r and by Enter, and lets every other key do what the list says", async () => {
    const { session, root } = open();
    await press("j");
    await press("2");
    await press("r");
    const box = document.activeElement as HTMLTextAreaElement;
    expect(box.tagName).toBe("TEXTAREA");
    expect(box.value).toBe("");
    await press("Escape");
    await press("Enter");
    expect(document.activeElement).toBe(box);
    await press("Escape");
    await press("k");
    expect(session.current.value).toBe(session.slots.value[0]?.id);
    await press("j");
    await press("f");
    expect(root.querySelector(".rw-form")).not.toBeNull();
  });

  it("goes on to the next question from a number that was typed, and stays with one that is not allowed", async () => {
    const { session } = open();
    await press("j");
    await press("j");
    const line = session.slots.value[2]?.id ?? "";
    expect(session.current.value).toBe(line);
    await press("9");
    const field = document.activeElement as HTMLInputElement;
    expect(field.matches("[data-digits]")).toBe(true);
    fireEvent.input(field, { target: { value: "850" } });
    await press("Enter");
    expect(session.current.value).toBe(line);
    fireEvent.input(field, { target: { value: "85" } });
    await press("Enter");
    expect(session.current.value).toBe(session.slots.value[3]?.id);
    expect(session.draft.value.answers[line]?.value).toBe(85);
  });

  it("can say that none of several fits, by mouse and by key, and take it back", async () => {
    const categories = [
      { name: "verbose", description: "" },
      { name: "rude", description: "" },
    ];
    const scale = { kind: "nominal", not_applicable: false, multiple: true, categories };
    const { session } = open({ rubric: { ...RUBRIC, dimensions: [dimension("flaws", scale)] } });
    const id = session.slots.value[0]?.id ?? "";
    const value = () => session.draft.value.answers[id]?.value;
    fireEvent.click(screen.getByRole("checkbox", { name: /none of these/ }));
    expect(value()).toEqual([]);
    expect(session.missing.value).toHaveLength(0);
    await press("1");
    expect(value()).toEqual(["verbose"]);
    await press("0");
    expect(value()).toEqual([]);
    await press("0");
    expect(value()).toBeUndefined();
  });

  it("does not offer none where the rubric has a word of its own for it", () => {
    const categories = ["none of the above", "rude"].map((name) => ({ name, description: "" }));
    const scale = { kind: "nominal", not_applicable: false, multiple: true, categories };
    open({ rubric: { ...RUBRIC, dimensions: [dimension("flaws", scale)] } });
    expect(screen.getAllByRole("checkbox")).toHaveLength(2);
  });
});

describe("the notebook around", () => {
  it("gets no key but the one that saves", async () => {
    open();
    const heard = vi.fn();
    for (const type of ["keydown", "keyup", "keypress"]) document.addEventListener(type, heard);
    const target = document.activeElement as Element;
    for (const key of ["m", "d", "ArrowDown", "Enter", "Escape", "x", "0"])
      for (const event of [fireEvent.keyDown, fireEvent.keyPress, fireEvent.keyUp]) event(target, { key });
    expect(heard).not.toHaveBeenCalled();
    fireEvent.keyDown(target, { key: "s", ctrlKey: true });
    expect(heard).toHaveBeenCalledOnce();
    for (const type of ["keydown", "keyup", "keypress"]) document.removeEventListener(type, heard);
  });

  it("finds its shortcuts switched off on everything that can have the focus", async () => {
    const { root } = open({ responses: 2, conflict: true, refused: true, connection: "gone", waiting: 1 });
    await press("i");
    await press("s");
    const focusable = [...root.querySelectorAll("button, input, textarea, [tabindex]"), root];
    const bare = focusable.filter((node) => node.getAttribute("data-lm-suppress-shortcuts") !== "true");
    expect(bare.map((node) => node.outerHTML.slice(0, 80))).toEqual([]);
  });

  it("never sees Tab held back", () => {
    open();
    expect(fireEvent.keyDown(document.activeElement as Element, { key: "Tab" })).toBe(true);
  });
});

describe("a rationale", () => {
  it("opens by itself when the answer requires one, and counts against the policy", async () => {
    const { session } = open();
    const slot = session.slots.value[1]?.id ?? "";
    expect(screen.queryByRole("textbox", { name: /^Rationale for Instruction/ })).toBeNull();
    act(() => session.set(slot, 2));
    act(() => session.setRationale(slot, "  naïve 👍🏽  "));
    expect(screen.getByText("Required at 2 or below: say which constraint")).toBeTruthy();
    expect(screen.getByText("8 / 20")).toBeTruthy();
  });

  it("keeps its words when the answer no longer requires it", () => {
    const { session } = open();
    const slot = session.slots.value[1]?.id ?? "";
    act(() => session.set(slot, 2));
    act(() => session.setRationale(slot, "a reason"));
    act(() => session.set(slot, 5));
    expect(screen.getByRole("textbox", { name: /^Rationale for Instruction/ })).toHaveProperty("value", "a reason");
  });
});

describe("several responses", () => {
  it("are named by letters, and every control says which one it belongs to", () => {
    const { root } = open({ responses: 3 });
    expect([...root.querySelectorAll("article")].map((each) => each.getAttribute("aria-label"))).toEqual([
      "Response A",
      "Response B",
      "Response C",
    ]);
    expect(screen.getByRole("radiogroup", { name: "Accuracy, response B, not set" })).toBeTruthy();
  });

  it("show the anchors once, with the letters of those who stand there", () => {
    const { session, root } = open({ responses: 2 });
    act(() => session.set(session.slots.value[1]?.id ?? "", 2));
    const legend = root.querySelector('[data-dimension="accuracy"] .rw-legend');
    expect(legend?.textContent).toContain("a serious errorB");
    expect(root.querySelectorAll('[data-dimension="accuracy"] .rw-legend')).toHaveLength(1);
  });

  it("are asked dimension by dimension in the rubric's order, the item's own where they stand", () => {
    const about = dimension("overall", RUBRIC.dimensions[0]?.scale ?? { kind: "", not_applicable: false }, {
      about: "item",
    });
    const { root } = open({
      responses: 2,
      rubric: { ...RUBRIC, dimensions: [about, ...RUBRIC.dimensions.slice(0, 1)] },
    });
    expect([...root.querySelectorAll("[data-slot]")].map((each) => (each as HTMLElement).dataset.slot)).toEqual([
      "overall",
      "accuracy",
      "accuracy",
    ]);
  });
});

describe("skipping and flagging", () => {
  it("asks for a reason before it skips", async () => {
    const { submitted } = open();
    await press("s");
    const form = screen.getByRole("form", { name: "Skip this item" });
    fireEvent.submit(form);
    expect(submitted).toHaveLength(0);
    expect(within(form).getByText("Say why in a few words.")).toBeTruthy();
    fireEvent.input(within(form).getByRole("textbox"), { target: { value: " not my field " } });
    await act(async () => void fireEvent.submit(form));
    expect(submitted).toMatchObject([{ status: "skipped", reason: "not my field" }]);
  });

  it("flags with a note", async () => {
    const { session } = open();
    await press("f");
    fireEvent.input(screen.getByRole("textbox", { name: "What is ambiguous?" }), { target: { value: "two readings" } });
    await press("Escape");
    expect(session.draft.value).toMatchObject({ flagged: true, note: "two readings" });
    expect(screen.queryByRole("form")).toBeNull();
  });
});

describe("the state of saving", () => {
  const said = () => document.querySelector(".rw-status")?.textContent;
  it.each([
    [{}, "12 saved"],
    [{ waiting: 2 }, "12 saved · saving 2"],
    [{ connection: "busy", waiting: 1 }, "Kernel busy · 12 saved · 1 waiting, kept in this browser"],
    [{ connection: "gone", waiting: 3 }, "Kernel gone · 12 saved · 3 waiting, kept in this browser"],
    [{ connection: "unanswered" }, "Run this cell to go on rating · 12 saved"],
    [{ durable: false, waiting: 1, connection: "busy" }, "Kernel busy · 12 saved · 1 waiting, in this page only"],
    [{ storeError: "the disk is full." }, "Store cannot write · 12 saved"],
    [{ refused: true }, "12 saved · 1 refused"],
  ] as [Options, string][])("is said in words: %o", (options, words) => {
    open(options);
    expect(said()).toBe(words);
  });

  it("offers what waits as a download while the kernel stays away", () => {
    open({ connection: "gone", waiting: 3 });
    expect(screen.getByRole("button", { name: "Download what waits" })).toBeTruthy();
  });

  it("shows both ratings of a conflict and lets the rater choose", async () => {
    const { session } = open({ conflict: true });
    const choice = screen.getByRole("alertdialog", { name: "Item 13 was also rated in another tab" });
    expect(choice.textContent).toContain("2 · a serious error");
    expect(choice.textContent).toContain("4 · minor slip");
    await act(async () => void fireEvent.click(within(choice).getByRole("button", { name: "Use this tab's" })));
    expect(session.conflict.value).toBeNull();
  });
});

describe("panels", () => {
  it("open the guidelines on first use, and count hits", async () => {
    open({ firstUse: true });
    const panel = screen.getByRole("complementary", { name: "Guidelines" });
    await act(
      async () => void fireEvent.input(within(panel).getByRole("searchbox"), { target: { value: "CONSTRAINTS" } }),
    );
    expect(within(panel).getByRole("status").textContent).toBe("1 of 1 hit");
  });

  it("find words across the borders of bold text", () => {
    const text = document.createElement("p");
    text.append("Read the ", Object.assign(document.createElement("strong"), { textContent: "whole" }), " response");
    expect(findHits(text, "the whole response").map(String)).toEqual(["the whole response"]);
    expect(findHits(text, "E")).toHaveLength(5);
    expect(findHits(text, " ")).toEqual([]);
  });

  it("list 10,000 items with a handful of lines", async () => {
    const { root, session } = open({ total: 10_000, index: 5000 });
    await press("i");
    expect(root.querySelectorAll('[role="option"]').length).toBeLessThan(60);
    await press("ArrowDown");
    await press("Enter");
    expect(session.index.value).toBe(5001);
  });

  it("filter the items by state", async () => {
    const { root } = open();
    await press("i");
    await act(async () => void fireEvent.click(screen.getByRole("button", { name: "skipped 1" })));
    expect([...root.querySelectorAll('[role="option"]')].map((each) => each.id.replace(/.*-/, ""))).toEqual(["8"]);
  });

  it("show the earlier ratings of the item", async () => {
    open();
    await press("h");
    const sheet = await screen.findByRole("dialog", { name: "Ratings of item 13" });
    expect(within(sheet).getAllByRole("columnheader")).toHaveLength(4);
  });
});

it("keeps the reference back until it is asked for", async () => {
  const { root } = open();
  expect(root.textContent).not.toContain("Grapefruit has little effect");
  await press("e");
  expect(root.textContent).toContain("Grapefruit has little effect");
});

it("never shows a hidden reference", async () => {
  const { root } = open({ reference: "hidden" });
  await press("e");
  expect(root.textContent).not.toContain("Grapefruit has little effect");
});

it("ends on a page that counts what was done", () => {
  const { root } = open({ total: 4, index: 4, states: "rrfs" });
  const page = root.querySelector(".rw-closing");
  expect(page?.textContent).toContain("All 4 items done");
  expect(page?.textContent).toContain("3rated1of them flagged1skipped");
});
