/** A code block: its language, the code, and colours once the chunk for them is there. */
import type { Code } from "mdast";
import { useMemo } from "preact/hooks";
import type { Token } from "../chunks/highlight";
import { Chars, Slices } from "./chars";
import { type ChunkOf, need } from "./chunk";
import { plain } from "./hidden";
import { canHighlight, languageOf } from "./languages";
import { alignLines, endOf, type Slice, startOf } from "./offsets";
import { Scroll } from "./scroll";

interface Props {
  node: Code;
  source: string;
  chunk: ChunkOf;
}

export function CodeBlock({ node, source, chunk }: Props) {
  const language = languageOf(node.lang);
  const colours = canHighlight(language) ? need("highlight", chunk).value : null;
  const slices = useMemo(() => {
    const fenced = /[`~]/.test(source[startOf(node)] ?? "");
    return alignLines(node.value, source, startOf(node), endOf(node), fenced ? 1 : 0);
  }, [node, source]);
  const tokens = useMemo(() => colours?.highlight(node.value, language) ?? null, [colours, node, language]);
  // All that stands behind the fence: nothing a model wrote is left out.
  const name = plain([node.lang, node.meta].filter(Boolean).join(" "));
  return (
    <div class="rw-code" dir="ltr">
      {name && <span class="rw-language">{name}</span>}
      <Scroll label={name ? `Code, ${name}` : "Code"} class="rw-code-box">
        <pre>
          <code>{tokens ? <Coloured tokens={tokens} slices={slices} /> : <Slices slices={slices} />}</code>
        </pre>
      </Scroll>
    </div>
  );
}

/** The same text cut twice: by colour and by where it stands in the source. */
function Coloured({ tokens, slices }: { tokens: Token[]; slices: Slice[] }) {
  const parts: { slice: Slice; kind: string | null }[] = [];
  let place = 0;
  let done = 0;
  for (const [text, kind] of tokens) {
    let rest = text;
    while (rest) {
      const slice = slices[place];
      if (!slice) break;
      const taken = rest.slice(0, slice.text.length - done);
      const cut: Slice =
        slice.end === undefined ? { text: taken, start: slice.start + done } : { ...slice, text: taken };
      parts.push({ slice: cut, kind });
      rest = rest.slice(taken.length);
      done += taken.length;
      if (done >= slice.text.length) [place, done] = [place + 1, 0];
    }
  }
  return (
    <>
      {parts.map(({ slice, kind }, at) => (
        <Chars key={at} slice={slice} kind={kind ? `rw-hl-${kind}` : undefined} />
      ))}
    </>
  );
}
