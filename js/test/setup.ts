/** Tests see rendered Markdown at once, as a page does after its first moments. */
import * as markdown from "../src/chunks/markdown";
import { provide } from "../src/text/chunk";

provide("markdown", markdown);
