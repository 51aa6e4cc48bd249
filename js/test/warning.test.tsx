import { act, cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { afterEach, describe, expect, it } from "vitest";
import { fakeSession } from "../demo/fake";
import { App } from "../src/widgets/rating";

const WORDS = "Describes an injury.";

async function open(warning: string | null = WORDS) {
  const fake = fakeSession(warning === null ? {} : { warning });
  const { container } = render(<App session={fake.session} />);
  const root = container.querySelector<HTMLElement>(".rw");
  if (!root) throw new Error("the screen did not open");
  act(() => root.focus());
  return { ...fake, root };
}
async function press(key: string, more: KeyboardEventInit = {}): Promise<void> {
  await act(async () => {
    fireEvent.keyDown(document.activeElement ?? document.body, { key, ...more });
    await new Promise((done) => requestAnimationFrame(() => done(undefined)));
  });
}
const texts = (root: HTMLElement): number => root.querySelectorAll(".rw-text, .rw-ask").length;

afterEach(cleanup);

describe("an item that carries a warning", () => {
  it("is not on the page, and the warning is said first", async () => {
    const { root } = await open();
    expect(texts(root)).toBe(0);
    expect(screen.getByRole("group", { name: "Content warning", description: WORDS })).toBeTruthy();
    expect(root.querySelector(".rw-spoken")?.textContent).toContain(`Content warning: ${WORDS}`);
  });

  it("shows characters that would turn its words round as marks", async () => {
    await open("Opens \u202egnp.exe");
    const words = screen.getByRole("group", { name: "Content warning" }).querySelectorAll("p")[0];
    expect(words?.textContent).toBe("Opens RLOgnp.exe");
  });

  it("is shown by its button, for this item only", async () => {
    const { root, session } = await open();
    fireEvent.click(screen.getByRole("button", { name: /Show the item/ }));
    expect(texts(root)).toBeGreaterThan(1);
    await act(() => session.go(20));
    expect(texts(root)).toBe(0);
    await act(() => session.go(12));
    expect(texts(root)).toBeGreaterThan(1);
  });

  it("is shown by a key, and the keyboard goes to the first question", async () => {
    const { root } = await open();
    await press("o");
    expect(root.querySelector('[data-dimension="accuracy"]')?.contains(document.activeElement)).toBe(true);
    expect(root.querySelector(".rw-spoken")?.textContent).toBe("Item shown");
  });

  it("is neither answered nor submitted before it is shown, nor is its history", async () => {
    const { session, submitted } = await open();
    for (const key of ["4", "y", "j", "a", "f"]) await press(key);
    await press("Enter", { ctrlKey: true });
    await press("h");
    expect(session.draft.value.answers).toEqual({});
    expect(session.draft.value.flagged).toBe(false);
    expect(submitted).toEqual([]);
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(screen.getByRole("button", { name: /Submit/ }).hasAttribute("disabled")).toBe(true);
  });

  it("can be skipped unseen", async () => {
    const { submitted } = await open();
    await press("s");
    fireEvent.input(screen.getByRole("textbox"), { target: { value: "content" } });
    fireEvent.submit(screen.getByRole("form", { name: "Skip this item" }));
    expect(submitted.map(({ status, reason }) => [status, reason])).toEqual([["skipped", "content"]]);
  });
});

describe("an item without a warning", () => {
  it("is there at once", async () => {
    expect(texts((await open(null)).root)).toBeGreaterThan(1);
  });
});
