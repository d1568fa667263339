/**
 * BSD loopback: four bytes of address family, then the packet. LINKTYPE_NULL (0) in the byte order of the machine that
 * captured, LINKTYPE_LOOP (108) in network byte order.
 */
import { varying } from '../../dissect/field.ts'
import { defineLayer } from '../../dissect/layer.ts'
import type { Walk } from '../../dissect/walk.ts'
import { nextByIpVersion, nextIsData, truncated } from '../../dissect/walk.ts'

const HEADER_SIZE = 4

/** AF_INET everywhere; AF_INET6 differs between NetBSD, FreeBSD and Darwin. */
const FAMILIES: Readonly<Record<number, string>> = { 2: 'IP', 24: 'IPv6', 28: 'IPv6', 30: 'IPv6' }

/** Families are small numbers, so the order in which the value is small is the right one. */
function readFamily(view: DataView, at: number): number {
  const big = view.getUint32(at)
  return big > 0xffff ? view.getUint32(at, true) : big
}

function step(view: DataView, at: number, end: number, walk: Walk): number {
  if (end - at < HEADER_SIZE) return truncated(walk, HEADER_SIZE)
  if (FAMILIES[readFamily(view, at)] === undefined) nextIsData(walk)
  else nextByIpVersion(walk, view, at + HEADER_SIZE)
  return at + HEADER_SIZE
}

const fields = {
  family: varying(
    'uint32',
    'null.family',
    'Family',
    (r) =>
      r.start + HEADER_SIZE > r.body
        ? []
        : [{ value: readFamily(r.view, r.start), start: r.start, end: r.start + HEADER_SIZE }],
    { names: FAMILIES, size: 4 },
  ),
}

export const nullLoopback = defineLayer({
  name: 'null',
  title: 'Null/Loopback',
  label: 'NULL',
  role: 'link',
  fields,
  attach: [
    ['link.type', 0],
    ['link.type', 108],
  ],
  step,
})
