/** Chunk: code to coloured tokens, by lowlight. */
import type { ElementContent } from "hast";
import { common, createLowlight } from "lowlight";

const lowlight = createLowlight(common);
lowlight.registerAlias({ python: ["ipython"], json: ["json5"] });

/** A run of code and how it is coloured: a class of text.css without its prefix, or null. */
export type Token = [text: string, kind: string | null];

/** Scopes of highlight.js to the few kinds that differ in colour. */
const KINDS: Record<string, string> = {
  keyword: "keyword",
  "selector-tag": "keyword",
  template: "keyword",
  operator: "keyword",
  built_in: "type",
  type: "type",
  class_: "type",
  string: "string",
  regexp: "string",
  char: "string",
  symbol: "string",
  link: "string",
  number: "number",
  literal: "number",
  comment: "comment",
  quote: "comment",
  doctag: "comment",
  title: "title",
  section: "title",
  name: "title",
  function_: "title",
  "selector-id": "title",
  "selector-class": "title",
  attr: "name",
  attribute: "name",
  variable: "name",
  property: "name",
  "template-variable": "name",
  meta: "meta",
  addition: "addition",
  deletion: "deletion",
};

/** Longer code, or longer lines, stay plain: some grammars grow slow with them. */
const LONGEST = 20_000;
const LONGEST_LINE = 2_000;

/** The code in tokens, which together are exactly the code; null where it stays plain. */
export function highlight(code: string, language: string): Token[] | null {
  if (code.length > LONGEST || !lowlight.registered(language)) return null;
  if (code.split("\n").some((line) => line.length > LONGEST_LINE)) return null;
  const tokens: Token[] = [];
  try {
    flatten(lowlight.highlight(language, code).children as ElementContent[], null, tokens);
  } catch {
    return null;
  }
  return tokens.map(([text]) => text).join("") === code ? tokens : null;
}

function flatten(nodes: ElementContent[], kind: string | null, into: Token[]): void {
  for (const node of nodes) {
    if (node.type === "text") {
      const last = into.at(-1);
      if (last && last[1] === kind) last[0] += node.value;
      else into.push([node.value, kind]);
    } else if (node.type === "element") {
      const names = (node.properties.className as string[] | undefined) ?? [];
      const known = names.map((name) => KINDS[name.replace(/^hljs-/, "")]).findLast(Boolean);
      flatten(node.children, known ?? kind, into);
    }
  }
}
