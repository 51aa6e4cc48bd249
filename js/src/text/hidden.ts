/**
 * Characters that nobody sees: controls, zero-width characters, overrides of the writing direction, and the tag and
 * variation characters that can carry a hidden message. They are shown as small marks, and never reach the page
 * themselves, so none of them can turn the order of the text around it.
 */

export interface Hidden {
  /** What the mark says, such as "RLO" or "ZWSP×3". */
  label: string;
  /** In words, with the code points. */
  title: string;
  /** How many UTF-16 units of the text it stands for. */
  length: number;
  /** True for a line ending of its own that the browser would not break at. */
  breaks: boolean;
}

const NAMES: Record<number, [label: string, words: string]> = {
  173: ["SHY", "soft hyphen"],
  847: ["CGJ", "combining grapheme joiner"],
  1564: ["ALM", "Arabic letter mark"],
  8203: ["ZWSP", "zero width space"],
  8204: ["ZWNJ", "zero width non-joiner"],
  8205: ["ZWJ", "zero width joiner"],
  8206: ["LRM", "left-to-right mark"],
  8207: ["RLM", "right-to-left mark"],
  8232: ["LS", "line separator"],
  8233: ["PS", "paragraph separator"],
  8234: ["LRE", "left-to-right embedding"],
  8235: ["RLE", "right-to-left embedding"],
  8236: ["PDF", "pop directional formatting"],
  8237: ["LRO", "left-to-right override"],
  8238: ["RLO", "right-to-left override"],
  8288: ["WJ", "word joiner"],
  8294: ["LRI", "left-to-right isolate"],
  8295: ["RLI", "right-to-left isolate"],
  8296: ["FSI", "first strong isolate"],
  8297: ["PDI", "pop directional isolate"],
  65279: ["BOM", "byte order mark"],
};

const CONTROLS =
  "NUL SOH STX ETX EOT ENQ ACK BEL BS HT LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US";

// Of the format characters, those that have a shape of their own (Arabic number signs and their like) are no secret.
const SEEN = /[\t\n\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}]/u;
const SECRET =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u115f\u1160\u2800\u3164\uffa0]|\u034f|\u17b4|\u17b5|[\u180b-\u180d]|\u180f|[\ufe00-\ufe0f]|[\u{e0100}-\u{e01ef}]/u;
const QUICK = new RegExp(String.raw`(?!\r?\n|\t)(?:${SECRET.source})`, "u");
const JOINING = /[\u0600-\u0dff\u1000-\u109f\u1780-\u18af]/;
const TAG = /[\u{e0020}-\u{e007f}]/u;
const EMOJI = /\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f/u;

/** Some writing systems and emoji cannot be written without a few of them: those are left alone. */
function belongs(chars: string[], place: number): boolean {
  const [before = "", char = "", after = ""] = [chars[place - 1], chars[place], chars[place + 1]];
  const code = char.codePointAt(0) ?? 0;
  if (code === 13) return after === "\n";
  if (code === 0x200c || code === 0x200d) {
    if (JOINING.test(before) && (code === 0x200d || JOINING.test(after))) return true;
    return code === 0x200d && EMOJI.test(before) && EMOJI.test(after);
  }
  if (code === 0xfe0e || code === 0xfe0f) return /[\p{Extended_Pictographic}\p{Emoji_Modifier}0-9#*]/u.test(before);
  if (code >= 0xfe00 && code < 0xfe0e) return /[\p{S}\p{L}]/u.test(before);
  if (code >= 0xe0100 && code <= 0xe01ef) return /\p{Script=Han}/u.test(before);
  if (code >= 0xe0061 && code <= 0xe007f) {
    // The letters of a flag, such as Scotland's, are few and follow a black flag.
    let first = place;
    while (place - first < 7 && TAG.test(chars[first - 1] ?? "")) first -= 1;
    let last = place;
    while (last - place < 7 && TAG.test(chars[last + 1] ?? "")) last += 1;
    return chars[first - 1] === "\u{1f3f4}" && chars[last] === "\u{e007f}" && last - first < 7;
  }
  return false;
}

function nameOf(char: string): [label: string, words: string] {
  const code = char.codePointAt(0) ?? 0;
  const named = NAMES[code];
  if (named) return named;
  if (code < 32) return [CONTROLS.split(" ")[code] ?? "", "control character"];
  if (code >= 0xe0020 && code < 0xe007f) return [`tag ${String.fromCharCode(code - 0xe0000)}`, "tag character"];
  if ((code >= 0xfe00 && code <= 0xfe0f) || code >= 0xe0100) return ["VS", "variation selector"];
  return [`U+${hex(code)}`, "invisible character"];
}

const hex = (code: number): string => code.toString(16).toUpperCase().padStart(4, "0");

function markOf(chars: string[]): Hidden {
  const labels: string[] = [];
  const titles: string[] = [];
  let last = "";
  let times = 0;
  const flush = (): void => {
    if (last) labels.push(times > 1 ? `${last}×${times}` : last);
  };
  for (const char of chars) {
    const [label, words] = nameOf(char);
    if (label === last) times += 1;
    else {
      flush();
      [last, times] = [label, 1];
      if (titles.length < 8) titles.push(`U+${hex(char.codePointAt(0) ?? 0)} ${words}`);
    }
  }
  flush();
  const tags = chars.every((char) => /[\u{e0020}-\u{e007e}]/u.test(char));
  const spelled = tags ? chars.map((char) => String.fromCharCode((char.codePointAt(0) ?? 0) - 0xe0000)).join("") : "";
  return {
    label: tags ? `tags: ${spelled}` : labels.length > 6 ? `${chars.length} hidden` : labels.join(" "),
    title: `${chars.length === 1 ? "Hidden character" : `${chars.length} hidden characters`}: ${titles.join(", ")}`,
    length: chars.join("").length,
    breaks: chars.length === 1 && chars[0] === "\r",
  };
}

/** Marks in one piece of text; what comes after them is only replaced, as a text full of them would stop the page. */
const MOST = 300;
const REPLACEMENT = "\ufffd";

/** The text in pieces: what can be seen, and marks for what cannot. The pieces together are as long as the text. */
export function pieces(text: string): (string | Hidden)[] {
  if (!QUICK.test(text)) return text ? [text] : [];
  const found: (string | Hidden)[] = [];
  let run: string[] = [];
  let marks = 0;
  let plain = "";
  const flush = (): void => {
    if (plain) found.push(plain);
    if (run.length) {
      found.push(markOf(run));
      marks += 1;
    }
    [plain, run] = ["", []];
  };
  const chars = Array.from(text);
  chars.forEach((char, place) => {
    const secret = SECRET.test(char) && !SEEN.test(char) && !belongs(chars, place);
    if (secret && marks >= MOST) plain += REPLACEMENT.repeat(char.length);
    else if (secret) {
      if (plain && !run.length) flush();
      run.push(char);
    } else {
      if (run.length) flush();
      plain += char;
    }
  });
  flush();
  return found;
}

/** For tooltips and names, which hold no marks: without any invisible character. */
export function plain(text: string): string {
  return pieces(text)
    .map((piece) => (typeof piece === "string" ? piece : `[${piece.label}]`))
    .join("");
}
