/** The author's desk as anywidget loads it: one session per kernel-side widget, any number of views of it. */
import type { InitializeProps, RenderProps } from "@anywidget/types";
import { render as renderInto } from "preact";
import type { DeskConfig } from "./desk/protocol";
import { DeskScreen } from "./desk/screen";
import { createDesk, type Desk } from "./desk/session";
import { hold } from "./farewell";
import "./conversation.css";

type State = { config: DeskConfig };

export default () => {
  let desk: Desk;
  return {
    initialize({ model, signal }: InitializeProps<State> & { signal: AbortSignal }): void {
      desk = createDesk(model, signal);
    },
    render({ model, el, signal }: RenderProps<State> & { signal: AbortSignal }): void {
      renderInto(<DeskScreen desk={desk} />, el);
      const { study, rater, mode } = model.get("config");
      const words = `${mode === "red_team" ? "Red-teaming for" : "Writing prompts for"} ${study} as ${rater}`;
      hold(model, el, signal, words, () => renderInto(null, el));
    },
  };
};
