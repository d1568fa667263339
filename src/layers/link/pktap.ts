/**
 * Darwin's pktap: interface and process in front of what that interface's own link type has, LINKTYPE_PKTAP (258). XNU,
 * bsd/net/pktap.h; numbers are little-endian.
 */
import { type Field, varying } from '../../dissect/field.ts'
import { defineLayer } from '../../dissect/layer.ts'
import { malformed, nextByLinkType, truncated } from '../../dissect/walk.ts'

const HEADER_SIZE = 108
const PACKET = 1

const place = { length: 0, record: 4, linkType: 8 } as const
const utf8 = new TextDecoder()

function number(size: 2 | 4, name: string, label: string, at: number, base: 'dec' | 'hex' = 'dec'): Field {
  return varying(
    size === 2 ? 'uint16' : 'uint32',
    name,
    label,
    (r) => {
      const start = r.start + at
      if (start + size > r.body) return []
      const value = size === 2 ? r.view.getUint16(start, true) : r.view.getUint32(start, true)
      return [{ value, start, end: start + size }]
    },
    { base, size },
  )
}

/** A text of fixed size, filled up with zeros. */
function text(name: string, label: string, at: number, size: number): Field {
  return varying('string', name, label, (r) => {
    const start = r.start + at
    if (start + size > r.body) return []
    const value = utf8.decode(r.bytes.subarray(start, start + size)).replace(/\0.*$/s, '')
    return [{ value, start, end: start + size }]
  })
}

const fields = {
  length: number(4, 'pktap.hdrlen', 'Header length', place.length),
  record: number(4, 'pktap.rectype', 'Record type', place.record),
  linkType: number(4, 'pktap.dlt', 'DLT', place.linkType),
  interface: text('pktap.ifname', 'Interface name', 12, 24),
  flags: number(4, 'pktap.flags', 'Flags', 36, 'hex'),
  family: number(4, 'pktap.pfamily', 'Protocol family', 40),
  linkHeader: number(4, 'pktap.llhdrlen', 'Link-layer header length', 44),
  linkTrailer: number(4, 'pktap.lltrlrlen', 'Link-layer trailer length', 48),
  process: number(4, 'pktap.pid', 'Process ID', 52),
  command: text('pktap.cmdname', 'Command name', 56, 20),
  service: number(4, 'pktap.svc_class', 'Service class', 76),
  interfaceType: number(2, 'pktap.iftype', 'Interface type', 80),
  interfaceUnit: number(2, 'pktap.ifunit', 'Interface unit', 82),
  effectiveProcess: number(4, 'pktap.epid', 'Effective process ID', 84),
  effectiveCommand: text('pktap.ecmdname', 'Effective command name', 88, 20),
}

export const pktap = defineLayer({
  name: 'pktap',
  title: 'PKTAP packet header',
  role: 'link',
  fields,
  attach: [['link.type', 258]],
  step(view, at, end, walk) {
    if (end - at < HEADER_SIZE) return truncated(walk, HEADER_SIZE)
    const length = view.getUint32(at + place.length, true)
    if (length < HEADER_SIZE) return malformed(walk)
    if (end - at < length) return truncated(walk, length)
    if (view.getUint32(at + place.record, true) === PACKET)
      nextByLinkType(walk, view.getUint32(at + place.linkType, true))
    return at + length
  },
  info: (r) => (r.body - r.start < HEADER_SIZE ? undefined : `PKTAP, ${r.view.getUint32(r.start, true)} byte header`),
})
