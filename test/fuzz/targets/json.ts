/** JSON: an object that can be written and read again. */
import { packetToJson } from '../../../src/packet/json.ts'
import { hold, type Target } from '../target.ts'

export const json: Target = {
  name: 'json',
  packet(packet) {
    const text = JSON.stringify(packetToJson(packet))
    hold(!text.includes('\n'), 'a line break in JSON')
    if (packet.number % 16 === 0) JSON.parse(text)
  },
}
