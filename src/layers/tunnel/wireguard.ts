/** WireGuard: named, and left closed. Message types as in section 5.4 of the WireGuard paper; numbers are little-endian. */
import { hex } from '../../bytes/integers.ts'
import { bytes, u8, varying } from '../../dissect/field.ts'
import { defineLayer } from '../../dissect/layer.ts'
import type { Reading } from '../../dissect/reading.ts'
import { malformed, truncated } from '../../dissect/walk.ts'

const HEADER_SIZE = 8

const TYPES: Readonly<Record<number, string>> = {
  1: 'Handshake Initiation',
  2: 'Handshake Response',
  3: 'Cookie Reply',
  4: 'Transport Data',
}

/** Where the index of whom the message is for stands: an answer to a handshake names its sender first. */
const receiverAt = (r: Reading) => (r.view.getUint8(r.start) === 2 ? 8 : 4)

function index(name: string, label: string, offset: (r: Reading) => number | undefined) {
  return varying(
    'uint32',
    name,
    label,
    (r) => {
      const at = r.start >= r.body ? undefined : offset(r)
      if (at === undefined || r.start + at + 4 > r.body) return []
      const start = r.start + at
      return [{ value: r.view.getUint32(start, true), start, end: start + 4 }]
    },
    { base: 'hex', size: 4 },
  )
}

const fields = {
  type: u8('wg.type', 'Type', 0, { names: TYPES }),
  reserved: bytes('wg.reserved', 'Reserved', 1, 3),
  sender: index('wg.sender', 'Sender', (r) => (r.view.getUint8(r.start) < 3 ? 4 : undefined)),
  receiver: index('wg.receiver', 'Receiver', (r) => (r.view.getUint8(r.start) === 1 ? undefined : receiverAt(r))),
}

export const wireguard = defineLayer({
  name: 'wg',
  title: 'WireGuard Protocol',
  label: 'WireGuard',
  role: 'application',
  fields,
  attach: [['udp.port', 51820]],
  step(view, at, end, walk) {
    if (end - at < HEADER_SIZE) return truncated(walk, HEADER_SIZE)
    return TYPES[view.getUint8(at)] === undefined || (view.getUint32(at) & 0xffffff) !== 0 ? malformed(walk) : end
  },
  info(r) {
    if (r.body - r.start < HEADER_SIZE) return undefined
    const type = fields.type.read(r.view, r.start)
    const name = TYPES[type]
    if (name === undefined) return undefined
    const words = [name]
    if (type < 3) words.push(`sender=0x${hex(r.view.getUint32(r.start + 4, true), 8).toUpperCase()}`)
    const at = r.start + receiverAt(r)
    if (type !== 1 && at + 4 <= r.body) words.push(`receiver=0x${hex(r.view.getUint32(at, true), 8).toUpperCase()}`)
    if (type === 4 && r.body - r.start >= 16) words.push(`counter=${r.view.getBigUint64(r.start + 8, true)}`)
    if (type === 4) words.push(`datalen=${r.body - r.start - 32}`)
    return words.join(', ')
  },
})
