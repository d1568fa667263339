/** What a packet's payload is, without walking into it. */
import { nextByTcpPorts, nextByUdpPorts, type Walk } from './walk.ts'

/**
 * The number of the layer that the bytes behind the packet's transport header would be walked as: by its ports, or
 * because it is recognised; 0 if there are no such bytes. `walk` has been walked or skimmed over them.
 */
export function payloadLayer(walk: Walk, view: DataView): number {
  const { marks, tables } = walk
  const { transport, transportLayer, payload } = marks
  if (payload >= marks.end || (transportLayer !== tables.udp && transportLayer !== tables.tcp)) return 0
  walk.limit = marks.end
  const source = view.getUint16(transport)
  const destination = view.getUint16(transport + 2)
  if (transportLayer === tables.udp) nextByUdpPorts(walk, source, destination)
  else nextByTcpPorts(walk, source, destination, view, payload)
  return walk.next
}
