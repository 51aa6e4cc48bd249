/** How much of the widget can be seen at once: the height of what scrolls around it, which is less than the window's. */
import { useLayoutEffect } from "preact/hooks";

export function useRoom(root: { current: HTMLElement | null }): void {
  useLayoutEffect(() => {
    const node = root.current;
    if (!node) return;
    const pane = scrollerOf(node);
    const measure = (): void => {
      const height = pane ? pane.clientHeight : window.innerHeight;
      // A pane that is not laid out yet, or is smaller than any use of it, says nothing.
      if (height > 300) node.style.setProperty("--rw-room", `${Math.min(height, window.innerHeight)}px`);
    };
    measure();
    const observer = pane && typeof ResizeObserver !== "undefined" ? new ResizeObserver(measure) : null;
    if (pane) observer?.observe(pane);
    window.addEventListener("resize", measure);
    return () => {
      observer?.disconnect();
      window.removeEventListener("resize", measure);
    };
  }, [root]);
}

/** The nearest element around that scrolls up and down, out of shadow roots too. */
function scrollerOf(node: Element): HTMLElement | null {
  let each: Element | null = node.parentElement ?? hostOf(node);
  while (each && each !== document.body) {
    const { overflowY } = getComputedStyle(each);
    if ((overflowY === "auto" || overflowY === "scroll") && each.clientHeight > 0) return each as HTMLElement;
    each = each.parentElement ?? hostOf(each);
  }
  return null;
}

const hostOf = (node: Element): Element | null => (node.getRootNode() as ShadowRoot).host ?? null;
