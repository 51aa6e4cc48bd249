import type { Place } from "../src/scale.types";

/** An item with nothing special about it, for controls that do not look at it. */
export const NOWHERE: Place = {
  item: {
    index: 0,
    key: "item",
    prompt: [{ role: "user", content: "Question?" }],
    context: null,
    reference: null,
    responses: [{ key: "answer", text: "Answer." }],
    asks: {},
    rating: null,
  },
  response: "answer",
  slot: "",
  asks: undefined,
};
