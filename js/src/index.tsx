/** The rating widget as anywidget loads it: one session per kernel-side widget, any number of views of it. */
import type { InitializeProps, RenderProps } from "@anywidget/types";
import { render as renderInto } from "preact";
import { hold } from "./farewell";
import type { Config } from "./protocol";
import { createSession } from "./session";
import type { Session } from "./session.types";
import "./style.css";
import { App } from "./widgets/rating";

type State = { config: Config };

export default () => {
  let session: Session;
  return {
    initialize({ model, signal }: InitializeProps<State> & { signal: AbortSignal }): void {
      session = createSession(model, signal);
    },
    render({ model, el, signal }: RenderProps<State> & { signal: AbortSignal }): void {
      renderInto(<App session={session} />, el);
      const { study, rater } = session.config;
      hold(model, el, signal, `Rating ${study} as ${rater}`, () => renderInto(null, el));
    },
  };
};
