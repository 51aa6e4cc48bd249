/** What stays in the place of a widget that a newer one, or `close()`, has taken off the page. */
import type { AnyModel } from "@anywidget/types";

/**
 * Draw a view, end it with the signal, and leave words where it was when the kernel closes its widget.
 *
 * @param words What goes on elsewhere: "Rating pilot as ana".
 */
export function hold<State extends Record<string, unknown>>(
  model: AnyModel<State>,
  el: HTMLElement,
  signal: AbortSignal,
  words: string,
  end: () => void,
): void {
  const onClose = (): void => {
    const note = document.createElement("p");
    note.className = "rw-farewell";
    note.setAttribute("role", "status");
    note.textContent = `${words} goes on in another place, where it was opened after this one. Run this cell to go on here.`;
    el.parentElement?.insertBefore(note, el);
  };
  model.on("comm:close" as never, onClose as never);
  const stop = (): void => {
    model.off("comm:close" as never, onClose as never);
    end();
  };
  signal.addEventListener("abort", stop, { once: true });
}
