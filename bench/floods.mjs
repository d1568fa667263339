// Captures that fill tables: flows, fragments and gaps without end. For bench/hostile.mjs, and in smaller forms for test/hostile.

const BATCH = 4096

/** Classic capture, Ethernet, a template of `layers` for each packet; `change(bytes, at, number)` makes it one of its own. */
function* capture(frame, count, change) {
  const head = Buffer.alloc(24)
  head.writeUInt32LE(0xa1b2c3d4, 0)
  head.writeUInt32LE(0x00040002, 4)
  head.writeUInt32LE(262144, 16)
  head.writeUInt32LE(1, 20)
  yield head
  const size = 16 + frame.length
  for (let number = 0; number < count; number += BATCH) {
    const many = Math.min(BATCH, count - number)
    const bytes = Buffer.alloc(many * size)
    for (let one = 0; one < many; one++) {
      const at = one * size
      bytes.writeUInt32LE(1_795_378_377 + Math.floor((number + one) / 100_000), at)
      bytes.writeUInt32LE(((number + one) % 100_000) * 10, at + 4)
      bytes.writeUInt32LE(frame.length, at + 8)
      bytes.writeUInt32LE(frame.length, at + 12)
      bytes.set(frame, at + 16)
      change(bytes, at + 16, number + one)
    }
    yield bytes
  }
}

function ip(protocol, from, to, payload) {
  const bytes = Buffer.alloc(34)
  bytes.writeUInt16BE(0x0800, 12)
  bytes[14] = 0x45
  bytes.writeUInt16BE(20 + payload.length, 16)
  bytes[22] = 64
  bytes[23] = protocol
  bytes.set([...from, ...to], 26)
  return Buffer.concat([bytes, payload])
}

function udp(port, payload) {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt16BE(40000, 0)
  bytes.writeUInt16BE(port, 2)
  bytes.writeUInt16BE(8 + payload.length, 4)
  return Buffer.concat([bytes, payload])
}

function tcp(flags, payload) {
  const bytes = Buffer.alloc(20)
  bytes.writeUInt16BE(40000, 0)
  bytes.writeUInt16BE(80, 2)
  bytes[12] = 0x50
  bytes[13] = flags
  return Buffer.concat([bytes, payload])
}

const tunnelled = (inner) =>
  ip(
    17,
    [192, 168, 10, 100],
    [192, 168, 20, 100],
    udp(8472, Buffer.concat([Buffer.from([8, 0, 0, 0, 0, 0, 1, 0]), inner])),
  )
/** Where the inner IP header lies in such a packet. */
const INNER = 14 + 20 + 8 + 8 + 14

function ipv6(next, from, to, payload) {
  const bytes = Buffer.alloc(54)
  bytes.writeUInt16BE(0x86dd, 12)
  bytes[14] = 0x60
  bytes.writeUInt16BE(payload.length, 18)
  bytes[20] = next
  bytes[21] = 64
  bytes[22] = 0xfd
  bytes[37] = from
  bytes[38] = 0xfd
  bytes[53] = to
  return Buffer.concat([bytes, payload])
}

const NODES = [
  [10, 0, 0, 1],
  [10, 0, 0, 2],
]
const SYN = tcp(2, Buffer.alloc(0))
/** A question for the addresses of `0000000.example`. */
const QUESTION = Buffer.from('0001010000010000000000000730303030303030076578616d706c650000010001', 'hex')
/** Where the first byte of that name lies behind the UDP header. */
const LABEL = 13

const flood = (full, frame, change) => ({ full, packets: (count) => capture(frame, count, change) })

/** By what they flood: how many packets that is at full size, and a capture of `count` of them. */
export const FLOODS = {
  'flows, each of its own pods': flood(5_000_000, tunnelled(ip(6, ...NODES, SYN)), (bytes, at, number) => {
    bytes.writeUInt32BE(0x0a000000 + number, at + INNER + 12)
    bytes.writeUInt32BE(0x0b000000 + ((number * 7919) & 0xffffff), at + INNER + 16)
  }),
  'flows by ports between two pods': flood(5_000_000, tunnelled(ip(6, ...NODES, SYN)), (bytes, at, number) => {
    bytes.writeUInt16BE(number & 0xffff, at + INNER + 20)
    bytes.writeUInt16BE(number >>> 16, at + INNER + 22)
  }),
  'flows, each of its own IPv6 pod': flood(5_000_000, tunnelled(ipv6(6, 1, 2, SYN)), (bytes, at, number) => {
    bytes.writeUInt32BE(number, at + INNER + 16)
  }),
  'flows, each of its own nodes and VNI': flood(5_000_000, tunnelled(ip(6, ...NODES, SYN)), (bytes, at, number) => {
    bytes.writeUInt32BE(0x0a000000 + number, at + 26)
    bytes.writeUInt16BE(number & 0xffff, at + INNER - 18)
  }),
  'questions for names, each another one': flood(
    2_000_000,
    tunnelled(ip(17, ...NODES, udp(53, QUESTION))),
    (bytes, at, number) => {
      bytes.writeUInt16BE(number & 0xffff, at + INNER + 28)
      bytes.write(String(number).padStart(7, '0'), at + INNER + 28 + LABEL, 'latin1')
    },
  ),
  'fragments, first ones alone': flood(
    2_000_000,
    ip(17, ...NODES, udp(8472, Buffer.alloc(200))),
    (bytes, at, number) => {
      bytes.writeUInt16BE(number & 0xffff, at + 18)
      bytes.writeUInt16BE(0x2000, at + 20)
      bytes.writeUInt16BE(number >>> 16, at + 28)
    },
  ),
  'fragments with holes, of one datagram': flood(
    2_000_000,
    ip(17, ...NODES, udp(8472, Buffer.alloc(200))),
    (bytes, at, number) => {
      bytes.writeUInt16BE(0x2000 | ((number * 53) % 8100), at + 20)
    },
  ),
  'gaps in one connection': flood(
    1_000_000,
    ip(6, ...NODES, tcp(0x18, Buffer.from('GET / HTTP/1.1\r\n'.padEnd(100, 'x')))),
    (bytes, at, number) => {
      bytes.writeUInt32BE((number * 200) >>> 0, at + 38)
    },
  ),
  'connections, each with half a message': flood(
    1_000_000,
    ip(6, ...NODES, tcp(0x18, Buffer.from('GET / HTTP/1.1\r\nContent-Length: 99999\r\n\r\n'.padEnd(600, 'x')))),
    (bytes, at, number) => {
      bytes.writeUInt32BE(0x0a000000 + number, at + 26)
    },
  ),
}
