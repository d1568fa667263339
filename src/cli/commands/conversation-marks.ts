/**
 * Conversations as numbers of 20 bits, and marks on them: enough to tell which packets can be passed over. Two conversations
 * may have one number; then both are looked at.
 */
import { mixed } from '../../bytes/hash-index.ts'
import type { Walk } from '../../dissect/walk.ts'

const BITS = 20
/** Ports stand in the first four bytes of TCP and UDP. */
const PORTS = 4

/** What `conversationNumber` says of packets that are in none. */
export const NO_CONVERSATION = -1

/** The number of the innermost conversation, the same for both directions. By the walk's landmarks. */
export function conversationNumber(view: DataView, { marks, tables }: Walk): number {
  const { inner, transport, transportLayer } = marks
  if (inner < 0) return NO_CONVERSATION
  const isPorted = transportLayer === tables.tcp || transportLayer === tables.udp
  const hasPorts = isPorted && marks.payload - transport >= PORTS
  const from = hasPorts ? view.getUint16(transport) : 0
  const to = hasPorts ? view.getUint16(transport + 2) : 0
  const isIpv6 = marks.innerLayer === tables.ipv6
  const source = isIpv6 ? folded(view, inner + 8) : view.getInt32(inner + 12)
  const destination = isIpv6 ? folded(view, inner + 24) : view.getInt32(inner + 16)
  // A sum does not say which end came first.
  const ends = (mixed(source ^ Math.imul(from, SPREAD)) + mixed(destination ^ Math.imul(to, SPREAD))) | 0
  return mixed(ends + transportLayer) >>> (32 - BITS)
}

const SPREAD = 0x9e3779b1

function folded(view: DataView, at: number): number {
  const first = Math.imul(view.getInt32(at), SPREAD) ^ view.getInt32(at + 4)
  return (Math.imul(first, SPREAD) ^ view.getInt32(at + 8)) + Math.imul(view.getInt32(at + 12), SPREAD)
}

/** A mark on some conversations. */
export class ConversationMarks {
  private readonly bits = new Uint8Array(1 << (BITS - 3))

  add(conversation: number): void {
    const at = conversation >>> 3
    this.bits[at] = (this.bits[at] as number) | (1 << (conversation & 7))
  }

  has(conversation: number): boolean {
    return (((this.bits[conversation >>> 3] as number) >> (conversation & 7)) & 1) === 1
  }
}

/** A number for each packet in turn, as long as there is room. */
export class PacketNumbers {
  private readonly chunks: Int32Array[] = []
  private readonly room: number
  private size = 0

  /** Keeps the first `room` numbers. */
  constructor(room: number) {
    this.room = room
  }

  add(number: number): void {
    if (this.size >= this.room) return
    const at = this.size++
    if (at % CHUNK === 0) this.chunks.push(new Int32Array(CHUNK))
    ;(this.chunks[(at / CHUNK) | 0] as Int32Array)[at % CHUNK] = number
  }

  /** Undefined: it was not kept. */
  at(index: number): number | undefined {
    return index < this.size ? this.chunks[(index / CHUNK) | 0]?.[index % CHUNK] : undefined
  }
}

const CHUNK = 65_536
