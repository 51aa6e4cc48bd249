/** A box to write in, as high as its words within bounds. */
import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { own } from "../../keys";

interface Props extends Omit<JSX.IntrinsicElements["textarea"], "ref" | "onInput"> {
  value: string;
  most?: number;
  onWrite: (text: string) => void;
  hold?: (node: HTMLTextAreaElement | null) => void;
}

export function Area({ value, most = 240, onWrite, hold, ...rest }: Props) {
  const box = useRef<HTMLTextAreaElement | null>(null);
  useLayoutEffect(() => {
    const node = box.current;
    if (!node) return;
    node.style.height = "auto";
    if (node.scrollHeight) node.style.height = `${Math.min(node.scrollHeight + 2, most)}px`;
  }, [value, most]);
  return (
    <textarea
      {...own}
      {...rest}
      ref={(node) => {
        box.current = node;
        hold?.(node);
      }}
      value={value}
      onInput={(event) => onWrite(event.currentTarget.value)}
    />
  );
}
