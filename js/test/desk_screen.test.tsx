import "fake-indexeddb/auto";
import { act, cleanup, fireEvent, render, screen, within } from "@testing-library/preact";
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { DeskSpec } from "../src/desk/protocol";
import { DeskScreen } from "../src/desk/screen";
import { createDesk } from "../src/desk/session";
import { StubDesk, specOf } from "./desk_stub";

let study = 0;
let ending = new AbortController();

async function open(mode: "prompts" | "red_team" = "prompts", changed: Partial<DeskSpec> = {}, slots = ["A"]) {
  const kernel = new StubDesk(
    { v: 1, study: "pilot", study_id: `screen-${study}`, rater: "ana", mode },
    specOf(mode, changed),
  );
  kernel.slots = slots;
  const desk = createDesk(kernel.model, ending.signal);
  const { container } = render(<DeskScreen desk={desk} />);
  const root = container.querySelector<HTMLElement>(".rw-desk");
  if (!root) throw new Error("the desk did not open");
  await vi.waitFor(() => expect(root.querySelector(".rw-compose textarea")).not.toBeNull());
  const box = root.querySelector<HTMLTextAreaElement>(".rw-compose textarea") as HTMLTextAreaElement;
  const send = async (text: string, answers: number): Promise<void> => {
    fireEvent.input(root.querySelector(".rw-compose textarea") as Element, { target: { value: text } });
    await press("Enter", { ctrlKey: true }, root.querySelector(".rw-compose textarea") as Element);
    await vi.waitFor(() => expect(root.querySelectorAll("article.rw-reply:not(.rw-growing)")).toHaveLength(answers));
  };
  return { kernel, desk, root, box, send };
}
async function press(key: string, more: KeyboardEventInit = {}, on: Element | null = null): Promise<void> {
  await act(async () => {
    fireEvent.keyDown(on ?? document.activeElement ?? document.body, { key, ...more });
    await new Promise((done) => setTimeout(done, 20));
  });
}

beforeEach(() => {
  study += 1;
  ending = new AbortController();
  globalThis.indexedDB = new IDBFactory();
  sessionStorage.clear();
});
afterEach(() => {
  cleanup();
  ending.abort();
});

describe("writing prompts", () => {
  it("judges by keys, and goes to what is missing when it is kept too early", async () => {
    const { root, send, desk } = await open();
    await send("one", 1);
    await press("Escape", {}, root.querySelector(".rw-compose textarea"));
    await press("j", {}, root);
    await press("Enter", { ctrlKey: true }, root);
    expect(screen.getByText(/^Not saved. Missing: Whether the answer failed/)).toBeTruthy();
    await press("f", {}, root);
    await vi.waitFor(() => expect(document.activeElement?.getAttribute("aria-label")).toBe("Why the answer failed"));
    fireEvent.input(document.activeElement as Element, { target: { value: "It is wrong." } });
    expect(desk.lacks.value).toEqual([]);
    await press("Enter", { ctrlKey: true });
    await vi.waitFor(() => expect(desk.saved.value).toBe(1));
    expect(screen.getByText(/1 kept/)).toBeTruthy();
  });

  it("adds criteria by Enter, takes them away by Backspace, and minds those without words", async () => {
    const { desk } = await open();
    fireEvent.click(screen.getByText("+ criterion"));
    fireEvent.input(screen.getByLabelText("Criterion 1"), { target: { value: "says so" } });
    await press("Enter", {}, screen.getByLabelText("Criterion 1"));
    expect(document.activeElement).toBe(screen.getByLabelText("Criterion 2"));
    expect(desk.lacks.value.map(({ text }) => text)).toContain("A criterion has no words yet");
    await press("Backspace", {}, screen.getByLabelText("Criterion 2"));
    expect(desk.said.value.criteria).toEqual([{ id: "c1", text: "says so", points: 1 }]);
  });

  it("takes tags of the author's own beside those of the researcher", async () => {
    const { desk } = await open();
    fireEvent.click(screen.getByRole("checkbox", { name: "arithmetic" }));
    const input = screen.getByLabelText("Add a tag of your own");
    fireEvent.input(input, { target: { value: " dates " } });
    await press("Enter", {}, input);
    expect(desk.said.value.capability).toEqual(["arithmetic", "dates"]);
    fireEvent.click(screen.getByRole("button", { name: "Take away the tag dates" }));
    expect(desk.said.value.capability).toEqual(["arithmetic"]);
  });

  it("asks of each of several models, by its letter", async () => {
    const { send, root } = await open("prompts", {}, ["A", "B"]);
    await send("one", 2);
    expect(screen.getByRole("article", { name: "Model B, answer to turn 1" })).toBeTruthy();
    const groups = [...root.querySelectorAll(".rw-verdict-row")].map((one) => one.getAttribute("aria-label"));
    expect(groups).toEqual(["Model A: did it fail?", "Model B: did it fail?"]);
  });
});

describe("trying again", () => {
  it("keeps an answer on the screen when the next attempt fails, and lets every attempt be read", async () => {
    const { send, root, kernel, desk } = await open();
    await send("one", 1);
    const turn = desk.branch.value[0]?.id ?? "";
    const article = () => root.querySelector("article.rw-reply:not(.rw-growing)")?.textContent;
    act(() => void kernel.reply(desk.here.value, turn, { status: "error", content: "", error: "ValueError: no" }));
    expect(article()).toContain("You said one");
    expect(article()).toContain("Attempt 2 gave no whole answer, so this one still counts: ValueError: no");
    expect(desk.lacks.value.map(({ reply }) => reply)).toEqual(["reply-1"]);
    fireEvent.click(screen.getByRole("button", { name: "Attempt after" }));
    expect(article()).toContain("attempt 2 of 2, not the one that counts");
    expect(article()).not.toContain("You said one");
    act(() => void kernel.reply(desk.here.value, turn, { content: "the third" }));
    await vi.waitFor(() => expect(article()).toContain("the third"));
    fireEvent.click(screen.getByRole("button", { name: "Attempt before" }));
    fireEvent.click(screen.getByRole("button", { name: "Attempt before" }));
    expect(article()).toContain("You said one");
    expect(desk.lacks.value.map(({ reply }) => reply)).toEqual(["reply-3"]);
  });
});

describe("attacking", () => {
  it("shows the warning first, once in a tab", async () => {
    const { root } = await open("red_team", { warning: "Mind **yourself**." });
    const sheet = screen.getByRole("alertdialog", { name: "Before you begin" });
    expect(sheet.textContent).toContain("Mind");
    await press("g", {}, root);
    await press("Escape", {}, root);
    expect(screen.queryByRole("alertdialog")).not.toBeNull();
    fireEvent.click(within(sheet).getByText("I understand, begin"));
    expect(screen.queryByRole("alertdialog")).toBeNull();
  });

  it("marks where it broke from the answer or from the judgement, and says so beside both", async () => {
    const { send, root, desk } = await open("red_team");
    await send("one", 1);
    await send("two", 2);
    await press("b", {}, root);
    expect(desk.said.value.broke).toBe("reply-2"); // none has the focus: the last one is meant
    await press("b", {}, root);
    expect(desk.said.value.broke).toBeNull();
    act(() => root.querySelector<HTMLElement>("article.rw-reply")?.focus());
    await press("b");
    expect(root.querySelector("article.rw-reply")?.textContent).toContain("✕ broke");
    fireEvent.click(screen.getByRole("radio", { name: /^broke/ }));
    expect(screen.getByRole("radio", { name: "Turn 1" }).getAttribute("aria-checked")).toBe("true");
    fireEvent.click(screen.getByRole("radio", { name: "Turn 2" }));
    expect(desk.said.value.broke).toBe("reply-2");
  });

  it("lists the answers in which it may have broken as they stand on the screen", async () => {
    const { send, kernel } = await open("red_team", {}, ["A", "B"]);
    kernel.reversed = true;
    await send("one", 2);
    fireEvent.click(screen.getByRole("radio", { name: /^broke/ }));
    const listed = within(screen.getByRole("radiogroup", { name: /^Where it broke/ })).getAllByRole("radio");
    expect(listed.map((one) => one.textContent?.replace(/ ?\d$/, ""))).toEqual(["Turn 1, model A", "Turn 1, model B"]);
  });

  it("says that a marked break is not kept with an attack that the model withstood, and wipes nothing itself", async () => {
    const { send, root, desk } = await open("red_team");
    await send("one", 1);
    await press("b", {}, root);
    expect(desk.said.value.broke).toBe("reply-1");
    fireEvent.click(screen.getByRole("radio", { name: /^held/ }));
    expect(screen.getByText(/You marked where it broke/).textContent).toContain("turn 1");
    expect(desk.said.value.broke).toBe("reply-1");
    fireEvent.click(screen.getByRole("button", { name: "Take the mark away" }));
    expect(desk.said.value.broke).toBeNull();
    expect(screen.queryByText(/You marked where it broke/)).toBeNull();
  });

  it("edits and goes between branches by keys", async () => {
    const { send, root } = await open("red_team");
    await send("one", 1);
    await press("Escape", {}, root.querySelector(".rw-compose textarea"));
    await press("e");
    expect(document.activeElement).toBe(root.querySelector(".rw-compose textarea"));
    await send("one, edited", 1);
    expect(screen.getByText("version 2 of 2")).toBeTruthy();
    await press("[", {}, root);
    expect(screen.getByText("version 1 of 2")).toBeTruthy();
    expect(screen.getByText("You said one")).toBeTruthy();
  });
});

describe("what went wrong", () => {
  it("is said beneath the answer, and what came of it stays", async () => {
    const { kernel, desk, root } = await open();
    kernel.replies = false;
    fireEvent.input(root.querySelector(".rw-compose textarea") as Element, { target: { value: "one" } });
    await act(async () => void (await desk.send()));
    await vi.waitFor(() => expect(desk.turns.value[0]?.waiting).toBe(false));
    const turn = desk.turns.value[0]?.id ?? "";
    act(
      () =>
        void kernel.reply(desk.here.value, turn, {
          status: "timeout",
          content: "half",
          error: "no whole answer within 2 s",
        }),
    );
    expect(screen.getByText("half")).toBeTruthy();
    expect(screen.getAllByText(/took too long: no whole answer within 2 s/).length).toBeGreaterThan(0);
  });

  it("keeps markup of a model as the text that it is", async () => {
    const { kernel, desk, root } = await open();
    kernel.replies = false;
    fireEvent.input(root.querySelector(".rw-compose textarea") as Element, { target: { value: "one" } });
    await act(async () => void (await desk.send()));
    await vi.waitFor(() => expect(desk.turns.value[0]?.waiting).toBe(false));
    const turn = desk.turns.value[0]?.id ?? "";
    act(() => void kernel.reply(desk.here.value, turn, { content: "<img src=x onerror=alert(1)> </div>" }));
    expect(root.querySelector("img")).toBeNull();
    expect(root.querySelector("article")?.textContent).toContain("<img src=x onerror=alert(1)> </div>");
  });
});
