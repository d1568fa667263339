/** Internet Group Management Protocol: RFC 1112, RFC 2236, RFC 3376. */
import { ipv4Text } from '../../bytes/address.ts'
import { ipv4, nodeOf, type Occurrence, remark, u8, u16, varying } from '../../dissect/field.ts'
import { defineLayer } from '../../dissect/layer.ts'
import type { Reading } from '../../dissect/reading.ts'
import { truncated } from '../../dissect/walk.ts'

const HEADER_SIZE = 8
const QUERY = 0x11
const LEAVE = 0x17
const REPORT_3 = 0x22
const QUERY_3_SIZE = 12
const RECORD_SIZE = 8

const TYPES: Readonly<Record<number, string>> = {
  17: 'Membership Query',
  18: 'Membership Report',
  22: 'Membership Report',
  23: 'Leave Group',
  34: 'Membership Report',
}
const VERSIONS: Readonly<Record<number, number>> = { 18: 1, 22: 2, 23: 2, 34: 3 }

const RECORDS: Readonly<Record<number, string>> = {
  1: 'Mode Is Include',
  2: 'Mode Is Exclude',
  3: 'Change To Include Mode',
  4: 'Change To Exclude Mode',
  5: 'Allow New Sources',
  6: 'Block Old Sources',
}

const typeOf = (r: Reading) => r.view.getUint8(r.start)
/** A longer query is version 3's; a shorter one without a time to answer is version 1's. */
const isQuery3 = (r: Reading) => r.body - r.start >= QUERY_3_SIZE && typeOf(r) === QUERY
const isReport3 = (r: Reading) => r.body > r.start && typeOf(r) === REPORT_3

function versionOf(r: Reading): number | undefined {
  if (r.body - r.start < HEADER_SIZE) return undefined
  if (typeOf(r) !== QUERY) return VERSIONS[typeOf(r)]
  return isQuery3(r) ? 3 : r.view.getUint8(r.start + 1) === 0 ? 1 : 2
}

const recordType = u8('igmp.record_type', 'Record Type', -1, { names: RECORDS })
const auxiliary = u8('igmp.aux_data_len', 'Aux Data Len', -1)
const sources = u16('igmp.num_src', 'Num Src', -1)
const source = ipv4('igmp.saddr', 'Source Address', -1)
const group = ipv4('igmp.maddr', 'Multicast Address', -1)

interface GroupRecord {
  readonly type: number
  readonly group: string
  readonly sources: number
  readonly start: number
  readonly end: number
}

/** The records that are whole. */
function recordsOf(r: Reading): GroupRecord[] {
  const records: GroupRecord[] = []
  let at = r.start + HEADER_SIZE
  for (let left = r.view.getUint16(r.start + 6); left > 0 && at + RECORD_SIZE <= r.body; left--) {
    const count = r.view.getUint16(at + 2)
    const end = at + RECORD_SIZE + (count + r.view.getUint8(at + 1)) * 4
    if (end > r.body) break
    records.push({ type: r.view.getUint8(at), group: ipv4Text(r.view, at + 4), sources: count, start: at, end })
    at = end
  }
  return records
}

/** The addresses from `at` on that are there. */
function sourcesAt(r: Reading, at: number, count: number): Occurrence[] {
  const found: Occurrence[] = []
  for (let start = at; found.length < count && start + 4 <= r.body; start += 4)
    found.push({ value: ipv4Text(r.view, start), start, end: start + 4 })
  return found
}

function recordNode(r: Reading, { type, group: address, sources: count, start, end }: GroupRecord) {
  const children = [
    nodeOf(recordType, { value: type, start, end: start + 1 }),
    nodeOf(auxiliary, { value: r.view.getUint8(start + 1), start: start + 1, end: start + 2 }),
    nodeOf(sources, { value: count, start: start + 2, end: start + 4 }),
    nodeOf(group, { value: address, start: start + 4, end: start + 8 }),
    ...sourcesAt(r, start + RECORD_SIZE, count).map((one) => nodeOf(source, one)),
  ]
  return remark(`Group Record : ${address}  ${RECORDS[type] ?? ''}`, start, end, children)
}

const fields = {
  version: varying(
    'uint8',
    'igmp.version',
    'IGMP Version',
    (r) => {
      const value = versionOf(r)
      return value === undefined ? [] : [{ value, start: r.start, end: r.start }]
    },
    { generated: true },
  ),
  type: u8('igmp.type', 'Type', 0, { base: 'hex', names: TYPES }),
  response: u8('igmp.max_resp', 'Max Resp Time', 1, {
    text: (value) => `${(value / 10).toFixed(1)} sec (0x${value.toString(16).padStart(2, '0')})`,
    when: (r) => typeOf(r) !== REPORT_3 && versionOf(r) !== 1,
  }),
  checksum: u16('igmp.checksum', 'Checksum', 2, { base: 'hex' }),
  group: ipv4('igmp.maddr', 'Multicast Address', 4, { when: (r) => !isReport3(r) }),
  interval: u8('igmp.qqic', 'QQIC', 9, { when: isQuery3 }),
  sourceCount: u16('igmp.num_src', 'Num Src', 10, { when: isQuery3 }),
  records: u16('igmp.num_grp_recs', 'Num Group Records', 6, { when: isReport3 }),
  sources: varying('ipv4', 'igmp.saddr', 'Source Address', (r) =>
    isQuery3(r) ? sourcesAt(r, r.start + QUERY_3_SIZE, r.view.getUint16(r.start + 10)) : [],
  ),
  list: varying(
    'none',
    '',
    'Group Records',
    (r) => {
      if (isReport3(r) && r.body - r.start >= HEADER_SIZE)
        return recordsOf(r).map((record) => {
          const { text, children, start, end } = recordNode(r, record)
          return { value: undefined, text, children, start, end }
        })
      return []
    },
    { members: [recordType, auxiliary, sources, group, source] },
  ),
}

function recordWords({ type, group: address, sources: count }: GroupRecord): string {
  const any = 'for any sources'
  if (count === 0 && (type === 2 || type === 4)) return `Join group ${address} ${any}`
  if (count === 0 && (type === 1 || type === 3)) return `Leave group ${address}`
  return `Group ${address}, ${RECORDS[type] ?? 'unknown record'}, ${count} source${count === 1 ? '' : 's'}`
}

export const igmp = defineLayer({
  name: 'igmp',
  title: 'Internet Group Management Protocol',
  role: 'transport',
  fields,
  attach: [['ip.proto', 2]],
  step(_view, at, end, walk) {
    return end - at < HEADER_SIZE ? truncated(walk, HEADER_SIZE) : end
  },
  protocol(r) {
    const version = versionOf(r)
    return version === undefined ? 'IGMP' : `IGMPv${version}`
  },
  info(r) {
    if (r.body - r.start < HEADER_SIZE) return undefined
    const name = TYPES[typeOf(r)] ?? `Unknown Type:0x${typeOf(r).toString(16).padStart(2, '0')}`
    if (isReport3(r)) return [name, ...recordsOf(r).map(recordWords)].join(' / ')
    const address = ipv4Text(r.view, r.start + 4)
    if (typeOf(r) === LEAVE) return `${name} ${address}`
    if (typeOf(r) !== QUERY) return `${name} group ${address}`
    if (address === '0.0.0.0') return `${name}, general`
    const from = fields.sources.nodes(r).map((node) => node.value)
    return `${name}, specific for group ${address}${from.length === 0 ? '' : `, source {${from.join(', ')}}`}`
  },
})
