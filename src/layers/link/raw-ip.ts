/** No link header at all: the packet starts with its IP header. LINKTYPE_RAW (101, and 12 or 14 of old). */
import { defineLayer } from '../../dissect/layer.ts'
import { nextByIpVersion } from '../../dissect/walk.ts'

export const rawIp = defineLayer({
  name: 'raw',
  title: 'Raw packet data',
  label: 'RAW',
  role: 'link',
  fields: {},
  attach: [
    ['link.type', 12],
    ['link.type', 14],
    ['link.type', 101],
  ],
  step(view, at, _end, walk) {
    nextByIpVersion(walk, view, at)
    return at
  },
})
