/** Which addresses in a model's text may become links. Everything else is shown as the text it is. */

const SCHEMES = new Set(["http:", "https:", "mailto:"]);
/** What a browser drops or bends on its way to an address: spaces, controls, invisible characters, backslashes. */
const BENT = /[\s\p{C}\\]/u;
const LONGEST = 2_000;

/** The address to put into `href`, or null where it must stay text. */
export function safeHref(url: string): string | null {
  if (url.length > LONGEST || BENT.test(url) || !/^(?:https?:\/\/|mailto:)/i.test(url)) return null;
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    return null;
  }
  // A name before the host is there to pass one host off as another.
  if (!SCHEMES.has(parsed.protocol) || parsed.username || parsed.password) return null;
  return parsed.href;
}
