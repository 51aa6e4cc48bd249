/** Markdown as Preact nodes. No markup string is made or read anywhere: what a model wrote can only become text. */
import type { Definition, FootnoteDefinition, Heading, Html, List, Nodes, Parents, Root, Table } from "mdast";
import type { ComponentChildren, VNode } from "preact";
import { useMemo } from "preact/hooks";
import { own } from "../keys";
import { Slices } from "./chars";
import { type ChunkOf, need } from "./chunk";
import { CodeBlock } from "./code";
import { directionOf } from "./direction";
import { FormulaView } from "./formula";
import { plain } from "./hidden";
import { safeHref } from "./links";
import { Whole } from "./marks_draw";
import { align, alignLines, alignWhole, endOf, startOf } from "./offsets";
import { Raw } from "./raw";
import { Scroll } from "./scroll";

interface Props {
  source: string;
  chunk: ChunkOf;
  /** Level of the heading above the text: the text's own headings start one below it. */
  under?: number;
}

export function Markdown({ source, chunk, under = 3 }: Props) {
  const engine = need("markdown", chunk).value;
  return useMemo(() => {
    // Until the parser is there, and should it never come, the text is there to be read as it was written.
    if (!engine) return <Plain source={source} />;
    const page = new Page(source, chunk, engine.markdown(source), under);
    return <div class="rw-md">{page.draw()}</div>;
  }, [source, chunk, under, engine]);
}

function Plain({ source }: { source: string }) {
  return (
    <div class="rw-md rw-plain">
      <Raw source={source} />
    </div>
  );
}

const ALIGNED = { left: "rw-left", right: "rw-right", center: "rw-center" } as const;

/** Where HTML is a block; anywhere else it is part of a line. */
const HOLDS_BLOCKS = new Set(["root", "blockquote", "listItem", "footnoteDefinition"]);

/** One text on its way to the page: the source, and what its nodes know of each other. */
class Page {
  private readonly definitions = new Map<string, Definition>();
  private readonly notes = new Map<string, FootnoteDefinition>();
  /** Footnotes in the order in which they are first referred to. */
  private readonly numbers = new Map<string, number>();
  private readonly linked = new Set<string>();
  private level: number;

  constructor(
    private readonly source: string,
    private readonly chunk: ChunkOf,
    private readonly tree: Root,
    private readonly under: number,
  ) {
    this.level = under;
    const open: Nodes[] = [tree];
    for (let node = open.pop(); node; node = open.pop()) {
      if (node.type === "definition" && !this.definitions.has(node.identifier))
        this.definitions.set(node.identifier, node);
      if (node.type === "footnoteDefinition" && !this.notes.has(node.identifier)) this.notes.set(node.identifier, node);
      if (node.type === "footnoteReference" && !this.numbers.has(node.identifier))
        this.numbers.set(node.identifier, this.numbers.size + 1);
      if (node.type === "linkReference" || node.type === "imageReference") this.linked.add(node.identifier);
      // Backwards, so that the document is walked forwards.
      if ("children" in node)
        for (let at = node.children.length - 1; at >= 0; at -= 1) open.push(node.children[at] as Nodes);
    }
    for (const name of this.notes.keys()) if (!this.numbers.has(name)) this.numbers.set(name, this.numbers.size + 1);
  }

  draw(): ComponentChildren {
    const notes = [...this.numbers].flatMap(([name, number]) => {
      const note = this.notes.get(name);
      return note ? [{ note, number }] : [];
    });
    return [
      this.children(this.tree),
      notes.length > 0 && (
        <ol key="notes" class="rw-notes" aria-label="Footnotes">
          {notes.map(({ note, number }) => (
            <li key={number} value={number} dir={this.direction(note)}>
              {this.children(note)}
            </li>
          ))}
        </ol>
      ),
    ];
  }

  private children(node: Parents): ComponentChildren {
    return node.children.map((child) => this.node(child, node));
  }

  private node(node: Nodes, parent: Parents): ComponentChildren {
    const key = startOf(node);
    switch (node.type) {
      case "text":
        return <Slices key={key} slices={this.slices(node)} />;
      case "paragraph":
        return (
          <p key={key} dir="auto">
            {this.children(node)}
          </p>
        );
      case "heading":
        return this.heading(node);
      case "blockquote":
        return (
          <blockquote key={key} dir={this.direction(node)}>
            {this.children(node)}
          </blockquote>
        );
      case "list":
        return this.list(node);
      case "table":
        return this.table(node);
      case "code":
        return <CodeBlock key={key} node={node} source={this.source} chunk={this.chunk} />;
      case "math":
      case "inlineMath":
        return <FormulaView key={key} node={node} source={this.source} chunk={this.chunk} />;
      case "thematicBreak":
        return <hr key={key} />;
      case "break":
        return <br key={key} />;
      case "emphasis":
        return <em key={key}>{this.children(node)}</em>;
      case "strong":
        return <strong key={key}>{this.children(node)}</strong>;
      case "delete":
        return <del key={key}>{this.children(node)}</del>;
      case "inlineCode":
        return (
          <code key={key} dir="ltr">
            <Slices slices={this.inlineCode(node.value, key, endOf(node))} />
          </code>
        );
      case "link":
        return this.link(node, node.url, node.title) ?? this.literal(node);
      case "linkReference": {
        const target = this.definitions.get(node.identifier);
        return (target && this.link(node, target.url, target.title)) || this.literal(node);
      }
      case "image":
        return this.image(node, node.url, node.alt) ?? this.literal(node);
      case "imageReference": {
        const target = this.definitions.get(node.identifier);
        return (target && this.image(node, target.url, node.alt)) || this.literal(node);
      }
      case "footnoteReference":
        return (
          <sup key={key} class="rw-note">
            <Whole start={key} end={endOf(node)}>
              {this.numbers.get(node.identifier)}
            </Whole>
          </sup>
        );
      case "html":
        return this.html(node, HOLDS_BLOCKS.has(parent.type));
      case "definition":
        // Used and harmless: what it says is in the link. Otherwise it would be text that nobody sees.
        return this.linked.has(node.identifier) && safeHref(node.url) && this.definitions.get(node.identifier) === node
          ? null
          : this.block(this.literal(node), key);
      case "footnoteDefinition":
        return this.notes.get(node.identifier) === node ? null : this.block(this.literal(node), key);
      case "unparsed":
        return <Unparsed key={key} source={this.source} start={key} end={endOf(node)} />;
      default:
        return this.literal(node);
    }
  }

  private slices(node: Nodes & { type: "text" }) {
    const [start, end] = [startOf(node), endOf(node)];
    return (node.data?.whole ? alignWhole : align)(node.value, this.source, start, end);
  }

  /** The source of a node, as it was written. */
  private literal(node: Nodes): VNode {
    const [start, end] = [startOf(node), endOf(node)];
    return <Slices key={start} slices={[{ text: this.source.slice(start, end), start }]} />;
  }

  private block(content: ComponentChildren, key: number): VNode {
    return (
      <p key={key} class="rw-html" dir="auto">
        {content}
      </p>
    );
  }

  private direction(node: Nodes): "ltr" | "rtl" {
    return directionOf(this.source.slice(startOf(node), Math.min(endOf(node), startOf(node) + 500)));
  }

  /** Below the headings of the widget, and never more than one level below the heading before. */
  private heading(node: Heading): VNode {
    this.level = Math.min(this.level + 1, node.depth + this.under, 6);
    const Level = `h${this.level}` as "h3";
    return (
      <Level key={startOf(node)} class={`rw-h${node.depth}`} dir="auto">
        {this.children(node)}
      </Level>
    );
  }

  private list(node: List): VNode {
    const key = startOf(node);
    const items = node.children.map((item) => {
      const task = typeof item.checked === "boolean";
      return (
        <li key={startOf(item)} class={task ? "rw-task" : undefined}>
          {task && (
            <span class="rw-box" role="img" aria-label={item.checked ? "done" : "not done"}>
              {item.checked ? "☑" : "☐"}
            </span>
          )}
          {item.children.map((child) =>
            // A list without blank lines is set close.
            !node.spread && !item.spread && child.type === "paragraph" ? (
              <span key={startOf(child)} class="rw-tight" dir="auto">
                {this.children(child)}
              </span>
            ) : (
              this.node(child, item)
            ),
          )}
        </li>
      );
    });
    const dir = this.direction(node);
    return node.ordered ? (
      <ol key={key} dir={dir} start={node.start ?? 1}>
        {items}
      </ol>
    ) : (
      <ul key={key} dir={dir}>
        {items}
      </ul>
    );
  }

  private table(node: Table): VNode {
    const [head, ...rows] = node.children;
    const cells = (row: Table["children"][number] | undefined, Cell: "th" | "td") =>
      row?.children.map((cell, column) => {
        const aligned = node.align?.[column];
        return (
          <Cell
            key={startOf(cell)}
            class={aligned ? ALIGNED[aligned] : undefined}
            dir="auto"
            {...(Cell === "th" ? { scope: "col" as const } : {})}
          >
            {this.children(cell)}
          </Cell>
        );
      });
    return (
      <Scroll key={startOf(node)} label="Table" class="rw-grid">
        <table dir={this.direction(node)}>
          <thead>
            <tr>{cells(head, "th")}</tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={startOf(row)}>{cells(row, "td")}</tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    );
  }

  private inlineCode(value: string, start: number, end: number) {
    const written = this.source.slice(start, end);
    const ticks = /^`*/.exec(written)?.[0].length ?? 0;
    const padded = written.length - 2 * ticks - value.length === 2 ? 1 : 0;
    return align(value, this.source, start + ticks + padded, end - ticks - padded);
  }

  private anchor(node: Nodes, href: string, title: string | null | undefined, children: ComponentChildren): VNode {
    return (
      <a
        key={startOf(node)}
        {...own}
        href={href}
        target="_blank"
        rel="noopener noreferrer nofollow"
        referrerpolicy="no-referrer"
        title={plain(title ? `${href}\n${title}` : href)}
      >
        {children}
      </a>
    );
  }

  private link(node: Nodes & Parents, url: string, title: string | null | undefined): VNode | null {
    const href = safeHref(url);
    return href === null ? null : this.anchor(node, href, title, this.children(node));
  }

  /** Never loaded: an address of its own would tell its server that the answer is being read. */
  private image(node: Nodes, url: string, alt: string | null | undefined): VNode | null {
    const href = safeHref(url);
    if (!href?.startsWith("http")) return null;
    return this.anchor(
      node,
      href,
      null,
      <Whole start={startOf(node)} end={endOf(node)}>
        image: {plain(alt || href)}
      </Whole>,
    );
  }

  private html(node: Html, block: boolean): VNode {
    const slices = alignLines(node.value, this.source, startOf(node), endOf(node), 0);
    const content = <Slices key={startOf(node)} slices={slices} />;
    return block ? this.block(content, startOf(node)) : content;
  }
}

function Unparsed({ source, start, end }: { source: string; start: number; end: number }) {
  return (
    <div class="rw-unparsed">
      <p class="rw-note-line">Shown as written: too long or too tangled to be shown as Markdown.</p>
      <Raw source={source} start={start} end={end} />
    </div>
  );
}
