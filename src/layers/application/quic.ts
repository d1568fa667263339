/** QUIC: packets with long headers by kind and connection ids. RFC 9000 section 17.2, RFC 8999; version 2: RFC 9369. */
import { bytesText } from '../../bytes/address.ts'
import { namedOnly } from '../../dissect/named-only.ts'
import type { Reading } from '../../dissect/reading.ts'

const LONG = 0x80
const FIXED = 0x40
const LONGEST_ID = 20
/** Flags, version, and the length of each id. */
const LEAST = 7
const VERSION_2 = 0x6b3343cf
const KINDS = ['Initial', '0-RTT', 'Handshake', 'Retry']
const KINDS_2 = ['Retry', 'Initial', '0-RTT', 'Handshake']

/** Where the source's id begins, with its length before it; -1: it is not there. */
function sourceAt(view: DataView, at: number, end: number): number {
  if (end - at < LEAST) return -1
  const destination = view.getUint8(at + 5)
  if (destination > LONGEST_ID || at + LEAST + destination > end) return -1
  const source = view.getUint8(at + 6 + destination)
  return source > LONGEST_ID || at + LEAST + destination + source > end ? -1 : at + LEAST + destination
}

function words({ view, start, body }: Reading): string {
  const version = view.getUint32(start + 1)
  const number = (view.getUint8(start) >> 4) & 3
  const kind = version === 0 ? 'Version Negotiation' : (version === VERSION_2 ? KINDS_2 : KINDS)[number]
  const at = sourceAt(view, start, body)
  const id = (name: string, from: number, length: number) =>
    length === 0 ? [] : [`${name}=${bytesText(view, from, length)}`]
  const ids = [...id('DCID', start + 6, view.getUint8(start + 5)), ...id('SCID', at, view.getUint8(at - 1))]
  return [kind, ...ids].join(', ')
}

export const quic = namedOnly({
  name: 'quic',
  title: 'QUIC IETF',
  attach: [
    ['udp.port', 443],
    ['udp.port', 8443],
  ],
  is(view, at, end) {
    if (end - at < LEAST || (view.getUint8(at) & LONG) === 0) return false
    const isKnown = view.getUint32(at + 1) === 0 || (view.getUint8(at) & FIXED) !== 0
    return isKnown && sourceAt(view, at, end) >= 0
  },
  words,
})
