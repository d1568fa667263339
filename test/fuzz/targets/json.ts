/** JSON: a text that can be read again, and is that of the object. */
import { packetJsonText, packetToJson } from '../../../src/packet/json.ts'
import { hold, type Target } from '../target.ts'

export const json: Target = {
  name: 'json',
  packet(packet) {
    const text = packetJsonText(packet)
    hold(!text.includes('\n'), 'a line break in JSON')
    if (packet.number % 16 === 0) hold(text === JSON.stringify(packetToJson(packet)), 'the text of another object')
  },
}
