/** What tells the conversations of two ends apart, as one number. */
import type { Walk } from '../dissect/walk.ts'

const ECHO_HEADER = 8

/** Source port in the upper half, destination port in the lower; of an echo its identifier, twice; 0 without. */
export function portsOf(view: DataView, { marks, tables }: Walk): number {
  const { transport, transportLayer } = marks
  if (transportLayer === tables.tcp || transportLayer === tables.udp)
    return marks.payload - transport >= 4 ? view.getInt32(transport) : 0
  if (transportLayer !== 0 && marks.payload - transport >= ECHO_HEADER && isEcho(view.getUint8(transport))) {
    const identifier = view.getUint16(transport + 4)
    return (identifier << 16) | identifier
  }
  return 0
}

/** Of ICMP and of ICMPv6. */
const isEcho = (type: number) => type === 8 || type === 0 || type === 128 || type === 129
