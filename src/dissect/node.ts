/** The protocol tree: what every rich output is made of. */
import type { Field } from './field.ts'

/**
 * A field's value: numbers for integers and flags (0 or 1), text for addresses, strings and bytes (in hexadecimal).
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 *
 * const packet = (await loadCapture('vxlan.pcap')).packet(15)
 * console.log(packet.get('vxlan.vni'), packet.get('ip.src'), packet.get('tcp.flags.syn'), packet.get('arp.opcode')) // 3258 192.168.10.100 0 undefined
 * ```
 */
export type Value = number | string | boolean | undefined

/**
 * One line of the tree with the bytes it stands for.
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 *
 * const packet = (await loadCapture('vxlan.pcap')).packet(15)
 * const vxlan = packet.tree().find(({ text }) => text.startsWith('Virtual'))
 * console.log(vxlan.text, vxlan.end - vxlan.start) // Virtual eXtensible Local Area Network 8
 * console.log(vxlan.children.at(-2).text, vxlan.children.at(-2).value) // VXLAN Network Identifier (VNI): 3258 3258
 * ```
 */
export interface Node {
  /** The field, or undefined for a heading or remark. */
  readonly field: Field | undefined
  /** The line as tshark words it. Not escaped: may hold any character that a packet can. */
  readonly text: string
  /** First byte, in the same positions as the record's `bytes`; with `end` an empty range for what is derived. */
  readonly start: number
  readonly end: number
  readonly value: Value
  readonly children: readonly Node[]
  /** True for what has a value but is no line of the tree. */
  readonly hidden?: boolean
}

/** Every node from `nodes` down, a parent before its children. */
export function* walkNodes(nodes: readonly Node[]): Generator<Node> {
  for (const node of nodes) {
    yield node
    if (node.children.length > 0) yield* walkNodes(node.children)
  }
}
