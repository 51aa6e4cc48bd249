/** The keys of the author's desk: what each does, and the words of the sheet that lists them. */
import { isTyping, origin } from "../keys";
import type { Mode } from "./protocol";

export type DeskCommand =
  | "next"
  | "previous"
  | "compose"
  | "judge"
  | "edit"
  | "retry"
  | "stop"
  | "branch_back"
  | "branch_forward"
  | "failed"
  | "passed"
  | "broke"
  | "fresh"
  | "list"
  | "brief"
  | "keys"
  | "submit"
  | "page_up"
  | "page_down"
  | "close";

const PLAIN: Record<string, DeskCommand> = {
  j: "next",
  k: "previous",
  c: "compose",
  m: "judge",
  e: "edit",
  r: "retry",
  ".": "stop",
  "[": "branch_back",
  "]": "branch_forward",
  f: "failed",
  p: "passed",
  b: "broke",
  n: "fresh",
  i: "list",
  g: "brief",
  "?": "keys",
  PageUp: "page_up",
  PageDown: "page_down",
  Escape: "close",
};

export function keysOf(mode: Mode): [title: string, keys: [keys: string, does: string][]][] {
  const prompts = mode === "prompts";
  return [
    [
      "Write",
      [
        ["c", prompts ? "write the prompt, or its next turn" : "write the next turn"],
        ["Ctrl Enter", "send, while writing a turn"],
        [".", "stop the answer"],
        ["r", "ask for another answer to the turn"],
        ["e", "edit the turn: what you send begins a branch"],
        ["[ / ]", "another branch of the turn"],
      ],
    ],
    [
      "Move",
      [
        ["j / k", "next, previous turn or answer"],
        ["Page Up / Down", "scroll the conversation"],
        ["m", "to the judgement"],
        ["Tab", "next control, and out of the widget"],
        ["Esc", "back from writing; close what is on top"],
      ],
    ],
    [
      "Judge",
      prompts
        ? [
            ["f", "the answer failed"],
            ["p", "the answer passed"],
            ["Ctrl Enter", "keep the prompt, where no turn is being written"],
          ]
        : [
            ["b", "the model broke in this answer"],
            ["Ctrl Enter", "submit the attack, where no turn is being written"],
          ],
    ],
    [
      "Panels",
      [
        ["g", "the brief"],
        ["i", "your conversations"],
        ["n", prompts ? "a new prompt" : "a new conversation"],
        ["?", "this list"],
      ],
    ],
  ];
}

/** The command of a key press, or null where the key means nothing to the desk as a whole. */
export function deskCommand(event: KeyboardEvent): DeskCommand | null {
  const combined = event.ctrlKey || event.metaKey;
  if (combined && event.key === "Enter") return "submit";
  if (isTyping(origin(event))) return event.key === "Escape" ? "close" : null;
  if (combined || event.altKey) return null;
  return PLAIN[event.key] ?? null;
}
