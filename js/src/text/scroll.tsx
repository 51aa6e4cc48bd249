/** A box that scrolls sideways (code, tables, formulas), and is a stop for Tab only while it can. */
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { own } from "../keys";

interface Props {
  label: string;
  class: string;
  children: ComponentChildren;
}

export function Scroll({ label, class: name, children }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const [wide, setWide] = useState(false);
  useLayoutEffect(() => {
    const node = box.current;
    if (!node) return;
    const measure = (): void => setWide(node.scrollWidth > node.clientWidth + 1);
    measure();
    if (typeof ResizeObserver === "undefined") return;
    const observer = new ResizeObserver(measure);
    observer.observe(node);
    if (node.firstElementChild) observer.observe(node.firstElementChild);
    return () => observer.disconnect();
  }, []);
  const reach = wide ? ({ ...own, tabIndex: 0, role: "region", "aria-label": label } as const) : {};
  return (
    <div ref={box} class={`rw-sideways ${name}`} {...reach}>
      {children}
    </div>
  );
}
