/** The rows of a tree of which some parts are open. */
import type { Node, Value } from '../../dissect/node.ts'
import { type PacketDetail, type Region, regionAt } from './packet-detail.ts'

export interface TreeRow {
  /** Names the row in trees of other packets too, so that what is open stays open from one packet to the next. */
  readonly key: string
  /** Not escaped. */
  readonly text: string
  readonly depth: number
  readonly hasChildren: boolean
  readonly isOpen: boolean
  /** Bytes of the frame; an empty range for what is derived. */
  readonly start: number
  readonly end: number
  readonly region: Region
  /** Wireshark's name of the field; undefined for headings and remarks. */
  readonly field: string | undefined
  readonly value: Value
}

export function treeRows(detail: PacketDetail, open: ReadonlySet<string>): TreeRow[] {
  const rows: TreeRow[] = []
  addRows(rows, detail, detail.nodes, '', 0, open)
  return rows
}

function addRows(
  rows: TreeRow[],
  detail: PacketDetail,
  nodes: readonly Node[],
  parent: string,
  depth: number,
  open: ReadonlySet<string>,
): void {
  keyed(nodes, parent, (node, key) => {
    const hasChildren = node.children.some(({ hidden }) => hidden !== true)
    const isOpen = hasChildren && open.has(key)
    rows.push({
      key,
      text: node.text,
      depth,
      hasChildren,
      isOpen,
      start: node.start,
      end: node.end,
      region: isOfAll(node, depth) ? 'whole' : regionAt(detail, node.start),
      field: node.field?.name,
      value: node.value,
    })
    if (isOpen) addRows(rows, detail, node.children, key, depth + 1, open)
  })
}

/** The frame's own heading speaks of all bytes. */
const isFrame = (node: Node, depth: number) => depth === 0 && node.text.startsWith('Frame ')

/** The frame, and what is said of the packet as a whole, have no side. */
const isOfAll = (node: Node, depth: number) => depth === 0 && (node.end <= node.start || isFrame(node, depth))

/** Keys from the outside to the deepest node that holds the byte `at`; empty if there is none. */
export function pathAt(detail: PacketDetail, at: number): string[] {
  const path: string[] = []
  let nodes: readonly Node[] = detail.nodes.filter((node) => !isFrame(node, 0))
  let parent = ''
  for (;;) {
    let found: { readonly node: Node; readonly key: string } | undefined
    keyed(nodes, parent, (node, key) => {
      if (found === undefined && at >= node.start && at < node.end) found = { node, key }
    })
    if (found === undefined) return path
    path.push(found.key)
    parent = found.key
    nodes = found.node.children
  }
}

/** Every key of the tree that can be opened. */
export function allKeys(detail: PacketDetail, from = ''): string[] {
  const keys: string[] = []
  const add = (nodes: readonly Node[], parent: string) =>
    keyed(nodes, parent, (node, key) => {
      if (node.children.length > 0 && key.startsWith(from)) keys.push(key)
      add(node.children, key)
    })
  add(detail.nodes, '')
  return keys
}

/** A key is made of the field's name, or of a heading's words without what differs between packets. */
function keyed(nodes: readonly Node[], parent: string, visit: (node: Node, key: string) => void): void {
  const seen = new Map<string, number>()
  for (const node of nodes) {
    if (node.hidden === true) continue
    const name = node.field?.name ?? node.text.split(/[,:(\d]/, 1)[0]?.trim() ?? ''
    const count = (seen.get(name) ?? 0) + 1
    seen.set(name, count)
    visit(node, `${parent}/${name}#${count}`)
  }
}
