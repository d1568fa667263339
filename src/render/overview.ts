/** The overview: one line about the capture, and the outer-versus-inner table. */
import type { Census } from '../analysis/census.ts'
import type { Overview } from '../analysis/overview.ts'
import { type NodePair, type PodPair, topologyOf } from '../analysis/topology.ts'
import { tunnelText } from '../analysis/tunnel-ports.ts'
import { decimalText, difference } from '../bytes/time.ts'
import { linkTypeName } from '../capture/link-type.ts'
import type { Tables } from '../dissect/tables.ts'
import { BORDERLESS } from './borderless.ts'
import { escapeText } from './escape.ts'
import { fullTableText } from './full-table.ts'
import { sizeText } from './size.ts'
import type { Style } from './style.ts'
import { newTable } from './table.ts'
import { cutMiddle, widthOf } from './width.ts'
import type { Wording } from './wording.ts'

export interface OverviewOptions {
  /** How the capture is called. */
  readonly name: string
  readonly width: number
  readonly style: Style
  /** Pod pairs shown at most. */
  readonly rows: number
  /** Names for addresses and VNIs, if there are any. */
  readonly wording?: Wording | undefined
  /** Whether it also says what the capture is made of. */
  readonly hasCensus?: boolean
}

/** What to capture when there is nothing to see. */
export const CAPTURE_HINT = "tcpdump -i any -w overlay.pcap 'udp port 8472 or udp port 6081'"

/** The lines, without a line end after the last. */
export function overviewText(overview: Overview, tables: Tables, options: OverviewOptions): string {
  const lines = [headLine(overview, tables, options)]
  if (overview.copies.frames === 0)
    return [...lines, `Nothing was captured. To see an overlay, capture on a node or router: ${CAPTURE_HINT}`].join(
      '\n',
    )
  if (options.hasCensus === true) lines.push(censusLine(overview.census, tables))
  const topology = topologyOf(overview, tables)
  if (topology.length > 0) lines.push(...tableLines(topology, options))
  const untold = untoldPairs(overview)
  if (untold !== undefined) lines.push(untold)
  if (overview.tunnelled === 0)
    lines.push(`No tunnel in this capture. To see one, capture between the nodes: ${CAPTURE_HINT}`)
  return lines.join('\n')
}

/** Of pairs beyond those that are told apart; undefined: there are none. */
export function untoldPairs({ pairs: { overflow } }: Overview): string | undefined {
  return overflow === 0 ? undefined : fullTableText(overflow, 'frames of further pod pairs')
}

function headLine(overview: Overview, tables: Tables, options: OverviewOptions): string {
  const { style } = options
  const tunnels = overview.ports.seen(tables).map((tunnel) => `overlay-${tunnelText(tunnel)}`)
  const times = overview.times()
  const parts = [countText(overview), tunnels.length === 0 ? 'no overlay seen' : tunnels.join(', ')]
  if (times !== undefined) parts.push(`${decimalText(difference(times.last, times.first), 3)} s`)
  const name = `${escapeText(options.name)}:`
  let line = name
  const lines: string[] = []
  parts.forEach((part, index) => {
    const text = index === parts.length - 1 ? part : `${part};`
    if (widthOf(line) + widthOf(text) + 1 <= options.width) line += ` ${text}`
    else {
      lines.push(line)
      line = `  ${text}`
    }
  })
  return [...lines, line].join('\n').replace(name, () => style.bold(name))
}

/** `LINUX_SLL2; 24 DNS, 20 HTTP, 10 TCP, 4 ICMP; 3 frames truncated, 1 malformed`. */
function censusLine(census: Census, tables: Tables): string {
  const protocols = census.protocols(tables).map(({ name, packets }) => `${packets} ${name}`)
  const broken = [
    ...(census.truncated > 0 ? [`${plural(census.truncated, 'frame')} truncated`] : []),
    ...(census.malformed > 0 ? [`${plural(census.malformed, 'frame')} malformed`] : []),
  ]
  const parts = [census.linkTypes.map(linkTypeName), protocols, broken].filter((part) => part.length > 0)
  return `  ${parts.map((part) => part.join(', ')).join('; ')}`
}

const plural = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`

/** `116 frames = 58 packets, each seen on 2 interfaces`. */
function countText({ copies }: Overview): string {
  const { frames, packets } = copies
  if (frames === packets) return plural(packets, 'packet')
  const head = `${plural(frames, 'frame')} = ${plural(packets, 'packet')}`
  const groups = [...copies.seenTimes.entries()].filter(([times, count]) => times > 0 && count > 0)
  const [only] = groups
  if (groups.length === 1 && only !== undefined) return `${head}, each seen on ${only[0]} interfaces`
  const words = groups.map(([times, count]) => `${count} on ${plural(times, 'interface')}`)
  return `${head} (${words.join(', ')})`
}

const HEADS = ['OUTER node ↔ node', 'VNI → / ←', 'INNER pod ↔ pod', 'spoke', 'packets → / ←', 'bytes → / ←']

/** What a table may leave out to fit. */
interface Layout {
  /** A column for the nodes; else they stand on lines of their own. */
  readonly hasNodes: boolean
  readonly hasBytes: boolean
  /** Names without namespaces, VNIs without names. */
  readonly isShort: boolean
  /** Cells for two pods' names; undefined: as many as they have. */
  readonly pairWidth?: number
}

/** In the order in which they are tried. */
const LAYOUTS: readonly Layout[] = [
  { hasNodes: true, hasBytes: true, isShort: false },
  { hasNodes: true, hasBytes: true, isShort: true },
  { hasNodes: false, hasBytes: true, isShort: false },
  { hasNodes: false, hasBytes: true, isShort: true },
]
/** Two pods' names are not shortened beyond this. */
const LEAST_PAIR = 27

function tableLines(topology: readonly NodePair[], options: OverviewOptions): string[] {
  for (const layout of LAYOUTS) {
    // Without names there is nothing to shorten.
    if (layout.isShort && options.wording === undefined) continue
    const lines = layOut(topology, options, layout)
    if (excessOf(lines, options.width) <= 0) return lines
  }
  const last = { hasNodes: false, hasBytes: false, isShort: true }
  const lines = layOut(topology, options, last)
  const excess = excessOf(lines, options.width)
  if (excess <= 0) return lines
  const longest = Math.max(...shownPairs(topology, options.rows).map((pods) => widthOf(pairText(pods, options, last))))
  return layOut(topology, options, { ...last, pairWidth: Math.max(longest - excess, LEAST_PAIR) })
}

/** The rows that are shown; there may be hundreds of thousands. */
function shownPairs(topology: readonly NodePair[], rows: number): PodPair[] {
  const shown: PodPair[] = []
  for (const { pods } of topology) {
    if (shown.length >= rows) break
    shown.push(...pods.slice(0, rows - shown.length))
  }
  return shown
}

/** Cells by which the widest line is too wide. */
function excessOf(lines: readonly string[], width: number): number {
  return Math.max(...lines.map((line) => widthOf(line.replace(SGR, '')))) - width
}

function layOut(topology: readonly NodePair[], options: OverviewOptions, layout: Layout): string[] {
  const { hasNodes, hasBytes } = layout
  const heads = HEADS.slice(hasNodes ? 0 : 1, hasBytes ? undefined : -1)
  const aligns = ['left', 'left', 'left', 'left', 'right', 'right'] as const
  const table = newTable({
    head: heads.map((text) => options.style.bold(text)),
    ...BORDERLESS,
    colAligns: aligns.slice(hasNodes ? 0 : 1, hasBytes ? undefined : -1),
  })
  let left = options.rows
  for (const pair of topology) {
    if (left <= 0) break
    const pods = pair.pods.slice(0, left)
    left -= pods.length
    const nodes = options.style.outer(nodesText(pair, options, layout))
    if (!hasNodes && pods.length > 0) table.push([{ colSpan: heads.length, content: nodes }])
    pods.forEach((one, index) => {
      const row = podCells(one, pair.tunnel, options, layout)
      table.push(hasNodes ? [index === 0 ? nodes : '', ...row] : row)
    })
  }
  const hidden = topology.reduce((sum, pair) => sum + pair.size, 0) - (options.rows - left)
  const lines = table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
  if (hidden > 0) lines.push(`(${hidden} more pod pairs)`)
  return lines
}

const SGR = /\x1b\[[0-9;]*m/g

function nodesText({ nodes }: NodePair, options: OverviewOptions, layout: Layout): string {
  if (nodes === undefined) return '(no tunnel)'
  const short = { ...layout, isShort: layout.isShort && layout.hasNodes }
  return `${wordsFor(nodes.a, options, short)} ↔ ${wordsFor(nodes.b, options, short)}`
}

function wordsFor(address: string, { wording }: OverviewOptions, { isShort }: Layout): string {
  return wording?.address(address, isShort) ?? address
}

/** Both names; where they do not fit, the longer one gives way first. */
function pairText({ a, b }: PodPair, options: OverviewOptions, layout: Layout): string {
  const [first, second] = [wordsFor(a, options, layout), wordsFor(b, options, layout)]
  const { pairWidth } = layout
  const own = widthOf(first) + BETWEEN.length + widthOf(second)
  if (pairWidth === undefined || own <= pairWidth) return `${first}${BETWEEN}${second}`
  const room = pairWidth - BETWEEN.length
  const half = Math.floor(room / 2)
  const left = widthOf(first) <= half ? widthOf(first) : Math.max(room - widthOf(second), half)
  return `${cutMiddle(first, left)}${BETWEEN}${cutMiddle(second, room - Math.min(left, widthOf(first)))}`
}

const BETWEEN = ' ↔ '

function podCells(pods: PodPair, tunnel: string | undefined, options: OverviewOptions, layout: Layout): string[] {
  const hasVni = pods.vnisThere.length + pods.vnisBack.length > 0
  const words = (vni: number) => (layout.isShort ? undefined : options.wording?.vni(vni, tunnel ?? '')) ?? String(vni)
  const vnis = hasVni ? `${list(pods.vnisThere, words)}/${list(pods.vnisBack, words)}` : ''
  return [
    layout.hasNodes ? vnis : `  ${vnis}`,
    pairText(pods, options, layout),
    pods.spoke.join(', '),
    `${pods.there} / ${pods.back}`,
    ...(layout.hasBytes ? [`${sizeText(pods.bytesThere)} / ${sizeText(pods.bytesBack)}`] : []),
  ]
}

/** A few VNIs; a pair that speaks with many has its own story. */
function list(vnis: readonly number[], words: (vni: number) => string): string {
  if (vnis.length === 0) return '–'
  const shown = vnis.slice(0, 3).map(words).join(',')
  return vnis.length <= 3 ? shown : `${shown}…`
}
