/**
 * Questions and their answers: connection requests, pings, DNS queries. Several findings go by them. Whether a packet is
 * in a tunnel plays no part, so a request that a node's own interfaces show with and without one is asked once.
 */
import { Topics } from '../analysis/topics.ts'
import { BoundedMap } from '../streams/bounded-map.ts'
import { innerEnds, isGroup } from './end-text.ts'
import { quotedOf } from './quoted.ts'
import { type Answer, type Asked, closedKey, ipId, isSame, type Question, type Subject } from './request.ts'
import { Direction, type Sighting } from './sighting.ts'
import { Waiting } from './waiting.ts'

const MAX_WAITING = 65_536
const MAX_SUBJECTS = 16_384
const MAX_CLOSED = 65_536
const KEPT_UNANSWERED = 100
/** Of all subjects together. */
const MAX_KEPT = 65_536
const KEPT_SENDS = 16
const Flag = { fin: 1, syn: 2, reset: 4, ack: 16 } as const
const DNS_PORT = 53
const DNS_HEADER = 12

export class Requests {
  /** What was asked, by kind and ends. */
  readonly subjects = new Map<string, Subject>()
  readonly topics = new Topics()
  /** Told of every new request, answer and refusal, and of connections that were reset. */
  readonly onAsk: ((asked: Asked, seen: Sighting) => void)[] = []
  readonly onAnswer: ((answer: Answer) => void)[] = []
  readonly onReset: ((seen: Sighting, asked: Asked | undefined) => void)[] = []
  private readonly waiting = new Waiting<Asked>(MAX_WAITING, (asked) => this.giveUp(asked))
  private readonly recent = new BoundedMap<string, number>(MAX_WAITING)
  /** Connections that ended, or were reset: what comes after is no news. */
  private readonly closed = new BoundedMap<string, true>(MAX_CLOSED)
  /** How many connections wait, by a hash of their ports: most packets need not be looked up. */
  private readonly awaited = new Uint16Array(65_536)
  /** How often something was asked of ends that found no room. */
  untold = 0
  /** Unanswered requests that are kept. */
  private kept = 0

  watch(seen: Sighting): void {
    const { walk, view } = seen
    const { marks, tables } = walk
    const { transport, transportLayer } = marks
    if (marks.inner < 0 || transportLayer === 0) return
    const there = marks.end - transport
    if (transportLayer === tables.tcp) {
      if (there >= 14) this.watchTcp(seen, view.getUint8(transport + 13))
    } else if (there < 8) return
    else if (transportLayer === tables.udp) {
      const isDns = view.getUint16(transport + 2) === DNS_PORT || view.getUint16(transport) === DNS_PORT
      if (isDns && marks.end - marks.payload >= DNS_HEADER) this.watchDns(seen)
    } else if (marks.protocol === 1 || marks.protocol === 58) this.watchIcmp(seen, marks.protocol === 1)
  }

  /** What is left without an answer; to be asked at the end. */
  unanswered(): void {
    for (const asked of this.waiting.values()) this.giveUp(asked)
  }

  private watchTcp(seen: Sighting, flags: number): void {
    const { view, walk } = seen
    const { transport } = walk.marks
    const source = view.getUint16(transport)
    const destination = view.getUint16(transport + 2)
    if ((flags & (Flag.syn | Flag.ack)) === Flag.syn) {
      const ends = innerEnds(seen)
      const key = `syn ${ends.source} ${source} ${ends.destination} ${destination}`
      this.closed.delete(closedKey(ends.source, source, ends.destination, destination))
      this.ask(seen, 'syn', key, ends, destination, () => '')
      return
    }
    const isEnd = (flags & (Flag.reset | Flag.fin)) !== 0
    if (!isEnd && this.awaited[source ^ destination] === 0) return
    const ends = innerEnds(seen)
    const back = `syn ${ends.destination} ${destination} ${ends.source} ${source}`
    const asked = this.waiting.get(back)
    // Who goes on sending has had an answer, by whatever way.
    const there = `syn ${ends.source} ${source} ${ends.destination} ${destination}`
    if (asked === undefined && (flags & Flag.ack) !== 0) this.settle(there, this.waiting.get(there))
    if (asked !== undefined && (flags & Flag.reset) === 0) this.answer(seen, back, asked, 0, 0)
    if (isEnd) this.end(seen, flags, closedKey(ends.source, source, ends.destination, destination), back, asked)
  }

  private end(seen: Sighting, flags: number, key: string, back: string, asked: Asked | undefined): void {
    const isOver = this.closed.get(key) === true
    this.closed.set(key, true)
    if ((flags & Flag.reset) === 0 || isOver) return
    if (asked !== undefined) {
      asked.subject.refused++
      this.settle(back, asked)
    }
    for (const listener of this.onReset) listener(seen, asked)
  }

  private watchIcmp(seen: Sighting, isIpv4: boolean): void {
    const { view, walk } = seen
    const { transport } = walk.marks
    const type = view.getUint8(transport)
    if (type === (isIpv4 ? 8 : 128) || type === (isIpv4 ? 0 : 129)) {
      const ends = innerEnds(seen)
      const number = `${view.getUint16(transport + 4)} ${view.getUint16(transport + 6)}`
      const isRequest = type === (isIpv4 ? 8 : 128)
      if (isRequest) {
        const words = () => `seq=${view.getUint16(transport + 6)}`
        this.ask(seen, 'ping', `ping ${ends.source} ${ends.destination} ${number}`, ends, 0, words)
      } else {
        const key = `ping ${ends.destination} ${ends.source} ${number}`
        const asked = this.waiting.get(key)
        if (asked !== undefined) this.answer(seen, key, asked, 0, 0)
      }
    } else if (isIpv4 ? type === 3 || type === 11 || type === 12 : type >= 1 && type <= 4) this.settleQuoted(seen)
  }

  /** An error is an answer too, and a finding of its own. */
  private settleQuoted(seen: Sighting): void {
    const quoted = quotedOf(seen)
    if (quoted === undefined) return
    const { view } = seen
    const { source, destination, protocol, transport, end } = quoted.inner
    if (end - transport < 8) return
    const first = `${view.getUint16(transport)} ${destination} ${view.getUint16(transport + 2)}`
    const number = `${view.getUint16(transport + 4)} ${view.getUint16(transport + 6)}`
    const key = protocol === 6 ? `syn ${source} ${first}` : `ping ${source} ${destination} ${number}`
    this.settle(key, this.waiting.get(key))
  }

  private watchDns(seen: Sighting): void {
    const { view, walk } = seen
    const { transport, payload } = walk.marks
    const ends = innerEnds(seen)
    const id = view.getUint16(payload)
    const isResponse = (view.getUint8(payload + 2) & 0x80) !== 0
    const ports = [view.getUint16(transport), view.getUint16(transport + 2)] as const
    if (!isResponse && ports[1] === DNS_PORT) {
      const about = () => this.topics.text(this.topics.of(seen.record, walk))?.text ?? ''
      this.ask(seen, 'dns', `dns ${ends.source} ${ports[0]} ${ends.destination} ${id}`, ends, DNS_PORT, about)
    } else if (isResponse && ports[0] === DNS_PORT) {
      const key = `dns ${ends.destination} ${ports[1]} ${ends.source} ${id}`
      const asked = this.waiting.get(key)
      if (asked !== undefined)
        this.answer(seen, key, asked, view.getUint8(payload + 3) & 0x0f, view.getUint16(payload + 6))
    }
  }

  private ask(
    seen: Sighting,
    question: Question,
    key: string,
    ends: { readonly source: string; readonly destination: string },
    port: number,
    about: () => string,
  ): void {
    const id = ipId(seen)
    const out = seen.direction === Direction.Out ? 1 << seen.interface : 0
    const known = this.waiting.get(key)
    if (known !== undefined) {
      known.outs |= out
      if (seen.isCopy || isSame(known, seen, id)) return
      if (known.sent.length < KEPT_SENDS) known.sent.push({ frame: seen.frame, file: seen.file })
      known.sends++
      known.last = seen.now
      known.id = id
      return
    }
    // Its answer has been seen already: this is a copy that comes late.
    if (Math.abs(seen.now - (this.recent.get(key) ?? Number.NEGATIVE_INFINITY)) < 1e9) return
    if (isGroup(ends.destination)) return
    const subject = this.subjectOf(question, ends, port)
    if (subject === undefined) {
      this.untold++
      return
    }
    subject.asked++
    const asked: Asked = {
      subject,
      about: about(),
      sent: [{ frame: seen.frame, file: seen.file }],
      sends: 1,
      file: seen.file,
      first: seen.now,
      last: seen.now,
      outs: out,
      pair: seen.pair,
      id,
    }
    this.waiting.set(key, asked)
    if (question === 'syn') this.count(seen, 1)
    for (const listener of this.onAsk) listener(asked, seen)
  }

  private answer(seen: Sighting, key: string, asked: Asked, code: number, records: number): void {
    asked.subject.answered++
    this.settle(key, asked)
    this.recent.set(key, seen.now)
    const answer: Answer = { asked, seen, code, records }
    for (const listener of this.onAnswer) listener(answer)
  }

  private settle(key: string, asked: Asked | undefined): void {
    if (asked === undefined) return
    this.waiting.delete(key)
    if (asked.subject.question !== 'syn') return
    const [, , port] = key.split(' ')
    const at = Number(port) ^ asked.subject.port
    this.awaited[at] = (this.awaited[at] as number) - 1
  }

  private count({ view, walk }: Sighting, by: number): void {
    const { transport } = walk.marks
    const at = view.getUint16(transport) ^ view.getUint16(transport + 2)
    this.awaited[at] = (this.awaited[at] as number) + by
  }

  private giveUp(asked: Asked): void {
    const { subject } = asked
    subject.unansweredCount++
    if (subject.unanswered.length >= KEPT_UNANSWERED || this.kept >= MAX_KEPT) return
    this.kept++
    subject.unanswered.push(asked)
  }

  private subjectOf(
    question: Question,
    { source, destination }: { readonly source: string; readonly destination: string },
    port: number,
  ): Subject | undefined {
    const key = `${question} ${source} ${destination} ${port}`
    const known = this.subjects.get(key)
    if (known !== undefined || this.subjects.size >= MAX_SUBJECTS) return known
    const subject: Subject = {
      ...{ question, source, destination, port, asked: 0, answered: 0, refused: 0 },
      unanswered: [],
      unansweredCount: 0,
    }
    this.subjects.set(key, subject)
    return subject
  }
}
