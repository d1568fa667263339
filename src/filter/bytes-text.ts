/** Bytes as text of the same length, a character a byte; and how bytes compare. */

/** For regular expressions over bytes. */
export function latin1Text(bytes: Uint8Array): string {
  return asBuffer(bytes).toString('latin1')
}

/** Negative, zero or positive: byte by byte, a beginning before what goes on. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  return Buffer.compare(a, b)
}

export function containsBytes(haystack: Uint8Array, needle: Uint8Array): boolean {
  return asBuffer(haystack).includes(asBuffer(needle))
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
