/** Flows: none is lost or counted twice. */
import { FlowTable } from '../../../src/analysis/flow-table.ts'
import { hold, type Target } from '../target.ts'

let table = new FlowTable()

export const flows: Target = {
  name: 'flows',
  frame(record, walk) {
    table.add(record, walk)
  },
  end() {
    const all = table.flows()
    const frames = all.reduce((sum, { forward, back }) => sum + forward.frames + (back?.frames ?? 0), 0)
    hold(frames <= table.frames, `flows of ${frames} frames, but ${table.frames} were seen`)
    hold(table.packets <= table.frames, `${table.packets} packets in ${table.frames} frames`)
    table = new FlowTable()
  },
}
