/**
 * Frames built byte by byte and drawn as they nest:
 * `ethernet({}, ipv4({}, udp({ to: 8472 }, vxlan({ vni: 42 }, ethernet({}, ipv4({ protocol: 6 }, tcp()))))))`.
 * What is not said has a value that makes sense; lengths are right unless they are given. Checksums are left 0.
 */
import { CaptureRecord } from '../../src/capture/record.ts'
import { type Walk, walkPacket } from '../../src/dissect/walk.ts'
import { type DissectOptions, dissect, type Packet } from '../../src/index.ts'
import { defaultDissector } from '../../src/layers/create-dissector.ts'

/** LINKTYPE_ numbers. */
export const ETHERNET = 1
export const RAW = 101

const NOTHING: Uint8Array = new Uint8Array(0)

export function join(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}

/** `45 00 00 1c` as bytes. */
export function bytesOf(hexadecimal: string): Uint8Array {
  return new Uint8Array(Buffer.from(hexadecimal.replaceAll(/\s/g, ''), 'hex'))
}

export function u8(...values: readonly number[]): Uint8Array {
  return Uint8Array.from(values)
}

export function u16(...values: readonly number[]): Uint8Array {
  return new Uint8Array(values.flatMap((value) => [value >>> 8, value & 255]))
}

export function u24(value: number): Uint8Array {
  return u8((value >>> 16) & 255, (value >>> 8) & 255, value & 255)
}

export function u32(...values: readonly number[]): Uint8Array {
  return new Uint8Array(
    values.flatMap((value) => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]),
  )
}

export function mac(text: string): Uint8Array {
  return Uint8Array.from(text.split(':'), (byte) => Number.parseInt(byte, 16))
}

export function address4(text: string): Uint8Array {
  return Uint8Array.from(text.split('.'), Number)
}

/** An IPv6 address; `::` stands for the zeros that are left out. */
export function address6(text: string): Uint8Array {
  const [head = '', tail] = text.split('::')
  const groups = (part: string) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)))
  const first = groups(head)
  const last = tail === undefined ? [] : groups(tail)
  return u16(...first, ...new Array<number>(8 - first.length - last.length).fill(0), ...last)
}

interface Ethernet {
  readonly type?: number
  readonly from?: string
  readonly to?: string
}

/** IEEE 802.3-2018 section 3.2, without FCS. */
export function ethernet(
  { type = 0x0800, from = '02:00:00:00:00:01', to = '02:00:00:00:00:02' }: Ethernet = {},
  payload = NOTHING,
): Uint8Array {
  return join(mac(to), mac(from), u16(type), payload)
}

/** A tag of IEEE 802.1Q-2018 section 9.6, behind an EtherType that announces it. */
export function vlanTag(
  { id = 1, type = 0x0800 }: { readonly id?: number; readonly type?: number },
  payload = NOTHING,
): Uint8Array {
  return join(u16(id, type), payload)
}

/** LINKTYPE_LINUX_SLL2. */
export function sll2({ type = 0x0800, index = 3, direction = 0 } = {}, payload = NOTHING): Uint8Array {
  return join(u16(type, 0), u32(index), u16(1), u8(direction, 6), bytesOf('02 00 00 00 00 01 00 00'), payload)
}

interface Ipv4 {
  readonly from?: string
  readonly to?: string
  readonly protocol?: number
  readonly length?: number
  readonly id?: number
  readonly ttl?: number
  /** Flags and fragment offset as they stand in the header. */
  readonly fragment?: number
  readonly version?: number
  /** In words; options are as many as that asks for. */
  readonly headerWords?: number
  readonly options?: Uint8Array
}

/** RFC 791 section 3.1. */
export function ipv4(header: Ipv4 = {}, payload: Uint8Array = NOTHING): Uint8Array {
  const {
    from = '10.0.0.1',
    to = '10.0.0.2',
    protocol = 17,
    id = 1,
    ttl = 64,
    fragment = 0x4000,
    version = 4,
    options = NOTHING,
  } = header
  const words = header.headerWords ?? 5 + options.length / 4
  const length = header.length ?? 20 + options.length + payload.length
  return join(
    u8(version * 16 + words, 0),
    u16(length, id, fragment),
    u8(ttl, protocol),
    u16(0),
    address4(from),
    address4(to),
    options,
    payload,
  )
}

interface Ipv6 {
  readonly from?: string
  readonly to?: string
  readonly next?: number
  readonly length?: number
  readonly hopLimit?: number
}

/** RFC 8200 section 3. */
export function ipv6(
  { from = 'fd00::1', to = 'fd00::2', next = 17, length, hopLimit = 64 }: Ipv6 = {},
  payload = NOTHING,
): Uint8Array {
  return join(
    u32(0x6000_0000),
    u16(length ?? payload.length),
    u8(next, hopLimit),
    address6(from),
    address6(to),
    payload,
  )
}

interface Udp {
  readonly from?: number
  readonly to?: number
  readonly length?: number
  readonly checksum?: number
}

/** RFC 768. */
export function udp({ from = 50000, to = 8472, length, checksum = 0 }: Udp = {}, payload = NOTHING): Uint8Array {
  return join(u16(from, to, length ?? 8 + payload.length, checksum), payload)
}

interface Tcp {
  readonly from?: number
  readonly to?: number
  readonly sequence?: number
  readonly acknowledgment?: number
  readonly flags?: number
  readonly window?: number
  readonly headerWords?: number
  readonly options?: Uint8Array
}

/** RFC 9293 section 3.1. */
export function tcp(header: Tcp = {}, payload: Uint8Array = NOTHING): Uint8Array {
  const {
    from = 40000,
    to = 40001,
    sequence = 1000,
    acknowledgment = 2000,
    flags = 0x10,
    window = 512,
    options = NOTHING,
  } = header
  const words = header.headerWords ?? 5 + options.length / 4
  return join(u16(from, to), u32(sequence, acknowledgment), u16((words << 12) | flags, window, 0, 0), options, payload)
}

/** RFC 7348 section 5; `flags` are the first two bytes. */
export function vxlan({ vni = 42, flags = 0x0800, policy = 0, reserved = 0 } = {}, payload = NOTHING): Uint8Array {
  return join(u16(flags, policy), u24(vni), u8(reserved), payload)
}

interface Geneve {
  readonly vni?: number
  readonly type?: number
  readonly version?: number
  readonly flags?: number
  readonly options?: Uint8Array
  /** Length of all options in words. */
  readonly optionWords?: number
}

/** RFC 8926 section 3.4. */
export function geneve(header: Geneve = {}, payload: Uint8Array = NOTHING): Uint8Array {
  const { vni = 42, type = 0x6558, version = 0, flags = 0, options = NOTHING } = header
  const words = header.optionWords ?? options.length / 4
  return join(u8(version * 64 + words, flags), u16(type), u24(vni), u8(0), options, payload)
}

/** RFC 8926 section 3.5; `words` is the length the option claims. */
export function geneveOption(
  { owner = 0x0102, type = 1, words }: { readonly owner?: number; readonly type?: number; readonly words?: number },
  data = NOTHING,
): Uint8Array {
  return join(u16(owner), u8(type, words ?? data.length / 4), data)
}

/** RFC 792 and RFC 4443: type, code, and the four bytes behind the checksum. */
export function icmp({ type = 8, code = 0, rest = 0x0001_0001 } = {}, payload = NOTHING): Uint8Array {
  return join(u8(type, code), u16(0), u32(rest), payload)
}

/** An IPv6 header of options, RFC 8200 sections 4.3 and 4.6: `units` of eight bytes after the first eight, padded. */
export function ipv6Options({ next = 17, units = 0 }, payload = NOTHING): Uint8Array {
  return join(u8(next, units, 1, units * 8 + 4), new Uint8Array(units * 8 + 4), payload)
}

/** RFC 8200 section 4.4. */
export function ipv6RoutingHeader({ next = 17, units = 0, type = 0, segmentsLeft = 0 }, payload = NOTHING): Uint8Array {
  return join(u8(next, units, type, segmentsLeft), new Uint8Array(units * 8 + 4), payload)
}

/** RFC 8200 section 4.5; `offset` in units of eight bytes. */
export function ipv6FragmentHeader({ next = 17, offset = 0, more = false, id = 7 }, payload = NOTHING): Uint8Array {
  return join(u8(next, 0), u16((offset << 3) | (more ? 1 : 0)), u32(id), payload)
}

/** The packet that an Ethernet frame is; `options` as for `dissect`. */
export function dissected(frame: Uint8Array, options: DissectOptions = {}, linkType = ETHERNET): Packet {
  return dissect(frame, linkType, options)
}

interface Sighting {
  readonly number?: number
  readonly linkType?: number
  /** Nanoseconds since some start. */
  readonly time?: number
  readonly interfaceId?: number
  readonly originalLength?: number
}

/** A record that holds the frame. */
export function recordOf(
  frame: Uint8Array,
  { number = 1, linkType = ETHERNET, time = 0, interfaceId = 0, originalLength = frame.length }: Sighting = {},
): CaptureRecord {
  const record = new CaptureRecord()
  record.number = number
  record.seconds = Math.floor(time / 1e9)
  record.nanoseconds = time - record.seconds * 1e9
  record.bytes = frame
  record.view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  record.end = frame.length
  record.originalLength = originalLength
  record.linkType = linkType
  record.interface = { ...record.interface, id: interfaceId, linkType }
  return record
}

/** The walk of a record, by the default dissector. */
export function walkOf(record: CaptureRecord, walk: Walk = defaultDissector().walk()): Walk {
  walkPacket(walk, record.view, record.start, record.end, record.originalLength, record.linkType)
  return walk
}
