/** One request, what it is part of, and how it is told from others and from its own copies. */
import type { FrameAt } from './frames.ts'
import type { Sighting } from './sighting.ts'

export type Question = 'syn' | 'ping' | 'dns'

/** What one end asks of another: all its connections to a port, all its pings, all its DNS queries. */
export interface Subject {
  readonly question: Question
  readonly source: string
  readonly destination: string
  readonly port: number
  asked: number
  answered: number
  /** Answered by a reset. */
  refused: number
  /** Requests without an answer, the first ones; and how many there are. */
  readonly unanswered: Asked[]
  unansweredCount: number
}

/** One request, however often it was sent. */
export interface Asked {
  readonly subject: Subject
  /** The name that was looked up, the number of the ping; '' for connections. */
  readonly about: string
  /** Frames in which it was sent, copies apart: the first ones. */
  readonly sent: FrameAt[]
  sends: number
  readonly file: number
  /** Nanoseconds of the diagnosis' clock. */
  readonly first: number
  last: number
  /** Interfaces by which it left, as bits. */
  outs: number
  /** Number of the pair of its first packet. */
  readonly pair: number
  /** IP id of the last one, to tell copies by; 0: it says nothing. */
  id: number
}

export interface Answer {
  readonly asked: Asked
  readonly seen: Sighting
  /** DNS response code; 0 for all else. */
  readonly code: number
  /** Records in the answer section of a DNS response. */
  readonly records: number
}

/** An equal packet within this time (ns) is the same one, seen elsewhere; no sender tries again so soon. */
const COPY_WINDOW = 100e6

/** Both directions of a connection have one key. */
export function closedKey(source: string, sourcePort: number, destination: string, destinationPort: number): string {
  const one = `${source} ${sourcePort}`
  const other = `${destination} ${destinationPort}`
  return one < other ? `${one} ${other}` : `${other} ${one}`
}

/** The innermost IPv4 id; 0 in IPv6, which has none, and where a sender leaves it out. */
export function ipId({ walk, view }: Sighting): number {
  const { inner, innerLayer } = walk.marks
  return innerLayer === walk.tables.ipv4 ? view.getUint16(inner + 4) : 0
}

/** Whether this is the packet that was sent last, at another interface or with another header around it. */
export function isSame({ id, last }: Asked, seen: Sighting, own: number): boolean {
  const passed = Math.abs(seen.now - last)
  return id !== 0 && own !== 0 ? id === own && passed < 1e9 : !(passed >= COPY_WINDOW)
}
