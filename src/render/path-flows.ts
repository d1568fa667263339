/** Flows by the way of their packets, as a table: a line for each hop. */
import type { PathClock, PathFlow, PathFlowHop } from '../analysis/paths.ts'
import { addressText } from './address-cell.ts'
import { BORDERLESS } from './borderless.ts'
import { endsOf, type PathNames, placeText, secondsText } from './path-row.ts'
import type { Style } from './style.ts'
import { newTable } from './table.ts'
import { cut, widthOf } from './width.ts'

export interface PathFlowsOptions {
  readonly width: number
  readonly style: Style
  readonly names: PathNames | undefined
}

const HEADS = ['flow', 'prot', 'packets', 'hop', 'median', 'p99', 'lost'] as const
const LEAST_ENDS = 20
/** Columns that go where there is no room, the first of them first; numbers of cells after the flow. */
const DROPPED = [4, 0, 1] as const
/** Frames of lost packets that are named. */
const NAMED = 3

/** A line for each hop; what is said of the flow stands in its first line. */
export function pathFlowsText(flows: readonly PathFlow[], { width, style, names }: PathFlowsOptions): string {
  const rows = flows.flatMap((flow) => linesOf(flow))
  const sizes = HEADS.slice(1).map((head, at) =>
    Math.max(widthOf(head), ...rows.map(({ cells }) => widthOf(cells[at] as string))),
  )
  const kept = new Set(sizes.keys())
  const used = () => [...kept].reduce((sum, at) => sum + (sizes[at] as number) + GAP, 0)
  for (const at of DROPPED) if (used() + LEAST_ENDS > width) kept.delete(at)
  const room = Math.max(LEAST_ENDS, width - used())
  const choose = <Item>(items: readonly Item[]) => items.filter((_, at) => kept.has(at))
  const table = newTable({
    head: [HEADS[0], ...choose(HEADS.slice(1))].map((head) => style.bold(head)),
    ...BORDERLESS,
    colAligns: ['left', ...choose(ALIGNED)],
  })
  for (const { flow, cells, isLoss } of rows) {
    const ends = flow === undefined ? '' : addressText(endsOf(flow, names), room, names?.style)
    table.push([ends, ...choose(cells).map((cell) => (isLoss ? style.bold(cell) : cell))])
  }
  const lines = table.toString().split('\n')
  return lines.map((line) => (style.enabled ? line.trimEnd() : cut(line.trimEnd(), width))).join('\n')
}

const GAP = 2
const ALIGNED = ['left', 'right', 'left', 'right', 'right', 'left'] as const

interface Line {
  /** In the first line of a flow. */
  readonly flow: PathFlow | undefined
  /** Of the columns after the flow. */
  readonly cells: readonly string[]
  readonly isLoss: boolean
}

function linesOf(flow: PathFlow): Line[] {
  const { hops } = flow
  const own = [flow.protocol, packetsText(flow)]
  if (hops.length < 2)
    return [{ flow, cells: [...own, hops[0] === undefined ? '' : placeText(hops[0]), '', '', ''], isLoss: false }]
  return hops.slice(1).map((hop, at) => ({
    flow: at === 0 ? flow : undefined,
    cells: [...(at === 0 ? own : ['', '']), ...hopCells(hops[at] as PathFlowHop, hop)],
    isLoss: (hops[at] as PathFlowHop).lost > 0,
  }))
}

/** `17 (1 again)`: of which retransmissions and duplicates. */
function packetsText({ packets, retransmissions, duplicates }: PathFlow): string {
  const again = retransmissions + duplicates
  return again === 0 ? String(packets) : `${packets} (${again} again)`
}

function hopCells(from: PathFlowHop, to: PathFlowHop): string[] {
  const time = (seconds: number | undefined) => (seconds === undefined ? '' : secondsText(seconds))
  return [`${placeText(from)} → ${placeText(to, from)}`, time(to.median), time(to.p99), lostText(from)]
}

function lostText({ lost, lostFrames }: PathFlowHop): string {
  if (lost === 0) return ''
  const frames = lostFrames.slice(0, NAMED).map(({ frame }) => `#${frame}`)
  return `${lost} (${frames.join(', ')}${lost > NAMED ? ', …' : ''})`
}

/** `clocks: router is 250 ms ahead of ctr (±2 µs); w0 agrees (±4.2 ms)`; nothing for one capture. */
export function clocksText(clocks: readonly PathClock[]): string | undefined {
  const [first, ...others] = clocks
  if (first === undefined || others.length === 0) return undefined
  const name = (clock: PathClock) => clock.point ?? clock.file ?? 'a capture'
  const words = others.map((clock) => `${placeText({ point: name(clock) })} ${clockWords(clock)}`)
  return `clocks, against ${placeText({ point: name(first) })}: ${words.join('; ')}`
}

function clockWords({ ahead, drift, uncertainty, basis }: PathClock): string {
  if (basis === 'nothing in common') return 'has no packet in common with the others: taken as it is'
  const size = secondsText(Math.abs(ahead))
  const words = ahead === 0 ? 'agrees' : ahead > 0 ? `${size} ahead` : `${size} behind`
  if (basis === 'one-way') return `${words}, as far as traffic in one direction can tell`
  const drifts = drift === 0 ? '' : `, drifting ${(drift * 1e6).toFixed(1)} ppm`
  return `${words} (±${secondsText(uncertainty)})${drifts}`
}
