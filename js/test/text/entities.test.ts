import { expect, test } from "vitest";
import { decodeNamedCharacterReference as decode } from "../../src/text/entities";

test("names stand for their characters", () => {
  const names = "amp lt quot nbsp copy eacute yuml Alpha Omega alpha sigmaf sigma omega rarr mdash rang".split(" ");
  expect(names.map(decode).join("")).toBe('&<"\u00a0©éÿΑΩαςσω→—⟩');
});

test("an unknown name is left as it was written", () => {
  for (const name of ["colon", "Tab", "-", "constructor", ""]) expect(decode(name)).toBe(false);
});
