/** How long an IPv6 extension header is: the second byte counts units of eight beyond the first eight. RFC 8200 section 4. */
import { varying } from '../../dissect/field.ts'

export const UNIT = 8

/** The length in bytes, which tshark shows beside the one in units. */
export const extensionLength = (name: string) =>
  varying(
    'uint16',
    name,
    'Length',
    (r) => {
      if (r.start + 2 > r.body) return []
      const value = (r.view.getUint8(r.start + 1) + 1) * UNIT
      return [{ value, start: r.start + 1, end: r.start + 2, text: `[Length: ${value} bytes]` }]
    },
    { generated: true, size: 2 },
  )
