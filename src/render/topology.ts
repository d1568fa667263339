/** Tunnel endpoints and what each sent for, as a table. */
import type { OverlayMap } from '../analysis/overlay-map.ts'
import { BORDERLESS } from './borderless.ts'
import { sizeText } from './size.ts'
import type { Style } from './style.ts'
import { newTable } from './table.ts'
import { cutMiddle, widthOf } from './width.ts'
import type { Wording } from './wording.ts'

export interface TopologyOptions {
  readonly width: number
  readonly style: Style
  readonly wording: Wording | undefined
  /** Rows at most. */
  readonly rows: number
}

/** A row for each inner address, beneath the endpoint that sent for it. */
export function endpointsText({ nodes }: OverlayMap, options: TopologyOptions): string {
  const widest = layOut(nodes, options, undefined)
  const excess = Math.max(...widest.split('\n').map((line) => widthOf(line.replace(SGR, '')))) - options.width
  if (excess <= 0) return widest
  const shown = nodes
    .slice(0, options.rows)
    .flatMap(({ pods }) => pods.slice(0, options.rows))
    .map(({ address }) => widthOf(words(address, options)))
  const longest = shown.reduce((most, cells) => Math.max(most, cells), 0)
  return layOut(nodes, options, Math.max(longest - excess, 12))
}

const SGR = /\x1b\[[0-9;]*m/g

function layOut(nodes: OverlayMap['nodes'], options: TopologyOptions, nameWidth: number | undefined): string {
  const heads = ['TUNNEL ENDPOINT', 'SENT FOR', 'VNI', 'packets', 'bytes']
  const table = newTable({
    ...BORDERLESS,
    head: heads.map((head) => options.style.bold(head)),
    colAligns: ['left', 'left', 'left', 'right', 'right'],
  })
  let left = options.rows
  for (const node of nodes) {
    node.pods.slice(0, left).forEach(({ address, vnis, packets, bytes }, index) => {
      const name = words(address, options)
      table.push([
        index === 0 ? options.style.outer(nodeWords(node.address, options)) : '',
        nameWidth === undefined ? name : cutMiddle(name, nameWidth),
        packets === 0 ? '(only sent to)' : vnis.slice(0, 4).join(',') + (vnis.length > 4 ? '…' : ''),
        packets,
        sizeText(bytes),
      ])
    })
    left = Math.max(left - node.pods.length, 0)
  }
  const all = nodes.reduce((sum, { pods }) => sum + pods.length, 0)
  const lines = table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
  return [...lines, ...(all > options.rows ? [`(${all - options.rows} more)`] : [])].join('\n')
}

const words = (address: string, { wording }: TopologyOptions) => wording?.address(address, false) ?? address

/** A node's name with its address, as these are what the table is about. */
function nodeWords(address: string, options: TopologyOptions): string {
  const name = words(address, options)
  return name.includes(address) || options.width < 100 ? name : `${name} ${address}`
}
