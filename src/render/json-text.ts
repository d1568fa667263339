/**
 * JSON for standard output. JSON.stringify leaves DEL, C1 controls and what changes the direction of writing as they are;
 * here they are written out as JSON can, so that a reader has the same text, and a terminal nothing to obey.
 */
const DANGEROUS = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g

/** `value` as JSON on one line, or indented. */
export function jsonText(value: unknown, indent?: number): string {
  return plainJson(JSON.stringify(value, null, indent))
}

/** JSON that was made elsewhere, with all of these written out. */
export function plainJson(json: string): string {
  return json.replace(DANGEROUS, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
