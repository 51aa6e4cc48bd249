import { cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Value } from "../src/protocol";
import ordinal from "../src/scales/ordinal";
import { NOWHERE } from "./place";

const scale = (anchors: Record<string, string>, low = 1, high = 5) => ({
  kind: "ordinal",
  not_applicable: false,
  low,
  high,
  anchors,
});
const ENDS = scale({ 1: "mostly wrong", 5: "all correct" });
const show = (value?: Value, spec = ENDS, onChange: (value?: Value) => void = () => undefined) =>
  render(
    <ordinal.Control
      scale={spec}
      value={value}
      notApplicable={false}
      onChange={onChange}
      label="Accuracy"
      place={NOWHERE}
      slot=""
      describedBy="x"
    />,
  );
const checked = () => screen.queryAllByRole("radio", { checked: true }).map((stop) => stop.dataset.value);

afterEach(cleanup);

describe("an ordinal", () => {
  it("is unset until it is touched, and says so", () => {
    show();
    expect(checked()).toEqual([]);
    expect(screen.getByRole("radiogroup", { name: "Accuracy, not set" })).toBeTruthy();
  });

  it("shows every anchor in full, short ones under their stops and long ones in lines", () => {
    const { container } = show();
    expect(container.querySelector(".rw-rail")?.textContent).toContain("mostly wrong");
    cleanup();
    const long = "Does the task, but misses one constraint that is easy to repair";
    const lines = show(undefined, scale({ 1: long, 2: long, 3: long, 4: long, 5: long })).container;
    expect(lines.querySelectorAll(".rw-list .rw-anchor")).toHaveLength(5);
    expect(lines.textContent).toContain(long);
  });

  it("takes a click, arrows, Home and End", () => {
    const onChange = vi.fn();
    show(3, ENDS, onChange);
    fireEvent.click(screen.getByRole("radio", { name: "5, all correct" }));
    const stop = screen.getByRole("radio", { name: "3" });
    for (const key of ["ArrowRight", "ArrowUp", "ArrowLeft", "Home", "End"]) fireEvent.keyDown(stop, { key });
    expect(onChange.mock.calls.flat()).toEqual([5, 4, 4, 2, 1, 5]);
  });

  it("goes no further than its ends", () => {
    const onChange = vi.fn();
    show(5, ENDS, onChange);
    fireEvent.keyDown(screen.getByRole("radio", { name: "5, all correct" }), { key: "ArrowRight" });
    expect(onChange).toHaveBeenCalledWith(5);
  });

  it("is set by its digits and no others", () => {
    expect(ordinal.key(ENDS, undefined, "4")).toBe(4);
    expect(ordinal.key(ENDS, undefined, "6")).toBeUndefined();
    expect(ordinal.key(ENDS, undefined, "0")).toBeUndefined();
    expect(ordinal.key(ENDS, undefined, "x")).toBeUndefined();
  });

  it("reads 1 and 0 in quick succession as ten", () => {
    const wide = scale({}, 0, 10);
    const one = ordinal.key(wide, undefined, "1");
    expect(one).toBe(1);
    expect(ordinal.key(wide, one, "0")).toBe(10);
  });

  it("says the value in words", () => {
    expect(ordinal.text(ENDS, 5)).toBe("5 · all correct");
    expect(ordinal.text(ENDS, 4)).toBe("4");
  });
});
