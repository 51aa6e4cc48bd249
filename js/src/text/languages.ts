/** Languages that the highlight chunk knows, by the names that fences carry: asked before it is loaded. */
const NAMES =
  "arduino ino bash sh zsh c h cpp cc c++ h++ hpp hh hxx cxx csharp cs c# css diff patch go golang graphql gql ini toml java jsp javascript js jsx mjs cjs json jsonc json5 kotlin kt kts less lua pluto makefile mk mak make markdown md mkdown mkd xml html xhtml rss atom xjb xsd xsl plist wsf svg objectivec mm objc obj-c perl pl pm php python py gyp ipython pycon python-repl r ruby rb gemspec podspec thor irb rust rs scss shell console shellsession sql swift typescript ts tsx mts cts vbnet vb wasm yaml yml php-template plaintext text txt";
const KNOWN = new Set(NAMES.split(" "));
const PLAIN = new Set(["plaintext", "text", "txt"]);

export const languageOf = (info: string | null | undefined): string =>
  (info ?? "").toLowerCase().replace(/[^\w+#.-].*$/s, "");
export const canHighlight = (language: string): boolean => KNOWN.has(language) && !PLAIN.has(language);
