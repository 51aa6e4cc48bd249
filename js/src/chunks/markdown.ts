/** Chunk: a text to its tree. Half of the page's code is this parser; it comes beside the first item, and never twice. */
export { toTree as markdown } from "../text/tree";
