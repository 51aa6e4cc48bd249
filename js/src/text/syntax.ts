/** The Markdown that is read here: GFM and formulas, as extensions of micromark and of the mdast compiler. */
import type { Text } from "mdast";
import type { CompileContext, Extension as FromMarkdown, Handle } from "mdast-util-from-markdown";
import { gfmFootnoteFromMarkdown } from "mdast-util-gfm-footnote";
import { gfmStrikethroughFromMarkdown } from "mdast-util-gfm-strikethrough";
import { gfmTableFromMarkdown } from "mdast-util-gfm-table";
import { gfmTaskListItemFromMarkdown } from "mdast-util-gfm-task-list-item";
import { gfm } from "micromark-extension-gfm";
import type { Code, Construct, Effects, Extension, State, Token, TokenizeContext } from "micromark-util-types";
import { Formulas } from "./formulas";

declare module "micromark-util-types" {
  interface TokenTypeMap {
    formula: "formula";
    formulaBlock: "formulaBlock";
    formulaLine: "formulaLine";
  }
}

const DOLLAR = 36;
const BACKSLASH = 92;
const isEnding = (code: Code): boolean => code !== null && code < -2;
const isSpace = (code: Code): boolean => code === -2 || code === -1 || code === 32;

/** Consume the text up to an offset as one token; `nok` where it stops before (a container ended). */
function consume(
  self: TokenizeContext,
  effects: Effects,
  type: "formula" | "formulaBlock",
  end: number,
  after: State,
  nok: State,
): State {
  const between: State = (code) => {
    if (self.now().offset >= end) {
      effects.exit(type);
      return after(code);
    }
    if (code === null || (type === "formulaBlock" && self.parser.lazy[self.now().line])) return nok(code);
    if (isEnding(code)) {
      effects.enter("lineEnding");
      effects.consume(code);
      effects.exit("lineEnding");
      return between;
    }
    effects.enter("formulaLine");
    return line(code);
  };
  const line: State = (code) => {
    if (code === null || isEnding(code) || self.now().offset >= end) {
      effects.exit("formulaLine");
      return between(code);
    }
    effects.consume(code);
    return line;
  };
  return (code) => {
    effects.enter(type);
    return between(code);
  };
}

const inline = (formulas: Formulas): Construct => ({
  name: "formula",
  previous: (code) => code !== DOLLAR,
  tokenize(effects, ok, nok) {
    return (code) => {
      const end = formulas.inline(this.now().offset);
      return end ? consume(this, effects, "formula", end, ok, nok)(code) : nok(code);
    };
  },
});

const block = (formulas: Formulas): Construct => ({
  name: "formulaBlock",
  concrete: true,
  tokenize(effects, ok, nok) {
    const trailing: State = (code) => {
      if (code === null || isEnding(code)) {
        effects.exit("lineSuffix");
        return ok(code);
      }
      effects.consume(code);
      return trailing;
    };
    const after: State = (code) => {
      if (!isSpace(code)) return ok(code);
      effects.enter("lineSuffix");
      return trailing(code);
    };
    return (code) => {
      const end = formulas.block(this.now().offset);
      if (!end) return nok(code);
      // Asked only whether a paragraph ends here.
      if (this.interrupt) return ok(code);
      return consume(this, effects, "formulaBlock", end, after, nok)(code);
    };
  },
});

/** Micromark's extensions for one text: the places of its formulas are found in the text itself. */
export function syntax(text: string): Extension[] {
  const formulas = new Formulas(text);
  const [within, flow] = [inline(formulas), block(formulas)];
  return [gfm(), { text: { [DOLLAR]: within, [BACKSLASH]: within }, flow: { [DOLLAR]: flow, [BACKSLASH]: flow } }];
}

/** The formula without its delimiters. */
function content(source: string): string {
  const size = /^(?:\$\$|\\)/.test(source) ? 2 : 1;
  return source.slice(size, -size).trim();
}

function formula(type: "inlineMath" | "math"): [enter: Handle, exit: Handle] {
  return [
    function (token) {
      this.enter({ type, value: "" }, token);
    },
    function (token) {
      const node = this.stack.at(-1);
      if (node && "value" in node) node.value = content(this.sliceSerialize(token));
      this.exit(token);
    },
  ];
}

/** A text node of its own for every piece, so that each one is a slice of the source. */
function openText(this: CompileContext, token: Token, whole: boolean): undefined {
  const parent = this.stack.at(-1);
  if (!parent || !("children" in parent)) return;
  const tail = parent.children.at(-1);
  if (!whole && tail?.type === "text" && !tail.data?.whole && tail.position?.end.offset === token.start.offset) {
    this.stack.push(tail);
    return;
  }
  const { line, column, offset } = token.start;
  const node: Text = {
    type: "text",
    value: "",
    // The end is set when the token ends.
    position: { start: { line, column, offset }, end: { line, column, offset } },
  };
  if (whole) node.data = { whole: true };
  parent.children.push(node as never);
  this.stack.push(node);
}

const data: Handle = function (token) {
  openText.call(this, token, false);
};
const whole: Handle = function (token) {
  openText.call(this, token, true);
};

const link: Handle = function (token) {
  this.enter({ type: "link", title: null, url: "", children: [] }, token);
};
const address: Handle = function (token) {
  this.config.enter.autolinkProtocol?.call(this, token);
};
const [enterFormula, exitFormula] = formula("inlineMath");
const [enterBlock, exitBlock] = formula("math");

const own: FromMarkdown = {
  enter: {
    data,
    codeFlowValue: data,
    characterEscape: whole,
    characterReference: whole,
    formula: enterFormula,
    formulaBlock: enterBlock,
    // GFM's own package for these also searches the finished tree, which loses positions.
    literalAutolink: link,
    literalAutolinkEmail: address,
    literalAutolinkHttp: address,
    literalAutolinkWww: address,
  },
  exit: {
    formula: exitFormula,
    formulaBlock: exitBlock,
    literalAutolink(token) {
      this.exit(token);
    },
    literalAutolinkEmail(token) {
      this.config.exit.autolinkEmail?.call(this, token);
    },
    literalAutolinkHttp(token) {
      this.config.exit.autolinkProtocol?.call(this, token);
    },
    literalAutolinkWww(token) {
      this.config.exit.data?.call(this, token);
      const node = this.stack.at(-1);
      if (node?.type === "link") node.url = `http://${this.sliceSerialize(token)}`;
    },
  },
};

export const compiler: FromMarkdown[] = [
  gfmTableFromMarkdown(),
  gfmStrikethroughFromMarkdown(),
  gfmTaskListItemFromMarkdown(),
  gfmFootnoteFromMarkdown(),
  own,
];
