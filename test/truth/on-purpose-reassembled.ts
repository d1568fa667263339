/** Where packets that are put together differ from tshark's on purpose, and why. */

/** What tshark says of a segment beside what it is: judgements, which belong to findings. */
const JUDGEMENT =
  /\[(?:TCP (?:Retransmission|Fast Retransmission|Spurious Retransmission|Out-Of-Order|Previous segment not captured|Dup ACK \S+|Keep-Alive|Keep-Alive ACK|Window Update|Window Full|ZeroWindow|ACKed unseen segment|Port numbers reused))\] ?,? ?/g

/** tshark's info column without its judgements. */
export const withoutJudgement = (info: string): string => info.replaceAll(JUDGEMENT, '')

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
