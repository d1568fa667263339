/** What comes from a packet or a file is escaped before it reaches a terminal: nothing in it can move the cursor. */

/**
 * Control characters (C0, DEL, C1), what changes the direction of writing, line and paragraph separators, invisible
 * joiners and the byte-order mark, and halves of surrogate pairs.
 */
const DANGEROUS =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** `text` with every such character written out: `\n`, `\x1b`, `\u202e`. */
export function escapeText(text: string): string {
  return text.replace(DANGEROUS, (character) => SHORT[character] ?? codeOf(character))
}

function codeOf(character: string): string {
  const code = character.charCodeAt(0)
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
}
