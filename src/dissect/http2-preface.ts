/** What the client of HTTP/2 sends first: RFC 9113 section 3.4. HTTP/1's ports have to know it as well. */
const MAGIC = Uint8Array.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', (character) => character.charCodeAt(0))

export const PREFACE_LENGTH = MAGIC.length

/** Whether a connection begins here: what its client sends first. */
export function isHttp2Preface(view: DataView, at: number, end: number): boolean {
  if (end - at < MAGIC.length || view.getUint8(at) !== MAGIC[0]) return false
  for (let i = 1; i < MAGIC.length; i++) if (view.getUint8(at + i) !== MAGIC[i]) return false
  return true
}
