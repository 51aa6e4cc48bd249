/** Chunk: TeX to a tree of MathML, by temml. What the page builds from it are elements, never markup. */
import temml from "temml";

export interface MathsNode {
  tag: string;
  attributes: Record<string, string>;
  children: (MathsNode | string)[];
}

/** MathML Core's elements, and `menclose`, which temml writes with a style of its own. No link, no action, no HTML. */
const TAGS = new Set(
  "math menclose merror mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover none".split(
    " ",
  ),
);
const ATTRIBUTES = new Set(
  "accent accentunder columnalign columnlines columnspacing columnspan depth dir display displaystyle fence form height largeop linethickness lspace mathbackground mathcolor mathsize mathvariant maxsize minsize movablelimits notation rowlines rowspacing rowspan rspace scriptlevel separator stretchy symmetric voffset width".split(
    " ",
  ),
);
const STYLES = new Set(
  "background-color border border-bottom border-color border-left border-right border-top color display font-family font-size font-style font-weight height justify-content margin-left math-depth math-style padding padding-bottom padding-left padding-right padding-top text-align vertical-align width".split(
    " ",
  ),
);
/** Nothing that could reach out or move: no functions but colours, no quotes. */
const VALUE = /^(?!.*(?:url|image|var|attr|env|expression)\s*\()[\w\s#%.,+()-]{0,120}$/i;

/** Characters that turn the writing direction: `\char` could make one. */
const TURNS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

const LONGEST = 8_000;
const MOST = 4_000;

/** temml's own tree. */
interface Built {
  type?: string;
  text?: string;
  attributes?: Record<string, unknown>;
  style?: Record<string, unknown>;
  classes?: string[];
  children?: Built[];
}
interface Inner {
  __renderToMathMLTree(tex: string, options: object): Built;
}

/**
 * A formula as MathML; null where TeX is not understood, too long, or too large.
 *
 * Commands that link, load, or name things (`\href`, `\includegraphics`, `\class`, `\id`) are refused by temml
 * (`trust` off), and no element or attribute comes through that is not listed above.
 */
export function maths(tex: string, display: boolean): MathsNode | null {
  if (tex.length > LONGEST) return null;
  try {
    const options = { displayMode: display, throwOnError: true, trust: false, maxExpand: 500, maxSize: [20, 40] };
    const built = (temml as unknown as Inner).__renderToMathMLTree(tex, options);
    const count = { left: MOST };
    const [math] = convert(built, count);
    return typeof math === "object" && math.tag === "math" && count.left > 0 ? math : null;
  } catch {
    return null;
  }
}

function convert(node: Built, count: { left: number }): (MathsNode | string)[] {
  count.left -= 1;
  if (count.left < 0) return [];
  if (node.text !== undefined && !node.children) {
    if (TURNS.test(node.text)) throw new Error("a formula does not turn the writing direction");
    return [node.text];
  }
  const children = (node.children ?? []).flatMap((child) => convert(child, count));
  // A fragment, or an element of a kind that is not let through: what is in it stays.
  if (!node.type || !TAGS.has(node.type)) return children;
  return [{ tag: node.type, attributes: attributesOf(node), children }];
}

function attributesOf(node: Built): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(node.attributes ?? {}))
    if (ATTRIBUTES.has(name) && VALUE.test(String(value))) found[name] = String(value);
  const style = Object.entries(node.style ?? {})
    .map(([name, value]) => [name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`), String(value)] as const)
    .filter(([name, value]) => STYLES.has(name) && VALUE.test(value));
  if (style.length) found.style = style.map(([name, value]) => `${name}:${value}`).join(";");
  const classes = (node.classes ?? []).filter((name) => /^[\w-]+$/.test(name));
  if (classes.length) found.class = classes.join(" ");
  return found;
}
