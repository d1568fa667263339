/**
 * What never becomes whole: fragments, segments and requests without end. What is kept of them has a bound, and so has
 * the work for each; what comes afterwards is put together as ever.
 */
import { describe, expect, test } from 'vitest'
import { Progress } from '../../src/dissect/framing.ts'
import { HttpExchanges } from '../../src/layers/application/http-exchanges.ts'
import { httpFraming } from '../../src/layers/application/http-framing.ts'
import { defaultDissector } from '../../src/layers/create-dissector.ts'
import { Conversations } from '../../src/streams/conversations.ts'
import { Fragments } from '../../src/streams/fragments.ts'
import { MemoryBudget } from '../../src/streams/memory-budget.ts'
import { TcpStream } from '../../src/streams/tcp-stream.ts'
import * as frames from '../dissect/frames.ts'
import { retained } from './retained.ts'

const { ethernet, ipv4, ipv6, ipv6FragmentHeader, join, recordOf, tcp, udp, vxlan, walkOf } = frames
const MORE = 0x2000

/** Feeds frames to conversations, one after another, a millisecond apart. */
function feeder(known = new Conversations(defaultDissector().tables)) {
  const walk = defaultDissector().walk()
  let number = 0
  return {
    known,
    see: (frame: Uint8Array, interfaceId = 0) => {
      const record = recordOf(frame, { number: ++number, time: number * 1_000_000, interfaceId })
      walkOf(record, walk)
      return { ...known.observe(record, walk), walk }
    },
  }
}

const fragment4 = (id: number, offset: number, payload: Uint8Array, more = true) =>
  ipv4({ id, fragment: (more ? MORE : 0) | (offset / 8), protocol: 17 }, payload)
const fragment6 = (id: number, offset: number, payload: Uint8Array, more = true) =>
  ipv6({ next: 44 }, ipv6FragmentHeader({ id, offset: offset / 8, more }, payload))
const outside = (packet: Uint8Array, type = 0x0800) => ethernet({ type }, packet)
const inside = (packet: Uint8Array, type = 0x0800) =>
  ethernet({}, ipv4({ protocol: 17 }, udp({}, vxlan({}, ethernet({ type }, packet)))))

/** A whole datagram in two fragments, as a proof that things still work. */
const isPutTogether = (see: ReturnType<typeof feeder>['see'], wrap: (packet: Uint8Array) => Uint8Array) => {
  const whole = udp({ from: 9, to: 9 }, new Uint8Array(64))
  see(wrap(fragment4(0xbeef, 0, whole.subarray(0, 32))))
  return see(wrap(fragment4(0xbeef, 32, whole.subarray(32), false))).sources !== undefined
}

describe.each([
  ['IPv4 outside', (id: number, at: number, bytes: Uint8Array) => outside(fragment4(id, at, bytes)), outside],
  ['IPv4 inside a tunnel', (id: number, at: number, bytes: Uint8Array) => inside(fragment4(id, at, bytes)), inside],
  ['IPv6 outside', (id: number, at: number, bytes: Uint8Array) => outside(fragment6(id, at, bytes), 0x86dd), outside],
  [
    'IPv6 inside a tunnel',
    (id: number, at: number, bytes: Uint8Array) => inside(fragment6(id, at, bytes), 0x86dd),
    inside,
  ],
] as const)('fragments, %s', (_, frame, wrap) => {
  test('of 30,000 datagrams that are never whole keep 40 MiB at most', () => {
    const { known, see } = feeder()
    const bytes = new Uint8Array(1400)
    const mebibytes = retained(() => {
      for (let id = 0; id < 30_000; id++) see(frame(id, 0, bytes))
      return known
    })
    expect(mebibytes).toBeLessThan(40)
    expect(isPutTogether(see, wrap)).toBe(true)
  })

  test('that are seen on 16 interfaces keep no more', () => {
    const { known, see } = feeder()
    const bytes = new Uint8Array(256)
    const mebibytes = retained(() => {
      for (let id = 0; id < 2200; id++) for (let place = 0; place < 16; place++) see(frame(id, 0, bytes), place)
      return known
    })
    expect(mebibytes).toBeLessThan(40)
    expect(isPutTogether(see, wrap)).toBe(true)
  })

  test('of one datagram, the same again and again, keep 40 MiB at most', () => {
    const { known, see } = feeder()
    const mebibytes = retained(() => {
      // Each is another one, in other bytes, which nobody may share.
      for (let count = 0; count < 2000; count++) see(frame(7, 0, new Uint8Array(32_768).fill(count)))
      return known
    })
    expect(mebibytes).toBeLessThan(40)
    expect(isPutTogether(see, wrap)).toBe(true)
  })

  test('of one datagram in the smallest pieces, from both ends, keep 40 MiB at most', () => {
    const { known, see } = feeder()
    const bytes = new Uint8Array(8)
    const mebibytes = retained(() => {
      for (let round = 0; round < 4; round++)
        for (let unit = 8190; unit > 0; unit--) see(frame(7, (unit % 2 === 0 ? unit : 8190 - unit) * 8, bytes))
      return known
    })
    expect(mebibytes).toBeLessThan(40)
    expect(isPutTogether(see, wrap)).toBe(true)
  })
})

describe('fragments of one datagram on two interfaces', () => {
  test('share what they hold, and no more of it than is counted', () => {
    const fragments = new Fragments(new MemoryBudget(4 << 20))
    let number = 0
    const add = (key: string, place: number, length: number) =>
      fragments.add(
        key,
        place,
        0,
        { frame: ++number, offset: 0, bytes: new Uint8Array(length), isLast: false, protocol: 17 },
        false,
      )
    const mebibytes = retained(() => {
      for (let key = 0; key < 2000; key++) {
        add(String(key), 1, 60_000)
        // The other place keeps all fragments of the datagram in use.
        for (let again = 0; again < 4; again++)
          for (let old = Math.max(0, key - 50); old <= key; old++) add(String(old), 2, 8)
      }
      return fragments
    })
    expect(mebibytes).toBeLessThan(16)
  })
})

/** A TCP stream of HTTP by itself, with its budget. */
function stream() {
  const budget = new MemoryBudget(64 << 20)
  const one = new TcpStream(budget, {})
  let [frame, sequence] = [0, 1000]
  const take = (bytes: Uint8Array, gap = 0) => {
    sequence += gap
    const segment = {
      frame: ++frame,
      sequence: sequence >>> 0,
      view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
      bytes,
      start: 0,
      end: bytes.length,
      isFin: false,
      isKnownToPeer: false,
    }
    sequence += bytes.length
    return one.take(segment, httpFraming)
  }
  return { budget, one, take }
}

const text = (words: string) => new Uint8Array(Buffer.from(words))
const POST = text('POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 8000000\r\n\r\n')

describe('one TCP stream', () => {
  test('of a message in half a million pieces keeps 32 MiB at most', () => {
    const { budget, one, take } = stream()
    let most = 0
    const mebibytes = retained(() => {
      take(POST)
      for (let count = 0; count < 500_000; count++) {
        take(Uint8Array.of(0x61))
        most = Math.max(most, budget.bytes)
      }
      return one
    })
    expect(most).toBeLessThanOrEqual(32 << 20)
    expect(mebibytes).toBeLessThan(32)
  })

  test('shows as much of such a message as there is, and goes on', () => {
    const { take } = stream()
    take(POST)
    let shown = 0
    for (let count = 0; count < 200_000 && shown === 0; count++) {
      const delivery = take(Uint8Array.of(0x61))
      if (typeof delivery !== 'string' && delivery.messages.length > 0) shown = count
    }
    expect(shown).toBeGreaterThan(60_000)
    const next = take(text('GET /next HTTP/1.1\r\nHost: a\r\n\r\n'))
    expect(typeof next === 'string' ? [] : next.messages).toHaveLength(1)
  })

  test('with a gap, that goes on for ever, keeps 32 MiB at most', () => {
    const { budget, one, take } = stream()
    let most = 0
    const mebibytes = retained(() => {
      take(POST)
      for (let count = 0; count < 60_000; count++) {
        take(new Uint8Array(1400), count === 0 ? 5000 : 0)
        most = Math.max(most, budget.bytes)
      }
      return one
    })
    expect(most).toBeLessThanOrEqual(32 << 20)
    expect(mebibytes).toBeLessThan(32)
  })

  test('with a gap before each segment keeps 32 MiB at most', () => {
    const { budget, one, take } = stream()
    let most = 0
    const mebibytes = retained(() => {
      take(POST)
      for (let count = 0; count < 100_000; count++) {
        take(new Uint8Array(800), 100)
        most = Math.max(most, budget.bytes)
      }
      return one
    })
    expect(most).toBeLessThanOrEqual(32 << 20)
    expect(mebibytes).toBeLessThan(32)
  })

  test.each([
    ['a first line that does not end', 'GET /', 'a'],
    ['a head that does not end', 'GET / HTTP/1.1\r\nX: ', 'a'],
    ['chunks of one byte', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n', '1\r\na\r\n'],
    [
      'chunks behind a long head',
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX: ${'x'.repeat(50_000)}\r\n\r\n`,
      '1\r\na\r\n',
    ],
  ])('of %s is not read again and again', (_name, head, piece) => {
    const bytes = text(head + piece.repeat(20_000))
    const { view, reads } = counting(bytes)
    const progress = new Progress()
    let asked = 0
    for (let end = head.length + 1; end <= bytes.length; end++, asked++)
      if (httpFraming.measure(view, 0, end, progress, {}) >= 0 && asked > 70_000) break
    expect(asked).toBeGreaterThan(19_000)
    // The first line's kind is looked at each time, and what is new.
    expect(reads() / asked).toBeLessThan(64)
  })
})

/** A view that counts the bytes that are read one by one. */
function counting(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let count = 0
  const getUint8 = view.getUint8.bind(view)
  view.getUint8 = (at) => {
    count++
    return getUint8(at)
  }
  return { view, reads: () => count }
}

describe('very many TCP connections', () => {
  const request = (size: number) => text(`GET /${'u'.repeat(size)} HTTP/1.1\r\nHost: a\r\n\r\n`)
  const segment = (connection: number, sequence: number, payload: Uint8Array) =>
    outside(
      ipv4(
        { from: `10.1.${(connection >> 8) & 255}.${connection & 255}`, protocol: 6 },
        tcp({ from: 1024 + (connection >> 16), to: 80, flags: 0x18, sequence }, payload),
      ),
    )

  test('each with a message that never ends keep 100 MiB at most', () => {
    const { known, see } = feeder()
    const payload = join(text('POST / HTTP/1.1\r\nContent-Length: 100000\r\n\r\n'), new Uint8Array(16_000))
    const mebibytes = retained(() => {
      for (let connection = 0; connection < 9000; connection++) see(segment(connection, 1000, payload))
      return known
    })
    expect(mebibytes).toBeLessThan(100)
  })

  test('each with a gap keep 100 MiB at most', () => {
    const { known, see } = feeder()
    const begin = text('POST / HTTP/1.1\r\nContent-Length: 100000\r\n\r\n')
    const mebibytes = retained(() => {
      for (let connection = 0; connection < 9000; connection++) {
        see(segment(connection, 1000, begin))
        see(segment(connection, 3000, new Uint8Array(16_000)))
      }
      return known
    })
    expect(mebibytes).toBeLessThan(100)
  })

  test('with requests that nobody answers keep 60 MiB at most', () => {
    const { known, see } = feeder()
    const payload = request(1900)
    const mebibytes = retained(() => {
      for (let connection = 0; connection < 1500; connection++)
        for (let round = 0; round < 60; round++) see(segment(connection, 1000 + round * payload.length, payload))
      return known
    })
    expect(mebibytes).toBeLessThan(60)
  })
})

describe('requests of one connection', () => {
  test('that nobody answers are forgotten, the oldest first', () => {
    const exchanges = new HttpExchanges()
    const at = { seconds: 0, nanoseconds: 0 }
    for (let frame = 1; frame <= 1000; frame++) exchanges.request(frame, at, '/', 'GET')
    expect(exchanges.answer(at).requestFrame).toBe(1000 - 63)
  })
})
