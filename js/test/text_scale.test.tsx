import { cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { afterEach, expect, it, vi } from "vitest";
import { fakeSession } from "../demo/fake";
import type { Value } from "../src/protocol";
import type { Place } from "../src/scale.types";
import text from "../src/scales/text";
import { createView, ViewContext } from "../src/ui/view";
import { NOWHERE } from "./place";

const SCALE = { kind: "text", not_applicable: false, min_length: 5, max_length: 40, starts_from: null };

function show(more: Partial<Record<string, unknown>> = {}, value?: Value, place: Place = NOWHERE) {
  const onChange = vi.fn();
  const view = createView(fakeSession().session);
  const { Control } = text;
  render(
    <ViewContext.Provider value={view}>
      <Control
        scale={{ ...SCALE, ...more }}
        value={value}
        notApplicable={false}
        onChange={onChange}
        label="Ideal"
        describedBy="x"
        place={place}
        slot=""
      />
    </ViewContext.Provider>,
  );
  return { onChange, box: screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Ideal" }) };
}

afterEach(cleanup);

it("is unset until something is written, and again when all of it is deleted", () => {
  const { onChange, box } = show();
  expect(box.value).toBe("");
  fireEvent.input(box, { target: { value: "a" } });
  expect(onChange).toHaveBeenLastCalledWith("a");
  fireEvent.input(box, { target: { value: "" } });
  expect(onChange).toHaveBeenLastCalledWith(undefined);
});

it("begins with the response, which is no answer until the rater says or changes so", () => {
  const { onChange, box } = show({ starts_from: "response" });
  expect(box.value).toBe("Answer.");
  expect(onChange).not.toHaveBeenCalled();
  fireEvent.click(screen.getByRole("button", { name: "Leave it as it is" }));
  expect(onChange).toHaveBeenLastCalledWith("Answer.");
});

it("says that what it began with is no answer yet, and that it was left as it is", () => {
  show({ starts_from: "response" });
  expect(screen.getByText(/^Not set/)).toBeTruthy();
  expect(screen.queryByText(/Left as it is/)).toBeNull();
  cleanup();
  show({ starts_from: "response" }, "Answer.");
  expect(screen.getByText(/Left as it is/)).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Leave it as it is" })).toBeNull();
  expect(screen.queryByText(/Not set/)).toBeNull();
  cleanup();
  show({ starts_from: "response" }, "Answer!");
  expect(screen.queryByText(/as it is/)).toBeNull();
});

it("shows the changes against what it began with, and a preview", async () => {
  show({ starts_from: "response" }, "Another answer.");
  expect(screen.getAllByRole("tab").map((tab) => tab.textContent?.trim())).toEqual(["Write w", "Preview", "Changes"]);
  fireEvent.keyDown(screen.getByRole("tab", { name: /Write/ }), { key: "ArrowRight" });
  expect(screen.getByRole("tabpanel", { name: "Ideal: Preview" })).toBeTruthy();
  fireEvent.keyDown(screen.getByRole("tab", { name: "Preview" }), { key: "ArrowRight" });
  expect(screen.getByRole("tabpanel", { name: "Ideal: Changes" })).toBeTruthy();
});

it("counts what is missing and what is too much", () => {
  expect(text.lacks?.(SCALE, "abc", NOWHERE)).toBe("2 more characters");
  expect(text.lacks?.(SCALE, "abcd", NOWHERE)).toBe("1 more character");
  expect(text.lacks?.(SCALE, "abcde", NOWHERE)).toBeNull();
  expect(text.lacks?.(SCALE, "x".repeat(42), NOWHERE)).toBe("2 characters too many");
  show({}, "abc");
  expect(screen.getByText("2 more characters")).toBeTruthy();
});
