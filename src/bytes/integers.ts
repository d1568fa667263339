/** Integers of the widths that DataView lacks. Network byte order; nothing is checked: the caller has. */

/** 24 bits, 0 to 16,777,215. */
export function readUint24(view: DataView, at: number): number {
  return (view.getUint16(at) << 8) | view.getUint8(at + 2)
}

/** 48 bits, exact as a number. */
export function readUint48(view: DataView, at: number): number {
  return view.getUint16(at) * 0x1_0000_0000 + view.getUint32(at + 2)
}

/** `value` in hexadecimal with at least `digits` digits and no prefix. */
export function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0')
}
