import { cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Value } from "../src/protocol";
import type { ScaleControl } from "../src/scale.types";
import binary from "../src/scales/binary";
import nominal from "../src/scales/nominal";
import { NOWHERE } from "./place";

const YES_NO = { kind: "binary", not_applicable: true, yes: "Safe", no: "Harmful" };
const categories = ["none", "made up", "tone"].map((name) => ({ name, description: `about ${name}` }));
const ONE = { kind: "nominal", not_applicable: false, multiple: false, categories };
const SET = { ...ONE, multiple: true };

function show({ Control }: ScaleControl, scale: typeof YES_NO | typeof ONE, value?: Value, notApplicable = false) {
  const onChange = vi.fn();
  render(
    <Control
      scale={scale}
      value={value}
      notApplicable={notApplicable}
      onChange={onChange}
      label="It"
      place={NOWHERE}
      slot=""
      describedBy="x"
    />,
  );
  return onChange;
}

afterEach(cleanup);

describe("yes or no", () => {
  it("is neither until chosen", () => {
    show(binary, YES_NO);
    expect(screen.queryAllByRole("radio", { checked: true })).toEqual([]);
    expect(screen.getByRole("radiogroup", { name: "It, not set" })).toBeTruthy();
  });

  it("takes y and n, clicks and arrows", () => {
    expect([binary.key(YES_NO, undefined, "y"), binary.key(YES_NO, undefined, "n")]).toEqual([true, false]);
    const onChange = show(binary, YES_NO, true);
    fireEvent.click(screen.getByRole("radio", { name: "Harmful" }));
    fireEvent.keyDown(screen.getByRole("radio", { name: "Safe" }), { key: "ArrowRight" });
    expect(onChange.mock.calls.flat()).toEqual([false, false]);
  });

  it("shows no answer while it is not applicable", () => {
    show(binary, YES_NO, true, true);
    expect(screen.queryAllByRole("radio", { checked: true })).toEqual([]);
  });
});

describe("categories", () => {
  it("show their descriptions", () => {
    show(nominal, ONE);
    expect(screen.getByRole("radio", { name: /made up about made up/ })).toBeTruthy();
  });

  it("are radio buttons for one and checkboxes for several", () => {
    show(nominal, ONE, "tone");
    expect(screen.getByRole("radio", { checked: true }).dataset.value).toBe("tone");
    cleanup();
    show(nominal, SET, ["none", "tone"]);
    expect(screen.getAllByRole("checkbox", { checked: true })).toHaveLength(2);
  });

  it("are switched by their digits, and keep the rubric's order", () => {
    expect(nominal.key(SET, ["tone"], "1")).toEqual(["none", "tone"]);
    expect(nominal.key(SET, ["none", "tone"], "1")).toEqual(["tone"]);
    expect(nominal.key(ONE, "tone", "2")).toBe("made up");
    expect(nominal.key(ONE, "tone", "7")).toBeUndefined();
  });

  it("are unset again when the last of a set is switched off", () => {
    expect(nominal.key(SET, ["tone"], "3")).toBeNull();
    const onChange = show(nominal, SET, ["tone"]);
    fireEvent.click(screen.getByRole("checkbox", { name: /tone/ }));
    expect(onChange).toHaveBeenCalledWith(undefined);
  });
});
