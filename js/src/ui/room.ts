/** How much of the widget can be seen at once: the height of what scrolls around it, which is less than the window's. */
import { useLayoutEffect } from "preact/hooks";

export function useRoom(root: { current: HTMLElement | null }): void {
  useLayoutEffect(() => {
    const node = root.current;
    if (!node) return;
    let pane: HTMLElement | null = null;
    const measure = (): void => {
      // A view is drawn before it is put on the page.
      if (!node.isConnected || !node.clientWidth) return;
      if (!pane?.contains(node)) {
        pane = scrollerOf(node);
        if (pane) observer?.observe(pane);
      }
      const height = pane ? pane.clientHeight : window.innerHeight;
      // A pane that is smaller than any use of it says nothing.
      if (height > 300) node.style.setProperty("--rw-room", `${Math.min(height, window.innerHeight)}px`);
    };
    const observer = typeof ResizeObserver === "undefined" ? null : new ResizeObserver(measure);
    observer?.observe(node);
    measure();
    window.addEventListener("resize", measure);
    return () => {
      observer?.disconnect();
      window.removeEventListener("resize", measure);
    };
  }, [root]);
}

/** The nearest element around that scrolls up and down, out of shadow roots too. */
function scrollerOf(node: HTMLElement): HTMLElement | null {
  let each: Element | null = node.parentElement ?? hostOf(node);
  while (each && each !== document.body) {
    const { overflowY } = getComputedStyle(each);
    const scrolls = (overflowY === "auto" || overflowY === "scroll") && each.clientHeight > 0;
    if (scrolls && !isAsHighAs(each, node)) return each as HTMLElement;
    each = each.parentElement ?? hostOf(each);
  }
  return null;
}

/** Whether a pane is as high as what is in it: then it says nothing of what can be seen, and would follow the widget. */
function isAsHighAs(pane: Element, node: HTMLElement): boolean {
  const before = pane.clientHeight;
  const display = node.style.display;
  node.style.display = "none";
  const without = pane.clientHeight;
  node.style.display = display;
  return without < before;
}

const hostOf = (node: Element): Element | null => (node.getRootNode() as ShadowRoot).host ?? null;
