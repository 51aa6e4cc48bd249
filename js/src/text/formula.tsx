/** A formula: its source until the chunk for MathML is there, and for good where TeX is not understood. */
import type { Formula, FormulaBlock } from "mdast";
import { h, type VNode } from "preact";
import { useMemo } from "preact/hooks";
import type { MathsNode } from "../chunks/maths";
import { Slices } from "./chars";
import { type ChunkOf, need } from "./chunk";
import { pieces } from "./hidden";
import { Whole } from "./marks_draw";
import { alignLines, endOf, startOf } from "./offsets";
import { Scroll } from "./scroll";

interface Props {
  node: Formula | FormulaBlock;
  source: string;
  chunk: ChunkOf;
}

export function FormulaView({ node, source, chunk }: Props) {
  const [start, end] = [startOf(node), endOf(node)];
  const written = source.slice(start, end);
  const display = node.type === "math" || written.startsWith("$$") || written.startsWith("\\[");
  const maths = need("maths", chunk).value;
  const tree = useMemo(() => {
    // With a hidden character in it the source is shown, where such a character is marked.
    const plain = pieces(node.value).every((piece) => typeof piece === "string");
    return (plain && maths?.maths(node.value, display)) || null;
  }, [maths, node, display]);
  const content = tree ? (
    <Whole class="rw-maths" start={start} end={end}>
      {element(tree)}
    </Whole>
  ) : (
    <span class="rw-tex" dir="ltr">
      <Slices slices={alignLines(written, source, start, end, 0)} />
    </span>
  );
  // Only a block of its own may hold a box: inside a paragraph the formula scrolls by style alone.
  if (node.type === "math")
    return (
      <Scroll label="Formula" class="rw-formula">
        {content}
      </Scroll>
    );
  return display ? <span class="rw-formula">{content}</span> : content;
}

const element = (node: MathsNode): VNode =>
  h(node.tag, node.attributes, ...node.children.map((child) => (typeof child === "string" ? child : element(child))));
