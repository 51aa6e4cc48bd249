/** How text that nobody vouches for is shown: prompts, responses, context, guidelines. */
import "./text.css";

export { TextBlock } from "./block";
export type { ChunkOf } from "./chunk";
export { Markdown } from "./markdown";
export { offsetAt } from "./offsets";
