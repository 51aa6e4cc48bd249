/** Controls that come as chunks: what is seen meanwhile, and what is kept. */
import "fake-indexeddb/auto";
import { act, cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { dimension, fakeSession } from "../demo/fake";
import { fetchControls } from "../src/controls";
import { missingFrom } from "../src/missing";
import type { RubricSpec } from "../src/protocol";
import { isKnown, knownKinds } from "../src/scales";
import { createSession } from "../src/session";
import { App } from "../src/widgets/rating";
import { StubKernel } from "./kernel_stub";

let kind = "";
let count = 0;
beforeEach(() => {
  // What arrives stays for the page, so each test has a kind of its own.
  kind = `thumb${++count}`;
});
afterEach(cleanup);

/** As a module from outside the package: the same function that the package's own chunks export. */
const thumb = (named = kind) => ({
  default: ({ h, Button }: { h: typeof import("preact").h; Button: never }) => ({
    kind: named,
    Control: ({ value, onChange, label }: { value: unknown; onChange: (to: string) => void; label: string }) =>
      h(Button, {
        "aria-label": `${label}: up`,
        "aria-pressed": value === "up",
        onClick: () => onChange("up"),
      } as never),
    key: (_scale: unknown, _value: unknown, key: string) => (key === "+" ? "up" : undefined),
    text: () => "thumb up",
    number: () => null,
    keys: () => "+",
  }),
});

function open() {
  const rubric: RubricSpec = {
    title: "r",
    guidelines: "",
    dimensions: [dimension("liked", { kind, not_applicable: false }, { question: "Do you like it?" })],
  };
  const asked: { give: (module: Record<string, unknown>) => void; refuse: (error: Error) => void }[] = [];
  const chunk = vi.fn(
    (_name: string) => new Promise<Record<string, unknown>>((give, refuse) => asked.push({ give, refuse })),
  );
  const fake = fakeSession({ rubric });
  const session = { ...fake.session, chunk };
  const arrived = fetchControls(rubric, chunk);
  const { container } = render(<App session={session} />);
  const settle = (happens: () => void) =>
    act(async () => {
      happens();
      await arrived;
    });
  return { session, asked, chunk, container, settle };
}

test("a question stands there before its control does, and takes keys as soon as it is there", async () => {
  const { session, asked, container, settle } = open();
  expect(screen.getByText("Do you like it?")).toBeTruthy();
  const awaited = screen.getByText("Fetching what to answer with …");
  act(() => awaited.focus());
  act(() => void fireEvent.keyDown(awaited, { key: "+" }));
  expect(session.draft.value.answers).toEqual({});
  await settle(() => asked[0]?.give(thumb()));
  const button = screen.getByRole("button", { name: "Liked: up" });
  await vi.waitFor(() => expect(document.activeElement).toBe(button));
  act(() => void fireEvent.keyDown(button, { key: "+" }));
  expect(button.getAttribute("aria-pressed")).toBe("true");
  expect(container.querySelector(".rw-awaited")).toBeNull();
});

test("an answer of a draft shows in a control that comes later", async () => {
  const { session, asked, settle } = open();
  act(() => session.set(session.slots.value[0]?.id ?? "", "up"));
  await settle(() => asked[0]?.give(thumb()));
  expect(screen.getByRole("button", { name: "Liked: up" }).getAttribute("aria-pressed")).toBe("true");
  expect(screen.getByText("thumb up")).toBeTruthy();
});

test("what is answered by a control that has not arrived is not submitted, since nothing vouches for it", async () => {
  const { session, asked, settle } = open();
  const [slot] = session.slots.value;
  const missing = () =>
    missingFrom(session.draft.value, session.slots.value, session.item.value).map(({ text }) => text);
  expect(missing()).toEqual(["Liked"]);
  act(() => session.set(slot?.id ?? "", "up"));
  expect(missing()).toEqual(["Liked: the control has not arrived yet"]);
  await settle(() => asked[0]?.give(thumb()));
  expect(missing()).toEqual([]);
});

test("a control that does not come is said in words, and asked for again on demand", async () => {
  const { asked, chunk, settle } = open();
  await settle(() => asked[0]?.refuse(new Error(`the kernel did not send 'scale:${kind}'`)));
  expect(screen.getByText(`What to answer with did not arrive: the kernel did not send 'scale:${kind}'.`)).toBeTruthy();
  fireEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("Fetching what to answer with …")).toBeTruthy();
  expect(chunk).toHaveBeenCalledTimes(2);
  await act(async () => asked[1]?.give(thumb()));
  expect(await screen.findByRole("button", { name: "Liked: up" })).toBeTruthy();
});

test.each([
  ["exports no function", () => ({})],
  ["says that it is 'other'", () => thumb("other")],
])("a module that %s becomes no control", async (words, module) => {
  const { asked, settle } = open();
  await settle(() => asked[0]?.give(module()));
  expect(screen.getByText(new RegExp(`the control of scale '${kind}' ${words}`))).toBeTruthy();
  expect(isKnown(kind)).toBe(false);
});

test("the page says which controls it has, and does not wait for ever for the others", async () => {
  const kernel = new StubKernel({ v: 1, study: "s", study_id: "controls", rater: "ana", total: 2 });
  const [accuracy] = kernel.rubric.dimensions;
  if (!accuracy) throw new Error("the stub's rubric has a dimension");
  kernel.rubric = { ...kernel.rubric, dimensions: [{ ...accuracy, scale: { kind, not_applicable: false } }] };
  const ending = new AbortController();
  const session = createSession(kernel.model, ending.signal);
  await vi.waitFor(() => expect(session.item.value?.index).toBe(0));
  expect(kernel.of("hello")[0]?.knows).toEqual(knownKinds());
  expect(knownKinds()).toContain("ordinal");
  expect(kernel.of("chunk").map(({ name }) => name)).toContain(`scale:${kind}`);
  ending.abort();
});
