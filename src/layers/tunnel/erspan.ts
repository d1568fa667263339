/**
 * ERSPAN: mirrored frames in GRE, draft-foschiano-erspan. Type II and III have a header of their own; type I is GRE without
 * a sequence number and the frame directly behind it, which nothing but that missing number tells.
 */
import { bits, u32 } from '../../dissect/field.ts'
import { defineLayer } from '../../dissect/layer.ts'
import type { Reading } from '../../dissect/reading.ts'
import { nextIsData, nextIsEthernet, truncated, unknownVersion, type Walk } from '../../dissect/walk.ts'

const TYPE_II_SIZE = 8
const TYPE_III_SIZE = 12
const SUBHEADER = 8
const GRE_SEQUENCE = 0x10

const isTwo = (r: Reading) => r.body - r.start >= 2 && r.view.getUint8(r.start) >> 4 === 1
const isThree = (r: Reading) => r.body - r.start >= 2 && r.view.getUint8(r.start) >> 4 === 2

const fields = {
  version: bits(2, 'erspan.version', 'Version', 0, 0, 4, {
    names: { 1: 'Type II', 2: 'Type III' },
  }),
  vlan: bits(2, 'erspan.vlan', 'Vlan', 0, 4, 12),
  cos: bits(2, 'erspan.cos', 'COS', 2, 0, 3),
  encapsulation: bits(2, 'erspan.encap', 'Encap', 2, 3, 2, {
    when: isTwo,
    names: {
      0: 'Originally without VLAN tag',
      1: 'ISL encapsulated',
      2: '802.1Q encapsulated',
      3: 'VLAN tag preserved in frame',
    },
  }),
  condition: bits(2, 'erspan.bso', 'Bad/Short/Oversized', 2, 3, 2, { when: isThree }),
  truncated: bits(2, 'erspan.truncated', 'Truncated', 2, 5, 1, {
    names: { 0: 'Not truncated', 1: 'Truncated' },
  }),
  session: bits(2, 'erspan.spanid', 'SpanID', 2, 6, 10),
  reserved: bits(4, 'erspan.reserved', 'Reserved', 4, 0, 12, { when: isTwo }),
  index: bits(4, 'erspan.index', 'Index', 4, 12, 20, { when: isTwo }),
  timestamp: u32('erspan.timestamp', 'Timestamp', 4, { when: isThree }),
  securityGroup: bits(2, 'erspan.sgt', 'Security Group Tag', 8, 0, 16, { when: isThree }),
  hasFrame: bits(2, 'erspan.p', 'Has Ethernet PDU', 10, 0, 1, { when: isThree }),
  frameType: bits(2, 'erspan.ft', 'Frame Type', 10, 1, 5, { when: isThree, names: { 0: 'Ethernet', 2: 'IP' } }),
  hardware: bits(2, 'erspan.hw', 'Hardware ID', 10, 6, 6, { when: isThree }),
  direction: bits(2, 'erspan.direction', 'Direction', 10, 12, 1, {
    type: 'boolean',
    text: (value) => (value === 0 ? 'Incoming' : 'Outgoing'),
    when: isThree,
  }),
  granularity: bits(2, 'erspan.gra', 'Timestamp granularity', 10, 13, 2, {
    when: isThree,
    names: { 0: '100 microseconds', 1: '100 nanoseconds', 2: 'IEEE 1588', 3: 'User configurable' },
  }),
  subheader: bits(2, 'erspan.o', 'Optional Sub headers', 10, 15, 1, { when: isThree }),
}

/** Type III: a platform's own eight bytes may follow, and what was mirrored need not be Ethernet. */
function stepThree(view: DataView, at: number, end: number, walk: Walk): number {
  if (end - at < TYPE_III_SIZE) return truncated(walk, TYPE_III_SIZE)
  const length = TYPE_III_SIZE + fields.subheader.read(view, at) * SUBHEADER
  if (end - at < length) return truncated(walk, length)
  if (fields.frameType.read(view, at) === 0) nextIsEthernet(walk)
  else nextIsData(walk)
  return at + length
}

export const erspan = defineLayer({
  name: 'erspan',
  title: 'Encapsulated Remote Switch Packet ANalysis',
  role: 'link',
  fields,
  attach: [
    ['ethertype', 0x88be],
    ['ethertype', 0x22eb],
  ],
  step(view, at, end, walk) {
    const { depth } = walk
    if (depth > 0 && isBareFrame(view, walk.start[depth - 1] as number, at)) {
      nextIsEthernet(walk)
      return at
    }
    if (end - at < TYPE_II_SIZE) return truncated(walk, TYPE_II_SIZE)
    const version = fields.version.read(view, at)
    if (version === 2) return stepThree(view, at, end, walk)
    if (version !== 1) return unknownVersion(walk)
    nextIsEthernet(walk)
    return at + TYPE_II_SIZE
  },
  heading: (r) => `Encapsulated Remote Switch Packet ANalysis Type ${isTwo(r) ? 'II' : isThree(r) ? 'III' : 'I'}`,
})

/** Behind GRE of 0x88be without a sequence number. */
function isBareFrame(view: DataView, before: number, at: number): boolean {
  return at - before >= 4 && view.getUint16(before + 2) === 0x88be && (view.getUint8(before) & GRE_SEQUENCE) === 0
}
