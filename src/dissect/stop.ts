/** Why a walk over a packet ended before its last byte, and which length set the limit it ran into. */

/** Reasons, small integers so that the hot path can store them. */
export const Stop = {
  /** It did not: the walk reached the end, or bytes that no layer claims. */
  None: 0,
  /** A header needs more bytes than there are. */
  Truncated: 1,
  /** A header contradicts itself, such as an IPv4 header length of 12. */
  Malformed: 2,
  /** A version this decoder does not know. */
  UnknownVersion: 3,
  /** More layers than MAX_DEPTH. */
  TooDeep: 4,
  /** The link type of the capture is not decoded. */
  LinkType: 5,
} as const
export type StopReason = (typeof Stop)[keyof typeof Stop]

/** Who set the end of the bytes a layer may read: the smallest of these wins. */
export const Limit = {
  /** The bytes in the capture: snap length, or simply the frame's end. */
  Captured: 0,
  /** The length on the wire that the record names. */
  Frame: 1,
  Ipv4TotalLength: 2,
  Ipv6PayloadLength: 3,
  UdpLength: 4,
  /** Any other length field of the layer itself. */
  OwnLength: 5,
} as const
export type LimitSource = (typeof Limit)[keyof typeof Limit]

const LIMIT_NAMES: Readonly<Record<LimitSource, string>> = {
  [Limit.Captured]: 'the captured bytes',
  [Limit.Frame]: 'the length on the wire',
  [Limit.Ipv4TotalLength]: 'ip.len',
  [Limit.Ipv6PayloadLength]: 'ipv6.plen',
  [Limit.UdpLength]: 'udp.length',
  [Limit.OwnLength]: 'its own length field',
}

/**
 * The early end of a walk, as data. Positions count from the frame's first byte.
 * @example
 * ```js
 * import { read } from 'ovl-dissect'
 *
 * for await (const { stopped } of read('vxlan-snap96.pcap')) {
 *   if (stopped !== undefined) console.log(stopped.reason, stopped.message) // truncated icmp at byte 90 needs 8 bytes, 6 are there (limited by the captured bytes)
 * }
 * ```
 */
export interface Stopped {
  readonly reason: 'truncated' | 'malformed' | 'unknown-version' | 'too-deep' | 'link-type'
  /** Name of the layer that could not go on, such as 'tcp'. */
  readonly layer: string
  /** Where that layer starts, in bytes from the start of the frame. */
  readonly offset: number
  /** Bytes the layer needs from `offset`; 0 where no number is meant. */
  readonly needed: number
  /** Bytes there are from `offset`. */
  readonly available: number
  /** What set the end: 'the captured bytes', 'ip.len', 'udp.length' … */
  readonly limitedBy: string
  /** One sentence for a person. */
  readonly message: string
}

/** Builds the value with its sentence. */
export function describeStop(
  reason: StopReason,
  layer: string,
  offset: number,
  needed: number,
  available: number,
  limit: LimitSource,
): Stopped | undefined {
  const limitedBy = LIMIT_NAMES[limit]
  const base = { layer, offset, needed, available, limitedBy }
  switch (reason) {
    case Stop.None:
      return undefined
    case Stop.Truncated: {
      const message = `${layer} at byte ${offset} needs ${needed} bytes, ${available} are there (limited by ${limitedBy})`
      return { reason: 'truncated', ...base, message }
    }
    case Stop.Malformed:
      return { reason: 'malformed', ...base, message: `${layer} at byte ${offset} contradicts itself` }
    case Stop.UnknownVersion:
      return {
        reason: 'unknown-version',
        ...base,
        message: `${layer} at byte ${offset} has a version that is not decoded`,
      }
    case Stop.TooDeep:
      return { reason: 'too-deep', ...base, message: `too many layers: ${layer} at byte ${offset} is not opened` }
    case Stop.LinkType:
      return { reason: 'link-type', ...base, message: layer }
  }
}
