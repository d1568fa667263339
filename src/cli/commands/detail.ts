/** `-V` and `-x`: tree and bytes of each packet. */
import { treeOf } from '../../packet/tree.ts'
import { hexLines, treeLines } from '../../render/tree.ts'
import type { Output } from '../output.ts'
import type { Settings } from '../settings.ts'
import type { Shown } from './session.ts'

export function printDetail({ packet }: Shown, settings: Settings, output: Output): void {
  const { record } = packet
  const blocks: string[] = []
  if (settings.hasTree) blocks.push([...treeLines(treeOf(packet), record.bytes), ''].join('\n'))
  if (settings.hasHex) blocks.push([...hexLines(record.bytes.subarray(record.start, record.end)), ''].join('\n'))
  for (const block of blocks) output.line(block)
}
