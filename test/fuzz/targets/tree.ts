/** The protocol tree: every line printable, every node inside its frame. */
import { walkNodes } from '../../../src/dissect/node.ts'
import { treeLines } from '../../../src/render/tree.ts'
import { hold, holdPrintable, type Target } from '../target.ts'

export const tree: Target = {
  name: 'tree',
  packet(packet, { record }) {
    const nodes = packet.tree()
    for (const { start, end, text, source = 0 } of walkNodes(nodes)) {
      const length = packet.sources[source]?.bytes.length ?? -1
      hold(start >= 0 && start <= end && end <= length, `${text}: ${start}–${end} of ${length} bytes`)
    }
    const lines = treeLines(nodes, record.bytes.subarray(record.start, record.end))
    hold(!lines.some((line) => line.includes('\n')), 'a line break in a line of the tree')
    holdPrintable(lines.join('\t'), 'tree')
  },
}
