/** Rows of the list, narrow and wide, and the two columns of --sides' model. */
import { listEnds } from '../../../src/packet/list-ends.ts'
import { sidesOf } from '../../../src/packet/sides.ts'
import { summaryOf } from '../../../src/packet/summary.ts'
import { ListRenderer } from '../../../src/render/list.ts'
import { createStyle } from '../../../src/render/style.ts'
import { holdPrintable, type Target } from '../target.ts'

const renderers = [80, 160].map(
  (width) =>
    new ListRenderer({ width, isStrict: width === 80, style: createStyle(false), hasPlace: false, timeWidth: 8 }),
)

export const rows: Target = {
  name: 'rows',
  packet(_packet, dissection) {
    const { record, walk } = dissection
    const { outer, vni, inner } = listEnds(record, walk)
    const { protocol, info } = summaryOf(dissection)
    const row = { number: record.number, time: '', place: undefined, outer, vni, inner, protocol, info, isCopy: false }
    for (const renderer of renderers) holdPrintable(renderer.row({ ...row, length: record.originalLength }), 'row')
    sidesOf(record, walk)
  },
}
