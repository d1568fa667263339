/** Which packets are replies: of connections whose beginning was seen, and of messages that say so themselves. */
import type { CaptureRecord } from '../capture/record.ts'
import type { Walk } from '../dissect/walk.ts'
import { BoundedMap } from './bounded-map.ts'
import { endsOf } from './conversation-key.ts'

const CAPACITY = 65_536
const TCP_HEADER = 20
const UDP_HEADER = 8
const ICMP_HEADER = 8
const DNS_HEADER = 12
const FLAGS = 13
const SYN = 2
const ACK = 16

/** What an echo message says of itself by its type: ICMP's 8 and 0, ICMPv6's 128 and 129. */
const ECHOES: ReadonlyMap<number, boolean> = new Map([
  [8, false],
  [0, true],
])
const ECHOES_V6: ReadonlyMap<number, boolean> = new Map([
  [128, false],
  [129, true],
])

export class Replies {
  /** Direction in which each connection was opened. */
  private readonly opened = new BoundedMap<string, 0 | 1>(CAPACITY)

  /**
   * Whether the packet at hand goes from the end that was asked to the one that asked. Every packet has to pass here.
   * @returns undefined where that is not known: the opening of a TCP connection was not captured, UDP that is no DNS
   */
  isReply(record: CaptureRecord, walk: Walk): boolean | undefined {
    const { tables } = walk
    const own = Math.min(walk.quote, walk.depth)
    for (let depth = own - 1; depth > walk.lastTunnel; depth--) {
      const name = tables.layers[walk.layer[depth] as number]?.name
      const size = (walk.body[depth] as number) - (walk.start[depth] as number)
      const at = walk.start[depth] as number
      const isDatagram = depth > 0 && walk.layer[depth - 1] === tables.udp
      if (name === 'dns' && isDatagram && size >= DNS_HEADER) return (record.view.getUint8(at + 2) & 0x80) !== 0
      if (name === 'udp' && size >= UDP_HEADER) return undefined
      if (name === 'tcp') return size < TCP_HEADER ? undefined : this.isTcpReply(record, walk, depth)
      if (name === 'icmp' && size >= ICMP_HEADER) return ECHOES.get(record.view.getUint8(at))
      if (name === 'icmpv6' && size >= ICMP_HEADER) return ECHOES_V6.get(record.view.getUint8(at))
    }
    return undefined
  }

  private isTcpReply({ view }: CaptureRecord, walk: Walk, depth: number): boolean | undefined {
    const ends = endsOf(view, walk, depth, true)
    if (ends === undefined) return undefined
    const flags = view.getUint8((walk.start[depth] as number) + FLAGS)
    if ((flags & SYN) !== 0) {
      const opener = (flags & ACK) === 0 ? ends.direction : ends.direction === 0 ? 1 : 0
      this.opened.set(ends.key, opener)
    }
    const opener = this.opened.get(ends.key)
    return opener === undefined ? undefined : opener !== ends.direction
  }
}
