/** The protocol tree and the bytes as text, as tshark's -V and -x lay them out. */
import type { Node } from '../dissect/node.ts'
import { escapeText } from './escape.ts'

const INDENT = '    '

/** Lines of a tree, one a node, indented by depth. The bytes of plain data follow their heading, as tshark has it. */
export function treeLines(nodes: readonly Node[], bytes: Uint8Array): string[] {
  const lines: string[] = []
  addLines(lines, nodes, bytes, 0)
  return lines
}

function addLines(lines: string[], nodes: readonly Node[], bytes: Uint8Array, depth: number): void {
  for (const node of nodes) {
    if (node.hidden) continue
    lines.push(INDENT.repeat(depth) + escapeText(node.text))
    const data = dataBeneath(node)
    if (data !== undefined) lines.push('', ...hexLines(bytes.subarray(data.start, data.end)))
    addLines(lines, node.children, bytes, depth + 1)
  }
}

/** The data field right beneath a heading. */
function dataBeneath(node: Node): Node | undefined {
  return node.field === undefined ? node.children.find((child) => child.field?.name === 'data.data') : undefined
}

const BYTES_A_LINE = 16

/** `0000  08 00 …   ........`: offset, sixteen bytes, their ASCII. */
export function hexLines(bytes: Uint8Array): string[] {
  const lines: string[] = []
  const digits = Math.max(4, (bytes.length - 1).toString(16).length)
  for (let at = 0; at < bytes.length; at += BYTES_A_LINE) {
    let codes = ''
    let letters = ''
    for (let i = at; i < at + BYTES_A_LINE; i++) {
      const byte = bytes[i]
      codes += byte === undefined ? '   ' : `${byte.toString(16).padStart(2, '0')} `
      if (byte !== undefined) letters += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.'
    }
    lines.push(`${at.toString(16).padStart(digits, '0')}  ${codes}  ${letters}`)
  }
  return lines
}
