import { cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { useState } from "preact/hooks";
import { afterEach, describe, expect, it } from "vitest";
import type { Value } from "../src/protocol";
import nominal from "../src/scales/nominal";
import { chosenIn, isPlain, leavesOf, noneOf, search } from "../src/scales/policies";
import { NOWHERE } from "./place";

const GRAVE = ["low", "high"].map((name) => ({ name, description: `${name} it is` }));
const FEW = {
  kind: "nominal",
  not_applicable: false,
  multiple: true,
  none: "no policy",
  severities: GRAVE,
  categories: [
    {
      name: "Violence",
      description: "",
      subcategories: [
        { name: "Threats", description: "Threatens somebody", examples: ["A letter to a neighbour"] },
        { name: "Cruelty", description: "" },
      ],
    },
    { name: "Privacy", description: "Gives data away" },
  ],
};
const group = (name: string) => ({
  name,
  description: "",
  subcategories: ["one", "two", "three"].map((part) => ({ name: `${part}`, description: `about ${name} ${part}` })),
});
const MANY = { ...FEW, severities: [], categories: ["A", "B", "C", "D", "E"].map(group) };
const PLAIN = {
  kind: "nominal",
  not_applicable: false,
  multiple: false,
  categories: [
    { name: "a", description: "" },
    { name: "b", description: "" },
  ],
};
const threats = { category: "Violence/Threats", severity: "high" };

let last: Value | undefined;
function Held({ scale, start }: { scale: typeof FEW; start?: Value | undefined }) {
  const [value, setValue] = useState(start);
  last = value;
  return (
    <nominal.Control
      scale={scale}
      value={value}
      notApplicable={false}
      onChange={setValue}
      label="Policy"
      place={NOWHERE}
      slot=""
      describedBy="x"
    />
  );
}
const show = (scale: unknown, start?: Value): void => {
  last = undefined;
  render(<Held scale={scale as typeof FEW} start={start} />);
};
const box = (name: RegExp | string): HTMLElement => screen.getByRole("checkbox", { name });
const press = (element: Element, key: string): boolean => fireEvent.keyDown(element, { key });

afterEach(cleanup);

describe("what an answer is", () => {
  it("is read as words, with severities, and as none", () => {
    expect(nominal.text(FEW, [threats, { category: "Privacy", severity: null }])).toBe(
      "Violence/Threats (high); Privacy",
    );
    expect(nominal.text(FEW, [])).toBe("no policy");
    expect(nominal.brief?.(FEW, [threats, { category: "Privacy", severity: "low" }], NOWHERE)).toBe("2 chosen");
  });

  it("meets conditions on its category, its group, its severity, and on none", () => {
    expect(nominal.chosen?.(FEW, [threats])).toEqual(["Violence/Threats", "Violence", "high"]);
    expect(nominal.chosen?.(FEW, [])).toEqual(["no policy"]);
    expect(nominal.chosen?.({ ...PLAIN, multiple: true }, [])).toEqual([]);
  });

  it("lacks a severity until each category has one", () => {
    expect(nominal.lacks?.(FEW, [{ category: "Privacy", severity: null }], NOWHERE)).toBe("severity of Privacy");
    expect(nominal.lacks?.(FEW, [threats], NOWHERE)).toBeNull();
    expect(nominal.lacks?.(FEW, [], NOWHERE)).toBeNull();
  });

  it("takes what is no answer for nothing chosen", () => {
    expect(chosenIn([1, null, { severity: "low" }, { category: 3 }] as Value)).toEqual([]);
  });

  it("offers none where the rubric says so, and as before where it says nothing", () => {
    const several = { ...PLAIN, multiple: true };
    expect(noneOf(PLAIN)).toBeNull();
    expect(noneOf({ ...PLAIN, none: true })).toBe("none of these");
    expect(noneOf(several)).toBe("none of these");
    expect(noneOf({ ...several, none: false })).toBeNull();
    expect(noneOf({ ...several, categories: [...PLAIN.categories, { name: "None", description: "" }] })).toBeNull();
  });

  it("is shown as buttons while names are few and plain", () => {
    expect([PLAIN, FEW, MANY].map(isPlain)).toEqual([true, false, false]);
  });
});

describe("search", () => {
  it("finds every word in names first, then in what they mean", () => {
    const names = (words: string): string[] => search(leavesOf(FEW), words).map(({ name }) => name);
    expect(names("thr viol")).toEqual(["Violence/Threats"]);
    expect(names("neighbour")).toEqual(["Violence/Threats"]);
    expect(names("violence")).toEqual(["Violence/Threats", "Violence/Cruelty"]);
    expect(names("nothing like it")).toEqual([]);
  });
});

describe("a few categories in groups", () => {
  it("are all there, and none is chosen", () => {
    show(FEW);
    expect(screen.getByRole("group", { name: "Policy, not set" })).toBeTruthy();
    expect(screen.getByRole("group", { name: "Violence" })).toBeTruthy();
    expect(screen.queryAllByRole("checkbox", { checked: true })).toEqual([]);
    expect(screen.queryByRole("searchbox")).toBeNull();
  });

  it("ask for a severity of each that is chosen, by mouse and by digit", () => {
    show(FEW);
    fireEvent.click(box("Threats"), { detail: 1 });
    expect(last).toEqual([{ category: "Violence/Threats", severity: null }]);
    fireEvent.click(screen.getByRole("radio", { name: "high" }), { detail: 1 });
    expect(last).toEqual([threats]);
    fireEvent.click(box(/Privacy/));
    const severity = screen.getByRole("radiogroup", { name: /Severity of Privacy/ });
    expect(severity.contains(document.activeElement)).toBe(true);
    press(document.activeElement as Element, "1");
    expect(last).toEqual([threats, { category: "Privacy", severity: "low" }]);
    expect(document.activeElement).toBe(box(/Privacy/));
  });

  it("keep the severities of others when one is switched off, and none takes all away", () => {
    show(FEW, [threats, { category: "Privacy", severity: "low" }]);
    fireEvent.click(box(/Privacy/));
    expect(last).toEqual([threats]);
    fireEvent.click(box("no policy"));
    expect(last).toEqual([]);
    fireEvent.click(box("no policy"));
    expect(last).toBeUndefined();
  });

  it("say what they mean when asked by key, and by their button", () => {
    show(FEW);
    box("Threats").focus();
    press(box("Threats"), "x");
    expect(screen.getByText("Threatens somebody")).toBeTruthy();
    expect(screen.getByText("A letter to a neighbour")).toBeTruthy();
    const told = box("Threats").getAttribute("aria-describedby") ?? "";
    expect(document.getElementById(told)?.textContent).toContain("Threatens somebody");
    press(box("Threats"), "Escape");
    expect(screen.queryByText("Threatens somebody")).toBeNull();
    fireEvent.click(screen.getByRole("button", { name: "What Threats means" }));
    expect(screen.getByText("Threatens somebody")).toBeTruthy();
    expect(screen.queryByRole("button", { name: "What Cruelty means" })).toBeNull();
  });

  it("are one stop of Tab; arrows go on from there and choose nothing", () => {
    show(FEW);
    const stops = screen.getAllByRole("checkbox");
    expect(stops.map((stop) => stop.tabIndex)).toEqual([0, -1, -1, -1]);
    stops[0]?.focus();
    press(stops[0] as Element, "ArrowDown");
    expect(document.activeElement).toBe(stops[1]);
    expect(last).toBeUndefined();
    press(stops[1] as Element, " ");
    expect(last).toEqual([{ category: "Violence/Cruelty", severity: null }]);
  });
});

describe("one of a few with severities", () => {
  it("is replaced, and stays when it is chosen again", () => {
    show({ ...FEW, multiple: false });
    fireEvent.click(screen.getByRole("radio", { name: "Threats" }));
    fireEvent.click(screen.getByRole("radio", { name: "high" }));
    fireEvent.click(screen.getByRole("radio", { name: "Threats" }));
    expect(last).toEqual(threats);
    fireEvent.click(screen.getByRole("radio", { name: /Privacy/ }));
    expect(last).toEqual({ category: "Privacy", severity: null });
    fireEvent.click(screen.getByRole("radio", { name: "no policy" }));
    expect(last).toEqual([]);
  });
});

describe("many categories", () => {
  it("stand in groups of which one is open, reached by digits", () => {
    show(MANY);
    expect(screen.queryByRole("checkbox", { name: "one" })).toBeNull();
    const heads = screen.getAllByRole("button", { expanded: false });
    expect(heads.map((head) => head.dataset.key)).toEqual(["1", "2", "3", "4", "5"]);
    fireEvent.click(heads[1] as Element);
    expect(box("two").dataset.key).toBe("2");
    expect(document.activeElement).toBe(box("one"));
    expect(heads.map((head) => head.dataset.key)).toEqual([undefined, undefined, undefined, undefined, undefined]);
    fireEvent.click(box("two"));
    expect(last).toEqual(["B/two"]);
    press(document.activeElement as Element, "Escape");
    expect(screen.queryByRole("checkbox", { name: "two" })).toBeNull();
    expect(screen.getByRole("button", { name: /B two/ })).toBe(document.activeElement);
  });

  it("are searched, and Enter chooses the first that is found", () => {
    show(MANY);
    const field = screen.getByRole("searchbox", { name: "Search 15 categories" });
    press(screen.getAllByRole("button", { expanded: false })[0] as Element, "/");
    expect(document.activeElement).toBe(field);
    fireEvent.input(field, { target: { value: "three" } });
    expect(screen.getByRole("status").textContent).toContain("5 of 15");
    expect(screen.getAllByRole("checkbox")).toHaveLength(6);
    press(field, "ArrowDown");
    expect(document.activeElement).toBe(box(/A \/ three/));
    press(field, "Enter");
    expect(last).toEqual(["A/three"]);
    expect((field as HTMLInputElement).value).toBe("");
    expect(document.activeElement).toBe(box("three"));
  });

  it("say that nothing is found, and Escape gives all of them back", () => {
    show(MANY);
    const field = screen.getByRole("searchbox");
    fireEvent.input(field, { target: { value: "zzz" } });
    expect(screen.getByRole("status").textContent).toBe("none found");
    press(field, "Escape");
    expect(screen.getAllByRole("button", { expanded: false })).toHaveLength(5);
  });

  it("open where the answer is", () => {
    show({ ...MANY, multiple: false }, "C/two");
    expect(screen.getByRole("radio", { checked: true }).dataset.value).toBe("C/two");
  });
});
