/** The keys that raters work with: what each does, and the words of the sheet that lists them. */

/**
 * For every focusable element: JupyterLab's command mode takes plain keys from whatever has the focus, except from
 * an element that carries this attribute itself.
 */
export const own = { "data-lm-suppress-shortcuts": "true" } as const;

export type Command =
  | "next"
  | "previous"
  | "rationale"
  | "not_applicable"
  | "clear"
  | "flag"
  | "skip"
  | "guidelines"
  | "items"
  | "history"
  | "keys"
  | "back"
  | "forward"
  | "undo"
  | "submit"
  | "view"
  | "diff"
  | "reference"
  | "reveal"
  | "page_up"
  | "page_down"
  | "close";

const PLAIN: Record<string, Command> = {
  j: "next",
  k: "previous",
  r: "rationale",
  a: "not_applicable",
  Backspace: "clear",
  Delete: "clear",
  f: "flag",
  s: "skip",
  g: "guidelines",
  i: "items",
  h: "history",
  "?": "keys",
  "[": "back",
  "]": "forward",
  u: "undo",
  v: "view",
  d: "diff",
  e: "reference",
  o: "reveal",
  PageUp: "page_up",
  PageDown: "page_down",
  Escape: "close",
};

/** What the sheet shows, in groups; the first is preceded by the keys of the scales in use. */
export const KEYS: [title: string, keys: [keys: string, does: string][]][] = [
  [
    "Answer",
    [
      ["← → ↑ ↓", "move within the control"],
      ["a", "not applicable, where allowed"],
      ["Backspace", "clear the answer"],
      ["r", "write a rationale; Esc returns to the control"],
      ["u, Ctrl Z", "undo"],
    ],
  ],
  [
    "Move",
    [
      ["j", "next dimension or response"],
      ["Enter", "the same, or first to the rationale that is owed"],
      ["k", "previous dimension"],
      ["Page Up / Down", "scroll the text"],
      ["v", "bring the marked response into view"],
      ["e", "show the reference"],
      ["o", "show an item that carries a warning"],
      ["d", "of two responses, mark the words that the other has not"],
      ["[ / ]", "previous or next item"],
      ["Tab", "next control, and out of the widget"],
    ],
  ],
  [
    "Item",
    [
      ["Ctrl Enter", "submit and go on"],
      ["f", "flag as ambiguous"],
      ["s", "skip, with a reason"],
      ["h", "earlier ratings of this item"],
    ],
  ],
  [
    "Panels",
    [
      ["g", "guidelines"],
      ["i", "list of items"],
      ["?", "this list"],
      ["Esc", "close what is on top"],
    ],
  ],
];

/** The element an event came from, also out of a shadow root. */
export function origin(event: Event): HTMLElement {
  return (event.composedPath()[0] ?? event.target) as HTMLElement;
}

/** True while plain letters belong to a text field. */
export function isTyping(target: HTMLElement): boolean {
  return target.isContentEditable || /^(textarea|input|select)$/i.test(target.tagName);
}

/** The command of a key press, or null where the key means nothing to the widget as a whole. */
export function command(event: KeyboardEvent): Command | null {
  const combined = event.ctrlKey || event.metaKey;
  if (combined && event.key === "Enter") return "submit";
  if (isTyping(origin(event))) return event.key === "Escape" ? "close" : null;
  if (combined && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "z") return "undo";
  if (combined || event.altKey) return null;
  return PLAIN[event.key] ?? null;
}

/** Let no key that is pressed in `node` reach the notebook, but for the one that saves it; returns what undoes that. */
export function guard(node: HTMLElement): () => void {
  // Saving the notebook stays JupyterLab's; every other key ends here, so that no cell is moved, cut or run.
  const saves = (event: KeyboardEvent): boolean => (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s";
  const keep = (event: KeyboardEvent): void => {
    if (!saves(event)) event.stopPropagation();
  };
  // Before JupyterLab looks: for this one key the focused element, and what it stands in, is not ours alone.
  const open = (event: KeyboardEvent): void => {
    const target = origin(event);
    if (!saves(event) || !node.contains(target)) return;
    const [name, value] = Object.entries(own)[0] as [string, string];
    const marked: Element[] = [];
    for (let each: Element | null = target; each && node.contains(each); each = each.parentElement)
      if (each.hasAttribute(name)) marked.push(each);
    for (const each of marked) each.removeAttribute(name);
    setTimeout(() => {
      for (const each of marked) each.setAttribute(name, value);
    });
  };
  window.addEventListener("keydown", open, true);
  for (const kind of ["keydown", "keyup", "keypress"] as const) node.addEventListener(kind, keep);
  return () => {
    window.removeEventListener("keydown", open, true);
    for (const kind of ["keydown", "keyup", "keypress"] as const) node.removeEventListener(kind, keep);
  };
}
