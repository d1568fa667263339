/** Bytes that no layer claims. */
import { bytesText } from '../../bytes/address.ts'
import { varying } from '../../dissect/field.ts'
import { defineLayer } from '../../dissect/layer.ts'

/** tshark shortens what a line shows; the field itself keeps every byte. */
const SHOWN = 36

export const data = defineLayer({
  name: 'data',
  title: 'Data',
  label: 'Data',
  role: 'application',
  fields: {
    data: varying('bytes', 'data.data', 'Data', (r) => {
      const length = r.body - r.start
      if (length <= 0) return []
      const shown = bytesText(r.view, r.start, Math.min(length, SHOWN))
      const text = `Data: ${shown}${length > SHOWN ? '…' : ''}`
      return [{ value: bytesText(r.view, r.start, length), start: r.start, end: r.body, text }]
    }),
    length: varying(
      'int32',
      'data.len',
      'Length',
      (r) => (r.body <= r.start ? [] : [{ value: r.body - r.start, start: r.start, end: r.body }]),
      {
        generated: true,
      },
    ),
  },
  step: (_view, _at, end) => end,
  heading: (r) => `Data (${r.body - r.start} byte${r.body - r.start === 1 ? '' : 's'})`,
})
