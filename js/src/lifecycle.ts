/** When a session begins, what it does on the clock and on the page's events, and how a newer one retires it. */
import { holdTab } from "./tabs";

const TICK = 500;
const HELLO = 5000;
const ADOPT = 4000;

/** Live sessions of this page by study and rater: a newer one retires the older, whose kernel side was closed. */
const LIVE = Symbol.for("rubricwidgets.sessions");
type Live = Map<string, () => Promise<void>>;

function live(): Live {
  const page = globalThis as { [LIVE]?: Live };
  page[LIVE] ??= new Map();
  return page[LIVE];
}

/** What a session does when the page or the clock says so. */
export interface Living {
  /** Study and rater: one session of them is live on a page. */
  key: string;
  tab: string;
  /** Ends with the session, whoever ends it. */
  ended: AbortSignal;
  /** Stop for good; resolves when all that was kept is durable. */
  retire(): Promise<void>;
  hello(): void;
  welcomed(): boolean;
  tick(): void;
  adopt(): void;
  keepDraft(): void;
  /** The page is visible or online again. */
  wake(): void;
  /** Whether leaving now would lose something. */
  wouldLose(): boolean;
}

export function begin(session: Living): void {
  const { key, tab, ended } = session;
  const before = live().get(key);
  const retire = () => session.retire();
  live().set(key, retire);
  holdTab(tab, ended);
  // Drafts that the older session still writes must be there before this one reads them.
  if (before) void before().then(() => session.hello());
  else session.hello();

  let asked = performance.now();
  let adopted = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    session.tick();
    if (!session.welcomed() && now - asked > HELLO) {
      asked = now;
      session.hello();
    }
    if (session.welcomed() && now - adopted > ADOPT) {
      adopted = now;
      session.adopt();
    }
  }, TICK);
  const wake = (): void => {
    session.keepDraft();
    if (document.visibilityState === "visible" && session.welcomed()) session.wake();
  };
  const warn = (event: BeforeUnloadEvent): void => {
    if (session.wouldLose()) event.preventDefault();
  };
  const options = { signal: ended };
  document.addEventListener("visibilitychange", wake, options);
  window.addEventListener("pagehide", () => session.keepDraft(), options);
  window.addEventListener("online", wake, options);
  window.addEventListener("beforeunload", warn, options);
  const stop = (): void => {
    clearInterval(timer);
    if (live().get(key) === retire) live().delete(key);
  };
  if (ended.aborted) stop();
  else ended.addEventListener("abort", stop, { once: true });
}
