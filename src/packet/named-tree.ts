/** The protocol tree with names: behind every address whose it is, behind a VNI which identity, and a list of sources. */
import { remark } from '../dissect/field.ts'
import type { Node } from '../dissect/node.ts'
import { type IdentityName, labelWords } from '../names/identity-name.ts'
import type { Names } from '../names/names.ts'
import type { Dissection } from './dissection.ts'
import { NAME_FIELDS, packetNames } from './name-fields.ts'

/** `nodes` with names; and a heading of their own at the end. */
export function namedTree(nodes: readonly Node[], packet: Dissection, names: Names): Node[] {
  const identity = packetNames(packet)?.identity
  const own = namesNode(packet)
  const named = nodes.map((node) => namedNode(node, names, identity))
  return own === undefined ? named : [...named, own]
}

function namedNode(node: Node, names: Names, identity: IdentityName | undefined): Node {
  const children = node.children.map((child) => namedNode(child, names, identity))
  return { ...node, children, text: namedText(node, names, identity) }
}

/** In a heading addresses stand behind these words, as tshark has it. */
const HEADING = /\b(Src|Dst): ([0-9a-f.:]+)/g

function namedText({ field, text, value }: Node, names: Names, identity: IdentityName | undefined): string {
  if (field === undefined) {
    return text.replace(HEADING, (whole, _word: string, address: string) => {
      const known = names.address(address)
      return known === undefined ? whole : `${whole} (${known.name})`
    })
  }
  if ((field.type === 'ipv4' || field.type === 'ipv6') && typeof value === 'string') {
    const known = names.address(value)
    return known === undefined || !text.endsWith(value) ? text : `${text} (${known.name})`
  }
  const isVni = (field.name === 'vxlan.vni' || field.name === 'geneve.vni') && value === identity?.id
  return isVni && identity !== undefined ? `${text} ${identityWords(identity)}` : text
}

/** `identity default/curl-pod: k8s:app=curl,…`. */
export function identityWords({ id, name, labels }: IdentityName): string {
  const words = labelWords(labels)
  if (name === undefined || name === words) return `identity ${name ?? id}`
  return words === '' ? `identity ${name}` : `identity ${name}: ${words}`
}

/** Every name with the list that it is from. */
function namesNode(packet: Dissection): Node | undefined {
  const { start } = packet.record
  const lines = NAME_FIELDS.flatMap((field) => {
    const source = field.sourceOf(packet)
    const from = source === undefined ? '' : ` (${source})`
    return field
      .of(packet)
      .map((value) => ({ field, text: `[${field.label}: ${value}${from}]`, start, end: start, value, children: [] }))
  })
  return lines.length === 0 ? undefined : remark('Names', start, start, lines)
}
