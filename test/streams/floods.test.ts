/** Floods of what never becomes whole, through the command: it ends, shows every packet, and stays below 300 MiB. */
import { expect, test } from 'vitest'
import * as frames from '../dissect/frames.ts'
import { run } from '../hostile/peak.ts'

const { ethernet, ipv4, ipv6, ipv6FragmentHeader, tcp, udp, vxlan } = frames
const LIMIT = 300
const PACKETS = 12_000
const LARGE = 32_000
const MORE = 0x2000
const SNAP = 262_144

/** A capture of one frame that `change` makes another each time; packets come a millisecond after each other. */
function* capture(frame: Uint8Array, change: (view: DataView, index: number) => void, packets = PACKETS) {
  const head = Buffer.alloc(24)
  head.writeUInt32LE(0xa1b2c3d4, 0)
  head.writeUInt32LE(0x0004_0002, 4)
  head.writeUInt32LE(SNAP, 16)
  head.writeUInt32LE(1, 20)
  yield head
  for (let index = 0; index < packets; index++) {
    const record = Buffer.alloc(16 + frame.length)
    record.writeUInt32LE(1_700_000_000 + Math.floor(index / 1000), 0)
    record.writeUInt32LE((index % 1000) * 1000, 4)
    record.writeUInt32LE(frame.length, 8)
    record.writeUInt32LE(frame.length, 12)
    record.set(frame, 16)
    change(new DataView(record.buffer, record.byteOffset + 16, frame.length), index)
    yield record
  }
}

const filler = (length: number) => new Uint8Array(length).fill(0x61)
const tunnel = (inner: Uint8Array) => ethernet({}, ipv4({ protocol: 17 }, udp({}, vxlan({}, inner))))
/** Ethernet, IPv4, UDP, VXLAN and Ethernet: where the inner packet begins. */
const INNER = 14 + 20 + 8 + 8 + 14
const request = Buffer.from('POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 4000000000\r\n\r\n')
const segment = (bytes: number) =>
  tunnel(ethernet({}, ipv4({ protocol: 6 }, tcp({ from: 40_000, to: 80, flags: 0x18 }, filler(bytes)))))

/** Where numbers stand in the TCP header behind an IPv4 header at `at`. */
const SEQUENCE = 20 + 4
const PORT = 20
const PAYLOAD = 20 + 20

const FLOODS: Readonly<Record<string, () => Iterable<Uint8Array>>> = {
  'fragments of outer IPv4 datagrams': () =>
    capture(ethernet({}, ipv4({ fragment: MORE }, filler(LARGE))), (view, index) => view.setUint16(14 + 4, index)),
  'fragments of inner IPv4 datagrams': () =>
    capture(tunnel(ethernet({}, ipv4({ fragment: MORE }, filler(LARGE)))), (view, index) =>
      view.setUint16(INNER + 4, index),
    ),
  'fragments of inner IPv6 datagrams': () =>
    capture(
      tunnel(ethernet({ type: 0x86dd }, ipv6({ next: 44 }, ipv6FragmentHeader({ more: true }, filler(LARGE))))),
      (view, index) => view.setUint32(INNER + 40 + 4, index),
    ),
  'overlapping fragments of one datagram': () =>
    capture(ethernet({}, ipv4({ fragment: MORE }, filler(LARGE))), (view, index) =>
      view.setUint16(14 + 6, MORE | ((index * 7) % 4000)),
    ),
  'one TCP stream that is never whole': () =>
    capture(segment(LARGE), (view, index) => {
      if (index === 0) new Uint8Array(view.buffer, view.byteOffset).set(request, INNER + PAYLOAD)
      view.setUint32(INNER + SEQUENCE, index * LARGE)
    }),
  'one TCP stream with a gap': () =>
    capture(segment(LARGE), (view, index) => {
      if (index === 0) new Uint8Array(view.buffer, view.byteOffset).set(request, INNER + PAYLOAD)
      view.setUint32(INNER + SEQUENCE, index * LARGE + (index > 0 ? 1400 : 0))
    }),
  'TCP streams with gaps everywhere': () =>
    capture(segment(LARGE), (view, index) => {
      const [round, port] = [index & 3, index >> 2]
      if (round === 0) new Uint8Array(view.buffer, view.byteOffset).set(request, INNER + PAYLOAD)
      view.setUint16(INNER + PORT, 1024 + port)
      view.setUint32(INNER + SEQUENCE, round * (LARGE + 100))
    }),
  'TCP connections that each begin a message': () =>
    capture(segment(LARGE), (view, index) => {
      new Uint8Array(view.buffer, view.byteOffset).set(request, INNER + PAYLOAD)
      view.setUint16(INNER + PORT, 1024 + index)
    }),
}

test.each(Object.keys(FLOODS))('%s', async (name) => {
  const flood = FLOODS[name] as () => Iterable<Uint8Array>
  const { status, mebibytes, stderr, tail } = await run(['-', '--print', '-q'], flood())
  expect(stderr).toBe('')
  expect(status).toBe(0)
  expect(tail.trimEnd().split('\n').at(-1)).toMatch(new RegExp(`^ *${PACKETS} `))
  expect(mebibytes).toBeLessThan(LIMIT)
})
