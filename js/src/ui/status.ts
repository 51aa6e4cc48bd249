/** Where the rater's work stands, in words: one line for the bar, and the notices that need more words or an action. */
import type { ReadonlySignal } from "@preact/signals";
import type { Session } from "../session.types";
import { count } from "./words";

export type Tone = "good" | "busy" | "bad";

/** What must be known to say where work stands. */
export type Standing = Pick<Session, "waiting" | "durable" | "saved" | "connection" | "storeError"> & {
  readonly refused: ReadonlySignal<{ id: string; index?: number; error: string }[]>;
};
interface Words {
  /** After "to go on": " rating". */
  going?: string;
  noun?: string;
  /** What is saved, where it is not counted in ratings. */
  saved?: string;
  /** What was refused. */
  where?: (refused: { id: string; index?: number }) => string;
}

export function statusOf(session: Standing, words: Words = {}): { tone: Tone; text: string } {
  const going = words.going ?? " rating";
  const waiting = session.waiting.value;
  const kept = session.durable.value ? "kept in this browser" : "in this page only";
  // How many are saved and how many wait is said whatever else is.
  const saved = words.saved ?? `${session.saved.value.toLocaleString()} saved`;
  const counts = waiting ? `${saved} · ${waiting.toLocaleString()} waiting, ${kept}` : saved;
  const line = session.connection.value;
  if (session.storeError.value && (line === "busy" || line === "connected"))
    return { tone: "bad", text: `Store cannot write · ${counts}` };
  switch (session.connection.value) {
    case "unanswered":
      return { tone: "bad", text: `Run this cell to go on${going} · ${counts}` };
    case "gone":
      return { tone: "bad", text: `Kernel gone · ${counts}` };
    case "connecting":
      return {
        tone: "busy",
        text: waiting ? `Connecting · ${waiting.toLocaleString()} waiting, ${kept}` : "Connecting",
      };
    case "busy":
      return { tone: "busy", text: `Kernel busy · ${counts}` };
    default:
  }
  if (session.refused.value.length) return { tone: "bad", text: `${counts} · ${session.refused.value.length} refused` };
  if (waiting) return { tone: "busy", text: `${saved} · saving ${waiting.toLocaleString()}` };
  return session.durable.value
    ? { tone: "good", text: saved }
    : { tone: "busy", text: `${saved} · no browser storage` };
}

/** A new kernel knows nothing of what a cell needs from those before it. */
const ABOVE = "the cells above from the top (Run › Run All Above Selected Cell)";

const sentence = (words: string): string => (/[.!?…]$/.test(words.trim()) ? words.trim() : `${words.trim()}.`);

export interface Notice {
  id: string;
  tone: Tone;
  text: string;
  /** The item that the notice is about, to go there. */
  index?: number;
  download?: boolean;
}

export function noticesOf(session: Standing, words: Words = {}): Notice[] {
  const { going = " rating", noun = "rating", where } = words;
  const notices: Notice[] = [];
  const waiting = session.waiting.value;
  const rest = waiting
    ? `${count(waiting, noun)} ${waiting === 1 ? "waits" : "wait"} here and will be sent by itself.`
    : "Nothing waits to be sent.";
  const connection = session.connection.value;
  if (connection === "unanswered")
    notices.push({
      id: "unanswered",
      tone: "bad",
      text: `No kernel answers this widget: run its cell again to go on${going} (after a restart of the kernel, first ${ABOVE}). ${rest}`,
      download: waiting > 0,
    });
  if (connection === "gone")
    notices.push({
      id: "gone",
      tone: "bad",
      text: `The kernel that this widget spoke to is gone. Once there is one (restart it if it is not back), run ${ABOVE}, then run this cell; ${
        going ? "you can go on with this item meanwhile" : "what you write meanwhile is kept"
      }. ${rest}`,
      download: waiting > 0,
    });
  if (session.storeError.value)
    notices.push({
      id: "store",
      tone: "bad",
      text: `The store could not write: ${sentence(session.storeError.value)} It is tried again by itself.`,
      download: waiting > 0,
    });
  if (!session.durable.value)
    notices.push({
      id: "storage",
      tone: "busy",
      text: `This browser gives no storage: ${noun}s live in this page only until the kernel has saved them, so keep it open.`,
    });
  for (const one of session.refused.value)
    notices.push({
      id: one.id,
      tone: "bad",
      text: `${where?.(one) ?? `Item ${(one.index ?? 0) + 1}`} was refused: ${sentence(one.error)}`,
      ...(one.index === undefined ? {} : { index: one.index }),
      download: true,
    });
  return notices;
}
