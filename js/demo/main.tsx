/** The rating screen on a bare page without a kernel: `index.html?responses=2&half&connection=gone`. */
import { render } from "preact";
import { App } from "../src/widgets/rating";
import "../src/style.css";
import { fakeSession, type Options } from "./fake";

const asked = new URLSearchParams(location.search);
const has = (name: string): boolean => asked.has(name);
const total = Number(asked.get("total") ?? 40);
const fake = fakeSession({
  total,
  responses: Number(asked.get("responses") ?? 1),
  index: Number(asked.get("index") ?? 12),
  connection: (asked.get("connection") as Options["connection"]) ?? "connected",
  waiting: Number(asked.get("waiting") ?? 0),
  durable: !has("nostorage"),
  storeError: has("storeerror") ? "the disk is full." : null,
  firstUse: has("first"),
  conflict: has("conflict"),
  refused: has("refused"),
  reference: (asked.get("reference") as Options["reference"]) ?? "on_request",
  ...(has("done") ? { states: "rrrrfrrs".repeat(total).slice(0, total), index: total } : {}),
});
const { session } = fake;
if (has("half")) {
  const [first, second, third] = session.slots.value;
  if (first) session.set(first.id, 4);
  for (const slot of session.slots.value
    .filter(({ dimension }) => dimension.name === "instruction_following")
    .slice(0, 1)) {
    session.set(slot.id, 2);
    session.setRationale(slot.id, "Four sentences");
  }
  if (third?.dimension.scale.kind === "continuous") session.set(third.id, 72);
  if (second?.dimension.name === "accuracy") session.set(second.id, 2);
}
Object.assign(window, { fake });
const host = document.getElementById("host");
if (host) render(<App session={session} />, host);
