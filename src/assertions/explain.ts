/** What a message says of a capture: the packets that come nearest to a pattern, what it holds, how to see it. */
import type { Flow } from '../analysis/flows.ts'
import { type CompiledPattern, joinedFilter } from './compile-pattern.ts'
import type { Condition } from './condition.ts'
import type { Frame } from './frame.ts'
import { frameWords } from './frame-words.ts'
import type { LoadedCapture } from './loaded-capture.ts'
import { plural } from './verdict.ts'

/** Packets that a message shows at most. */
export const SHOWN = 3
/** Values of a kind that a message names at most. */
const NAMED = 4

/** A packet that a pattern did not select. */
export interface Near {
  readonly number: number
  readonly row: string
  readonly failed: readonly string[]
  readonly fulfilled: readonly Condition[]
}

/** `tunnel: expected vxlan, found geneve`. */
function failureWords(condition: Condition, frame: Frame): string {
  const { label, expected } = condition
  if (label === '') return `${condition.actual(frame)}: ${expected}`
  return `${label}: expected ${expected}, found ${condition.actual(frame)}`
}

export function nearOf(conditions: readonly Condition[], frame: Frame): Near {
  const failed: string[] = []
  const fulfilled: Condition[] = []
  for (const condition of conditions) {
    if (condition.test(frame)) fulfilled.push(condition)
    else failed.push(failureWords(condition, frame))
  }
  return { number: frame.number, row: frameWords(frame), failed, fulfilled }
}

/** The packets that fulfil the most conditions, those with different failures first; none where nothing is fulfilled. */
export function nearestTo(
  { conditions, isTold }: CompiledPattern,
  capture: LoadedCapture,
  isMeant: (frame: Frame) => boolean = () => true,
): Near[] {
  if (conditions.length < 2) return []
  let best: Near[] = []
  let score = 1
  capture.each((frame) => {
    if (!isMeant(frame)) return undefined
    let count = 0
    for (const condition of conditions) count += condition.test(frame) ? 1 : (condition.nearness?.(frame) ?? 0)
    if (count < score || count === conditions.length) return undefined
    if (count > score) best = []
    score = count
    if (best.length >= SHOWN) return undefined
    const near = nearOf(conditions, frame)
    if (!best.some((one) => one.failed.join() === near.failed.join())) best.push(near)
    return undefined
  }, isTold)
  return best
}

export function nearLines(nearest: readonly Near[]): string[] {
  return nearest.flatMap(({ row, failed }) => [`  ${row}`, ...failed.map((text) => `      ${text}`)])
}

/** What there is instead: tunnels, VNIs, node pairs, protocols. */
export function heldLine(capture: LoadedCapture): string {
  const flows = capture.flows()
  if (flows.length === 0)
    return capture.frames === 0
      ? `${capture.name} holds no packets`
      : `it holds ${plural(capture.frames, 'frame')}, none with an IP header`
  const tunnels = counted(flows, (flow) => [[flow.tunnel ?? 'no tunnel', flow.forward.packets + flow.back.packets]])
  const vnis = counted(flows, ({ forward, back }) => [
    [forward.vni, forward.packets],
    [back.vni, back.packets],
  ])
  const nodes = counted(flows, (flow) => [[pairWords(flow), flow.forward.packets + flow.back.packets]])
  const protocols = counted(flows, (flow) => [
    [flow.application ?? flow.protocol, flow.forward.packets + flow.back.packets],
  ])
  const parts = [
    listed('', tunnels),
    listed(vnis.length === 1 ? 'VNI ' : 'VNIs ', vnis),
    listed('', nodes),
    listed('', protocols),
  ].filter((part) => part !== '')
  return `it holds ${plural(capture.packets, 'packet')}: ${parts.join('; ')}`
}

function pairWords({ outer }: Flow): string | undefined {
  return outer && [outer.source, outer.destination].sort().join(' ↔ ')
}

type Count = readonly [what: string | number | undefined, packets: number]

function counted(flows: readonly Flow[], of: (flow: Flow) => readonly Count[]): [string, number][] {
  const sums = new Map<string, number>()
  for (const [what, packets] of flows.flatMap((flow) => of(flow)))
    if (what !== undefined && packets > 0) sums.set(String(what), (sums.get(String(what)) ?? 0) + packets)
  return [...sums].sort(([, a], [, b]) => b - a)
}

/** `VNIs 3258 (32), 14053 (14) and 2 more`. */
function listed(title: string, counts: readonly [string, number][]): string {
  if (counts.length === 0) return ''
  const some = counts.slice(0, NAMED).map(([what, packets]) => `${what} (${packets})`)
  const more = counts.length - some.length
  return `${title}${some.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

/** The command that shows what a filter selects; undefined without a filter. */
export function seeLine(capture: LoadedCapture, filter: string | undefined): string | undefined {
  if (filter === undefined) return undefined
  if (capture.path === undefined || capture.path === '-') return `filter to see them: ${filter}`
  return `to see them: ovl-dissect ${shellWord(capture.path)} -Y ${shellQuoted(filter)}`
}

/** A filter for packets like the nearest one. */
export function nearFilter(nearest: readonly Near[]): string | undefined {
  const [first] = nearest
  return first && joinedFilter(first.fulfilled)
}

const shellQuoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`
const shellWord = (text: string) => (/^[\w./+:@-]+$/.test(text) ? text : shellQuoted(text))
