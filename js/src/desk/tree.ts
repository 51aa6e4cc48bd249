/** A conversation's turns as a tree, and the branch of it that is on the screen: pure functions. */
import type { Reply, Turn } from "./protocol";

/** By turn ("" before the first), the child that is shown; without a choice the last one is. */
export type Choice = Readonly<Record<string, string>>;

export const childrenOf = (turns: readonly Turn[], parent: string | null): Turn[] =>
  turns.filter((turn) => turn.parent === parent);

/** The turns of the branch that is shown, first to last. */
export function branchOf(turns: readonly Turn[], choice: Choice): Turn[] {
  const path: Turn[] = [];
  for (let parent: string | null = null; ; ) {
    const children = childrenOf(turns, parent);
    const next: Turn | undefined = children.find(({ id }) => id === choice[parent ?? ""]) ?? children.at(-1);
    if (!next || path.includes(next)) return path;
    path.push(next);
    parent = next.id;
  }
}

/** Choices by which a turn is on the screen. */
export function choiceOf(turns: readonly Turn[], leaf: string, choice: Choice): Choice {
  const next: Record<string, string> = { ...choice };
  for (let turn = turns.find(({ id }) => id === leaf); turn; ) {
    const { id, parent } = turn;
    next[parent ?? ""] = id;
    turn = parent === null ? undefined : turns.find((one) => one.id === parent);
  }
  return next;
}

/** The answer that counts of each model, by letter: of the last attempt that gave one, or else of the last. */
export function current(turn: Turn): Map<string, Reply> {
  const found = new Map<string, Reply>();
  for (const reply of turn.replies) {
    const { slot } = reply;
    if (usable(reply) || !usable(found.get(slot))) found.set(slot, reply);
  }
  return found;
}

/** Whether there is nothing to see in a text: only blanks, and characters that say how others are set. */
export const isBlank = (text: string): boolean => /^[\s\p{Cf}]*$/u.test(text);

export const usable = (reply: Reply | undefined): reply is Reply =>
  reply !== undefined && (reply.status === "ok" || reply.status === "stopped") && !isBlank(reply.content);
