import { cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Value } from "../src/protocol";
import continuous from "../src/scales/continuous";
import { NOWHERE } from "./place";

const scale = (step: number | null = null, low = 0, high = 100) => ({
  kind: "continuous",
  not_applicable: false,
  low,
  high,
  step,
  anchors: { [low]: "useless", [high]: "could not be better" },
});
const show = (value: Value | undefined, onChange: (value?: Value) => void = () => undefined, spec = scale()) =>
  render(
    <continuous.Control
      scale={spec}
      value={value}
      notApplicable={false}
      onChange={onChange}
      label="Usefulness"
      place={NOWHERE}
      slot=""
      describedBy="x"
    />,
  );

afterEach(cleanup);

describe("a continuous scale", () => {
  it("does not make a score of an untouched slider", () => {
    const onChange = vi.fn();
    const { container } = show(undefined, onChange);
    const slider = screen.getByRole("slider", { name: "Usefulness" });
    fireEvent.focus(slider);
    fireEvent.blur(slider);
    expect(onChange).not.toHaveBeenCalled();
    expect(slider.getAttribute("aria-valuetext")).toBe("not set");
    expect(container.querySelector(".rw-dot")).toBeNull();
  });

  it("moves by its step, within its ends", () => {
    const onChange = vi.fn();
    show(95, onChange, scale(10, 5));
    const slider = screen.getByRole("slider");
    for (const key of ["ArrowLeft", "ArrowRight", "Home"]) fireEvent.keyDown(slider, { key });
    expect(onChange.mock.calls.flat()).toEqual([85, 95, 5]);
  });

  it("takes a typed number, with a point or a comma", () => {
    const onChange = vi.fn();
    show(undefined, onChange);
    const field = screen.getByRole("textbox", { name: "Usefulness, as a number" });
    fireEvent.input(field, { target: { value: "7.5" } });
    fireEvent.input(field, { target: { value: "7,5" } });
    expect(onChange.mock.calls.flat()).toEqual([7.5, 7.5]);
  });

  it("drops the older number when a typed one is outside, and says what is allowed", () => {
    const onChange = vi.fn();
    show(7, onChange);
    fireEvent.input(screen.getByRole("textbox"), { target: { value: "700" } });
    expect(onChange).toHaveBeenLastCalledWith(undefined);
    expect(screen.getByRole("alert").textContent).toBe("takes 0 to 100 (got 700)");
  });

  it("refuses a number between its steps", () => {
    show(undefined, undefined, scale(5));
    fireEvent.input(screen.getByRole("textbox"), { target: { value: "7" } });
    expect(screen.getByRole("alert").textContent).toBe("takes 0 to 100 in steps of 5 (got 7)");
  });
});
