/** A capture as a text that stays the same from run to run: who talked to whom inside which tunnel, and how it ended. */
import type { Flow } from '../analysis/flows.ts'
import { escapeText } from '../render/escape.ts'
import type { LoadedCapture } from './loaded-capture.ts'

/** The lowest port of a range that systems hand out to clients (RFC 6335 section 6 begins at 49152, Linux at 32768). */
const EPHEMERAL = 32_768

/**
 * One line a kind of conversation, sorted: nodes, tunnel, VNIs, ends, protocol, what it was about, its state, and how many
 * there were. Without times, MAC addresses, clients' ports and counts of packets, which differ from run to run.
 * @throws CaptureError if the file of a large capture has changed since it was loaded.
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 * import { captureSnapshot } from 'ovl-dissect/assert'
 *
 * console.log(captureSnapshot(await loadCapture('vxlan.pcap')).split('\n')[1]) // 192.168.10.100 → 192.168.20.100  vxlan 3258/14053  172.20.0.158 → 172.20.2.115 port 80  HTTP  GET / HTTP/1.1  closed  × 3
 * ```
 */
export function captureSnapshot(capture: LoadedCapture): string {
  const lines = new Map<string, number>()
  for (const flow of capture.flows('start')) {
    const line = flowLine(flow, capture)
    lines.set(line, (lines.get(line) ?? 0) + 1)
  }
  const sorted = [...lines].sort(([a], [b]) => (a < b ? -1 : 1))
  return sorted.map(([line, count]) => (count === 1 ? line : `${line}  × ${count}`)).join('\n')
}

function flowLine(flow: Flow, { names }: LoadedCapture): string {
  const { outer, tunnel, forward, back, protocol, application, topic, state } = flow
  const name = (address: string) => names?.address(address)?.name ?? address
  const end = (address: string, port: number | undefined) =>
    port === undefined || port >= EPHEMERAL ? name(address) : `${name(address)} port ${port}`
  const isBack = back.packets > 0
  const parts = [
    ...(outer === undefined ? ['no tunnel'] : [`${name(outer.source)} → ${name(outer.destination)}`]),
    ...(tunnel === undefined ? [] : [`${tunnel} ${forward.vni ?? '-'}/${isBack ? (back.vni ?? '-') : '-'}`]),
    `${end(flow.source, flow.sourcePort)} → ${end(flow.destination, flow.destinationPort)}`,
    application ?? protocol ?? 'IP',
    ...(topic === undefined ? [] : [topic]),
    ...(state === undefined ? (isBack ? [] : ['one way']) : [state]),
  ]
  return parts.map(escapeText).join('  ')
}
