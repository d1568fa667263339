/** A map of an overlay as boxes and lines, folded to what is busiest so that it can be read. */
import { type MapEnd, type MapLink, type OverlayMap, total } from '../../analysis/overlay-map.ts'
import type { Wording } from '../wording.ts'

export interface Box {
  readonly id: string
  /** Lines of text, not escaped for any format. */
  readonly lines: readonly string[]
  readonly pods: readonly { readonly id: string; readonly lines: readonly string[] }[]
}

export interface Line {
  readonly from: string
  readonly to: string
  /** `VNI 3258: 20`, from the first end to the second. */
  readonly there: string
  /** The other way; undefined: nothing went that way. */
  readonly back: string | undefined
}

/** Both directions with an arrow each. */
export function labelOf({ there, back }: Line, forward = '→', backward = '←'): string {
  return back === undefined ? `${forward} ${there}` : `${forward} ${there} · ${backward} ${back}`
}

export interface Picture {
  readonly boxes: readonly Box[]
  readonly lines: readonly Line[]
  /** What was left out or put together; undefined: nothing was. */
  readonly folded: string | undefined
}

/** Nodes, pods in each, and lines that are drawn one by one. */
const NODES = 10
const PODS = 8
const LINES = 40

/** The picture of a map: at most ten nodes with eight pods each; what is less busy stands together in one box. */
export function pictureOf(map: OverlayMap, wording: Wording | undefined): Picture {
  const nodes = map.nodes.slice(0, NODES)
  const boxes = nodes.map((node, index) => ({
    id: `n${index}`,
    lines: wordsOf(node.address, wording),
    pods: [
      ...node.pods.slice(0, PODS).map((pod, place) => ({
        id: `n${index}p${place}`,
        lines: [...wordsOf(pod.address, wording), ...(pod.vnis.length === 0 ? [] : [vniWords(pod.vnis)])],
      })),
      ...(node.pods.length > PODS ? [{ id: `n${index}more`, lines: [`${node.pods.length - PODS} more pods`] }] : []),
    ],
  }))
  const hidden = map.nodes.slice(NODES)
  if (hidden.length > 0) {
    const pods = hidden.reduce((sum, node) => sum + node.pods.length, 0)
    boxes.push({
      id: 'more',
      lines: [`${hidden.length} more nodes`],
      pods: [{ id: 'morepods', lines: [`${pods} pods`] }],
    })
  }
  const joined = joinedLinks(map, placesOf(map))
  const lines = joined.slice(0, LINES).map(lineOf)
  return { boxes, lines, folded: foldedWords(map, joined.length) }
}

interface Joined {
  readonly from: string
  readonly to: string
  readonly links: MapLink[]
}

/** Links between the same two places, busiest first. */
function joinedLinks(map: OverlayMap, place: (end: MapEnd) => string): Joined[] {
  const joined = new Map<string, Joined>()
  for (const link of map.links) {
    const [from, to] = [place(link.from), place(link.to)]
    if (from === to) continue
    const known = joined.get(`${from} ${to}`)
    if (known === undefined) joined.set(`${from} ${to}`, { from, to, links: [link] })
    else known.links.push(link)
  }
  const weight = ({ links }: Joined) => links.reduce((sum, link) => sum + total(link), 0)
  return [...joined.values()].sort((x, y) => weight(y) - weight(x))
}

/** Where an end is drawn: as itself, with others of its node, or with the nodes that are left out. */
function placesOf(map: OverlayMap): (end: MapEnd) => string {
  const places = new Map<string, string>()
  map.nodes.slice(0, NODES).forEach((node, index) => {
    node.pods.forEach(({ address }, place) => {
      places.set(`${node.address} ${address}`, place < PODS ? `n${index}p${place}` : `n${index}more`)
    })
  })
  return ({ node, pod }) => places.get(`${node} ${pod}`) ?? 'morepods'
}

function lineOf({ from, to, links }: Joined): Line {
  const sum = (of: (link: MapLink) => number) => links.reduce((all, link) => all + of(link), 0)
  const vnis = (of: (link: MapLink) => readonly number[]) => [...new Set(links.flatMap(of))]
  const [there, back] = [sum(({ packets }) => packets), sum(({ packetsBack }) => packetsBack)]
  const way = directionWords(vnis(vnisOf), there)
  const reply = directionWords(vnis(vnisBackOf), back)
  // A line points at least from its first end to its second.
  if (there === 0) return { from: to, to: from, there: reply, back: undefined }
  return { from, to, there: way, back: back > 0 ? reply : undefined }
}

const vnisOf = (link: MapLink) => link.vnis
const vnisBackOf = (link: MapLink) => link.vnisBack

const directionWords = (vnis: readonly number[], packets: number) => `${vniWords(vnis)}: ${packets}`

function vniWords(vnis: readonly number[]): string {
  const shown = vnis.slice(0, 3).join(',')
  return `VNI ${shown}${vnis.length > 3 ? '…' : ''}`
}

/** Name over address, or the address alone. */
function wordsOf(address: string, wording: Wording | undefined): string[] {
  const name = wording?.address(address, false) ?? address
  return name === address || name.includes(address) ? [name] : [name, address]
}

function foldedWords(map: OverlayMap, lines: number): string | undefined {
  const pods = map.nodes.reduce((sum, node) => sum + node.pods.length, 0)
  const isFolded = map.nodes.length > NODES || lines > LINES || map.nodes.some((node) => node.pods.length > PODS)
  if (!isFolded) return undefined
  return `folded to the busiest of ${map.nodes.length} nodes, ${pods} pods and ${map.links.length} conversations`
}
