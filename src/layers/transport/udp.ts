/** User Datagram Protocol. RFC 768. */

import { bytesText } from '../../bytes/address.ts'
import { hex } from '../../bytes/integers.ts'
import { decimalText, difference } from '../../bytes/time.ts'
import { remark, u16, varying } from '../../dissect/field.ts'
import { defineLayer } from '../../dissect/layer.ts'
import { CHECKSUM_STATUS } from '../../dissect/numbers/checksum-status.ts'
import type { Reading } from '../../dissect/reading.ts'
import { Limit } from '../../dissect/stop.ts'
import { limitTo, malformed, nextByUdpPorts, truncated } from '../../dissect/walk.ts'
import { jumboPayload, writeUdpRow } from './udp-row.ts'

const HEADER_SIZE = 8
const CHECKSUM = { unverified: 2, absent: 3 } as const

function statusNode(r: Reading, value: number, words: string) {
  return { value, start: r.start + 8, end: r.start + 8, text: `[Checksum Status: ${words}]` }
}

const status = varying(
  'uint8',
  'udp.checksum.status',
  'Checksum Status',
  (r) => {
    if (r.start + HEADER_SIZE > r.body) return []
    const isAbsent = r.view.getUint16(r.start + 6) === 0
    return [isAbsent ? statusNode(r, CHECKSUM.absent, 'Not present') : statusNode(r, CHECKSUM.unverified, 'Unverified')]
  },
  { generated: true, names: CHECKSUM_STATUS },
)

function since(r: Reading, which: 'first' | 'previous'): string | undefined {
  const times = r.notes?.times
  return times === undefined ? undefined : decimalText(difference(times.now, times[which]))
}

const fields = {
  source: u16('udp.srcport', 'Source Port', 0, { also: ['udp.port'] }),
  destination: u16('udp.dstport', 'Destination Port', 2, { also: ['udp.port'] }),
  length: u16('udp.length', 'Length', 4),
  checksum: u16('udp.checksum', 'Checksum', 6, {
    base: 'hex',
    text: (value) => (value === 0 ? '0x0000 [zero-value ignored]' : `0x${hex(value, 4)} [unverified]`),
    // tshark puts the status beneath an absent checksum and beside a present one.
    members: [status],
    beneath: (value, r) => (value === 0 ? status.nodes(r) : []),
  }),
  checksumStatus: varying(
    'uint8',
    'udp.checksum.status',
    'Checksum Status',
    (r) =>
      r.start + HEADER_SIZE > r.body || r.view.getUint16(r.start + 6) === 0
        ? []
        : [statusNode(r, CHECKSUM.unverified, 'Unverified')],
    { generated: true, names: CHECKSUM_STATUS },
  ),
  stream: varying(
    'uint32',
    'udp.stream',
    'Stream index',
    (r) => (r.notes?.stream === undefined ? [] : [{ value: r.notes.stream, start: r.start, end: r.start }]),
    { generated: true },
  ),
  sinceFirst: varying('relative_time', 'udp.time_relative', 'Time since first frame', (r) => {
    const time = since(r, 'first')
    return time === undefined
      ? []
      : [{ value: time, start: r.start, end: r.start, text: `[Time since first frame: ${time} seconds]` }]
  }),
  sincePrevious: varying('relative_time', 'udp.time_delta', 'Time since previous frame', (r) => {
    const time = since(r, 'previous')
    return time === undefined
      ? []
      : [{ value: time, start: r.start, end: r.start, text: `[Time since previous frame: ${time} seconds]` }]
  }),
  payload: varying('bytes', 'udp.payload', 'UDP payload', (r) => {
    const length = r.end - r.body
    if (r.body - r.start < HEADER_SIZE || length <= 0) return []
    return [
      {
        value: bytesText(r.view, r.body, length),
        start: r.body,
        end: r.end,
        text: `UDP payload (${length} byte${length === 1 ? '' : 's'})`,
      },
    ]
  }),
}

export const udp = defineLayer({
  name: 'udp',
  title: 'User Datagram Protocol',
  role: 'transport',
  fields,
  ends: [fields.source, fields.destination],
  attach: [['ip.proto', 17]],
  step(view, at, end, walk) {
    if (end - at < HEADER_SIZE) return truncated(walk, HEADER_SIZE)
    const length = fields.length.read(view, at)
    // 0 is what a jumbogram or an offloaded datagram says (RFC 2675 section 4).
    if (length !== 0) {
      if (length < HEADER_SIZE) return malformed(walk)
      limitTo(walk, at + length, Limit.UdpLength)
    }
    nextByUdpPorts(walk, fields.source.read(view, at), fields.destination.read(view, at))
    return at + HEADER_SIZE
  },
  row: writeUdpRow,
  heading(r) {
    if (r.body - r.start < 4) return 'User Datagram Protocol'
    return `User Datagram Protocol, Src Port: ${fields.source.read(r.view, r.start)}, Dst Port: ${fields.destination.read(r.view, r.start)}`
  },
  group(nodes, r) {
    const times = nodes.filter((node) => node.field === fields.sinceFirst || node.field === fields.sincePrevious)
    if (times.length === 0) return nodes
    const first = nodes.indexOf(times[0] as (typeof nodes)[number])
    return [
      ...nodes.slice(0, first),
      remark('[Timestamps]', r.start, r.start, times),
      ...nodes.slice(first + times.length),
    ]
  },
  info(r) {
    const there = r.body - r.start
    if (there < 4) return undefined
    const ends = `${fields.source.read(r.view, r.start)} → ${fields.destination.read(r.view, r.start)}`
    if (there < 6) return ends
    const length = fields.length.read(r.view, r.start)
    const jumbo = jumboPayload(length, r.start, r.walk.claimed[r.depth] ?? r.end)
    return jumbo > 0 ? `${ends} Len=${jumbo} [Jumbogram]` : `${ends} Len=${Math.max(length - HEADER_SIZE, 0)}`
  },
})
