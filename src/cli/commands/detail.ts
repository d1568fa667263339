/** `-V` and `-x`: tree and bytes of each packet. */
import type { Dissection } from '../../packet/dissection.ts'
import { treeOf } from '../../packet/tree.ts'
import { hexLines, treeLines } from '../../render/tree.ts'
import type { Output } from '../output.ts'
import type { Settings } from '../settings.ts'
import type { Shown } from './session.ts'

export function printDetail({ packet }: Shown, settings: Settings, output: Output): void {
  const { record } = packet
  const blocks: string[] = []
  if (settings.hasTree) blocks.push([...treeLines(treeOf(packet), record.bytes), ''].join('\n'))
  if (settings.hasHex) blocks.push(...bytesBlocks(packet))
  for (const block of blocks) output.line(block)
}

/** The frame's bytes; with names where there are others that were put together of several packets. */
function bytesBlocks({ record, sources }: Dissection): string[] {
  if (sources === undefined) return [[...hexLines(record.bytes.subarray(record.start, record.end)), ''].join('\n')]
  const blocks = sources.map(({ name, start, end }) =>
    [`${name} (${end - start} bytes):`, ...hexLines(record.bytes.subarray(start, end))].join('\n'),
  )
  return [[...blocks, ''].join('\n')]
}
