/** How text that nobody vouches for is shown: prompts, responses, context, guidelines. */
import "./text.css";

export { TextBlock } from "./block";
export type { ChunkOf } from "./chunk";
export { Markdown } from "./markdown";
export { type Board, createBoard, type Mark, type TextId } from "./marks";
export { MarkLayer, showMark } from "./marks_layer";
export { offsetAt } from "./offsets";
export { type Part, selectedIn } from "./selection";
