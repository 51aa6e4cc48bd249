/** The author's desk as anywidget loads it: one session per kernel-side widget, any number of views of it. */
import type { InitializeProps, RenderProps } from "@anywidget/types";
import { render as renderInto } from "preact";
import type { DeskConfig } from "./desk/protocol";
import { DeskScreen } from "./desk/screen";
import { createDesk, type Desk } from "./desk/session";
import "./conversation.css";

type State = { config: DeskConfig };

export default () => {
  let desk: Desk;
  return {
    initialize({ model, signal }: InitializeProps<State> & { signal: AbortSignal }): void {
      desk = createDesk(model, signal);
    },
    render({ el, signal }: RenderProps<State> & { signal: AbortSignal }): void {
      renderInto(<DeskScreen desk={desk} />, el);
      signal.addEventListener("abort", () => renderInto(null, el), { once: true });
    },
  };
};
