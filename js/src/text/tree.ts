/** Markdown to an mdast tree in which every node knows where in the source it stands. */
import type { Nodes, Root, RootContent } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { type Section, sections } from "./sections";
import { compiler, syntax } from "./syntax";

declare module "mdast" {
  interface TextData {
    /** Written as an escape or a character reference: its characters stand for the whole of its source. */
    whole?: true;
  }
  interface Formula extends Literal {
    type: "inlineMath";
  }
  interface FormulaBlock extends Literal {
    type: "math";
  }
  /** A part of the source that was not read as Markdown, since that would take too long. */
  interface Unparsed extends Literal {
    type: "unparsed";
  }
  interface PhrasingContentMap {
    inlineMath: Formula;
  }
  interface RootContentMap {
    inlineMath: Formula;
    math: FormulaBlock;
    unparsed: Unparsed;
  }
}

/** Longer texts are shown as they are, in parts. */
export const LONGEST = 200_000;
/** Squared costs of all sections together: about a second at worst. */
const BUDGET = 2e7;
const DEEPEST = 60;
const KEPT = 24;

const trees = new Map<string, Root>();

/**
 * The tree of a text. Offsets in its positions are UTF-16 offsets into exactly this source; a part that would take too
 * long to read is an `unparsed` node. The same source gives the same tree: do not change it.
 */
export function toTree(source: string): Root {
  const known = trees.get(source);
  const tree = known ?? parse(source);
  // The most recently used last, so that the first is the one to forget.
  trees.delete(source);
  trees.set(source, tree);
  if (trees.size > KEPT) for (const oldest of [...trees.keys()].slice(0, trees.size - KEPT)) trees.delete(oldest);
  return tree;
}

function parse(source: string): Root {
  const children: RootContent[] = [];
  if (source.length > LONGEST) {
    children.push(unparsed(source, { start: 0, end: source.length, line: 0, cost: 0 }));
  } else {
    const definitions = definitionsOf(source);
    let left = BUDGET;
    for (const section of sections(source)) {
      const price = section.cost ** 2;
      const read = price > left ? null : parseSection(source, section, definitions);
      if (read) left -= price;
      children.push(...(read ?? [unparsed(source, section)]));
    }
  }
  return { type: "root", children };
}

function parseSection(source: string, section: Section, definitions: Map<string, string>): RootContent[] | null {
  const text = source.slice(section.start, section.end);
  let head = "";
  for (const [label, definition] of definitions) if (text.includes(label)) head += definition;
  if (head) head += "\n";
  let root: Root;
  try {
    const whole = head + text;
    root = fromMarkdown(whole, { extensions: syntax(whole), mdastExtensions: compiler });
  } catch {
    return null; // nested beyond the stack
  }
  // The parser drops a byte order mark before it counts.
  const bom = !head && text.charCodeAt(0) === 0xfeff ? 1 : 0;
  const nodes = root.children.filter((node) => (node.position?.start.offset ?? 0) >= head.length);
  const lines = section.line - (head.match(/\n/g)?.length ?? 0);
  return move({ type: "root", children: nodes }, section.start - head.length + bom, lines) ? nodes : null;
}

/** Shift every position; false where the tree is too deep to be drawn. */
function move(root: Root, offset: number, lines: number): boolean {
  const open: [node: Nodes, depth: number][] = [[root, 0]];
  for (let top = open.pop(); top; top = open.pop()) {
    const [node, depth] = top;
    if (depth > DEEPEST) return false;
    if (node.position) {
      for (const point of [node.position.start, node.position.end]) {
        point.offset = (point.offset ?? 0) + offset;
        point.line += lines;
      }
    }
    if ("children" in node) for (const child of node.children) open.push([child, depth + 1]);
  }
  return true;
}

/** `[label]: address` and `[^label]: ...` of the whole text, for sections that use them; by "[label]". */
function definitionsOf(source: string): Map<string, string> {
  const found = new Map<string, string>();
  let size = 0;
  if (source.length <= 3_000) return found; // one section
  for (const line of source.matchAll(/^ {0,3}(\[(\^?)[^\]\n]{1,200}\]):[ \t]*(\S{1,500})[^\n]*$/gm)) {
    const [, label = "", note, target = ""] = line;
    if (found.has(label)) continue;
    const definition = note ? `${label}: x\n\n` : `${label}: ${target}\n`;
    size += definition.length;
    if (size > 4_000) break;
    found.set(label, definition);
  }
  return found;
}

function unparsed(source: string, { start, end, line }: Section): RootContent {
  const value = source.slice(start, end);
  const lines = value.match(/\r\n|\r|\n/g)?.length ?? 0;
  const column = value.length - Math.max(value.lastIndexOf("\n"), value.lastIndexOf("\r"));
  return {
    type: "unparsed",
    value,
    position: {
      start: { line: line + 1, column: 1, offset: start },
      end: { line: line + 1 + lines, column, offset: end },
    },
  };
}
