/** Writes malformed.pcap beside it: packets of fixtures/vxlan.pcap whose headers contradict themselves, or that would move a terminal's cursor. */
import { readFileSync, writeFileSync } from 'node:fs'

const source = readFileSync(new URL('../../fixtures/vxlan.pcap', import.meta.url))
const records = []
for (let at = 24; at < source.length; at += 16 + source.readUInt32LE(at + 8))
  records.push(Buffer.from(source.subarray(at, at + 16 + source.readUInt32LE(at + 8))))

/** First bytes in a record: its own header, SLL2, outer IP, UDP, VXLAN, inner Ethernet, inner IP, TCP. */
const outerIp = 16 + 20
const udp = outerIp + 20
const inner = udp + 8 + 8 + 14
const tcp = inner + 20

const damage = [
  (packet) => packet.writeUInt8(0x43, inner),
  (packet) => packet.writeUInt16BE(10, inner + 2),
  (packet) => packet.writeUInt16BE(12, udp + 4),
  (packet) => packet.writeUInt8(0x95, inner),
]
const changed = damage.map((change, at) => {
  change(records[at])
  return records[at]
})
const segment = records[8]
segment.writeUInt8(0x20, tcp + 12)
const request = records[14]
request.write('GET /\x1b]0;evil\x07\x1b[2J HT', tcp + 32, 'latin1')
writeFileSync(
  new URL('malformed.pcap', import.meta.url),
  Buffer.concat([source.subarray(0, 24), ...changed, segment, request]),
)
