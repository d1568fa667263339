/** Where packets that are put together differ from tshark's on purpose, and why. */

/** What tshark says of a segment beside what it is: judgements, which belong to findings. */
const JUDGEMENT =
  /\[(?:TCP (?:Retransmission|Fast Retransmission|Spurious Retransmission|Out-Of-Order|Previous segment not captured|Dup ACK \S+|Keep-Alive|Keep-Alive ACK|Window Update|Window Full|ZeroWindow|ACKed unseen segment|Port numbers reused))\] ?,? ?/g

/** tshark's info column without its judgements. */
export const withoutJudgement = (info: string): string => info.replaceAll(JUDGEMENT, '')

/** tshark looks into no segment that it takes for one that was sent again, or late; we show what it carries. */
export const isSentAgain = (info: string): boolean => /\[TCP (?:\w+ )?Retransmission\]|\[TCP Out-Of-Order\]/.test(info)

interface Difference {
  readonly capture: string
  readonly frames: readonly number[]
  readonly fields?: readonly string[]
  readonly why: string
}

const DIFFERENCES: readonly Difference[] = [
  {
    capture: 'fragments-overlap6.pcap',
    frames: [1, 2, 3],
    why: 'IPv6 fragments that overlap discard their datagram (RFC 5722, section 3); tshark puts them together',
  },
  {
    capture: 'http.pcap',
    frames: [15],
    why: 'two answers that end in one segment are put together each for itself; tshark puts both into one PDU',
  },
  {
    capture: 'disorder.pcap',
    frames: [11, 13, 14],
    fields: ['_ws.col.Info', 'tcp.segment', 'tcp.segment.count'],
    why: 'a segment that was there before adds nothing to the message; tshark counts it as a part of it once more',
  },
  {
    capture: 'disorder.pcap',
    frames: [27],
    why: 'the other side has acknowledged what is missing here, so a new message begins; tshark goes on waiting',
  },
  {
    capture: 'multi-node-ctr.pcap',
    frames: [164],
    why: 'what lies behind a gap waits for what is missing, which may only be late; tshark begins anew behind it',
  },
]

export function onPurposeReassembled(capture: string, frame: number, field: string): boolean {
  return DIFFERENCES.some(
    (one) => one.capture === capture && one.frames.includes(frame) && (one.fields?.includes(field) ?? true),
  )
}

/**
 * A packet that was sent, lost behind the first interface and sent again is nothing new to that interface, but it is to
 * the next one.
 */
export const SENT_AGAIN: Readonly<Record<string, readonly number[]>> = { 'multi-node.pcap': [148, 189, 288, 315] }

/** Where we differ with a preference turned off. */
interface SwitchedDifference extends Omit<Difference, 'capture'> {
  readonly captures: readonly string[]
  readonly switches: readonly string[]
}

const WITHOUT_MESSAGES = ['tcp.desegment_tcp_streams', 'all'] as const
const ONE_MESSAGE =
  'with desegmentation off, a segment is shown as one message, as far as it is there; tshark goes on behind it, or says that ' +
  'its own reading ran over the end (BoundErrorUnreassembled)'

const SWITCHED_DIFFERENCES: readonly SwitchedDifference[] = [
  {
    captures: ['vxlan-mtu-if3.pcap', 'vxlan-mtu-if4.pcap'],
    switches: ['ip.defragment', 'all'],
    frames: [1, 3],
    fields: ['icmp.checksum.status'],
    why: 'the message goes on in another outer fragment, so its checksum cannot be verified; tshark calls it bad',
  },
  {
    captures: ['fragments.pcap'],
    switches: ['ip.defragment', 'all'],
    frames: [61],
    fields: ['_ws.col.Info'],
    why: 'a first fragment of eight bytes ends behind the UDP header; tshark says beside it that its reading ran over the end',
  },
  { captures: ['http.pcap'], switches: WITHOUT_MESSAGES, frames: [4, 13, 14, 16, 17, 22, 42, 57], why: ONE_MESSAGE },
  { captures: ['dns-tls.pcap'], switches: WITHOUT_MESSAGES, frames: [4, 5, 6, 7, 8, 9], why: ONE_MESSAGE },
  {
    captures: ['dns-tls.pcap'],
    switches: WITHOUT_MESSAGES,
    frames: [15, 16],
    why: 'a connection that was recognised as TLS stays TLS, also in a segment from the middle of a record',
  },
  {
    captures: ['http.pcap'],
    switches: ['tcp.analyze_sequence_numbers'],
    frames: [15],
    why: 'two answers that end in one segment are put together each for itself; tshark puts both into one PDU',
  },
]

export function onPurposeSwitched(capture: string, name: string, frame: number, field: string): boolean {
  return SWITCHED_DIFFERENCES.some(
    (one) =>
      one.captures.includes(capture) &&
      one.switches.includes(name) &&
      one.frames.includes(frame) &&
      (one.fields?.includes(field) ?? true),
  )
}
