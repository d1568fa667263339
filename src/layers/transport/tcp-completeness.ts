/** What has been seen of a connection, in the bits and words of Wireshark's `tcp.completeness`. */

export const Seen = { syn: 1, synAck: 2, ack: 4, data: 8, fin: 16, reset: 32 } as const

/** `Incomplete, ESTABLISHED (7)`. */
export function completenessText(value: number): string {
  return `${words(value)} (${value})`
}

function words(value: number): string {
  const handshake = Seen.syn | Seen.synAck | Seen.ack
  if ((value & handshake) === handshake) {
    const isOver = (value & (Seen.fin | Seen.reset)) !== 0
    if (isOver) return (value & Seen.data) !== 0 ? 'Complete, WITH_DATA' : 'Complete, NO_DATA'
    return (value & Seen.data) !== 0 ? 'Incomplete, DATA' : 'Incomplete, ESTABLISHED'
  }
  if (value === Seen.syn) return 'Incomplete, SYN_SENT'
  if (value === (Seen.syn | Seen.synAck)) return 'Incomplete, CLIENT_ESTABLISHED'
  return 'Incomplete'
}
