/** The rating widget as anywidget loads it: one session per kernel-side widget, any number of views of it. */
import type { InitializeProps, RenderProps } from "@anywidget/types";
import { render as renderInto } from "preact";
import type { Config } from "./protocol";
import { createSession } from "./session";
import type { Session } from "./session.types";
import "./style.css";
import { App } from "./widgets/rating";

type State = { config: Config };

function farewell({ study, rater }: Config): HTMLElement {
  const note = document.createElement("p");
  note.className = "rw-farewell";
  note.setAttribute("role", "status");
  note.textContent = `Rating ${study} as ${rater} goes on in another place, where it was opened after this one. Run this cell to go on here.`;
  return note;
}

export default () => {
  let session: Session;
  return {
    initialize({ model, signal }: InitializeProps<State> & { signal: AbortSignal }): void {
      session = createSession(model, signal);
    },
    render({ model, el, signal }: RenderProps<State> & { signal: AbortSignal }): void {
      renderInto(<App session={session} />, el);
      // A newer widget of this study and rater, or `close()`, takes this one off the page: words stay in its place.
      const onClose = (): void => {
        el.parentElement?.insertBefore(farewell(session.config), el);
      };
      model.on("comm:close" as never, onClose as never);
      const stop = (): void => {
        model.off("comm:close" as never, onClose as never);
        renderInto(null, el);
      };
      signal.addEventListener("abort", stop, { once: true });
    },
  };
};
