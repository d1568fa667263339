/**
 * What only other packets can tell about a layer: its stream's number, relative sequence numbers, the request of an
 * answer. Layers read notes if there are any and word themselves without; src/streams writes them.
 */

import type { Instant } from '../bytes/time.ts'

export interface LayerNotes {
  /** Wireshark's number of the conversation, counted from 0 in the order of first sight, for each protocol apart. */
  stream?: number
  /** Arrival of the conversation's first packet, of the one before this, and of this. */
  times?: { readonly first: Instant; readonly previous: Instant; readonly now: Instant }
  tcp?: TcpNotes
  /** Number of the frame that asked, where this one answers, and the time between, in milliseconds as text. */
  requestFrame?: number
  responseTime?: string
  /** True for a fragment that waits for the others: what it carries is not gone into. */
  isHeld?: boolean
  /** What was put together of several packets and ends with this one, in the order of the bytes. */
  assemblies?: readonly Assembly[]
  /** Of the first layer of a message, where a packet has several: whether it lies right behind another one in the segment. */
  message?: { readonly isRun: boolean }
  http?: HttpNotes
  tls?: TlsNotes
}

/** Bytes put together of several packets. */
export interface Assembly {
  /** Where they lie, in the positions of the record that has them behind the frame. */
  readonly start: number
  readonly end: number
  readonly parts: readonly AssemblyPart[]
}

export interface AssemblyPart {
  /** Number of the frame it came with. */
  readonly frame: number
  /** The bytes it has a claim to, counted from the start of the whole. */
  readonly start: number
  readonly end: number
  /** Others had bytes for the same place; others had different ones. */
  readonly overlaps?: boolean
  readonly conflicts?: boolean
  /** It says that the whole ends elsewhere than another said; it passes the end. */
  readonly isOtherTail?: boolean
  readonly isTooLong?: boolean
}

export interface TcpNotes {
  /** Sequence number that counts as 0 in this direction, and in the other; undefined: numbers are shown raw. */
  base?: number
  peerBase?: number
  /** Shift of this sender's window: -1 unknown (no handshake seen), -2 no scaling. */
  windowShift: number
  /** Bits of tshark's conversation completeness: 1 SYN, 2 SYN-ACK, 4 ACK, 8 DATA, 16 FIN, 32 RST. */
  completeness: number
  /** Time of the handshake as `0.000078000`, if it was seen. */
  initialRoundTrip?: string
  bytesInFlight?: number
  bytesSincePush?: number
  isDuplicate?: boolean
  /** Parts of this segment's payload that belong to messages of several segments: from and to, as offsets in the payload. */
  parts?: readonly (readonly [from: number, to: number])[]
  /** True if all of the payload was seen before. */
  isRepeated?: boolean
  /** True if all there is of the payload belongs to a message that goes on in other segments. */
  isUnfinished?: boolean
  /** What the application says of the message that goes on. */
  words?: string
}

export interface HttpNotes {
  /** Which request or answer of the connection this is, and of how many so far. */
  ordinal?: number
  of?: number
  requestFrame?: number
  responseTime?: string
  requestUri?: string
}

export interface TlsNotes {
  /** The version that the connection has settled on so far, such as 0x0304. */
  version?: number
}
