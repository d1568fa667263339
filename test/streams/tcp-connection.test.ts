/** One TCP connection: relative numbers, window scale, round trip, bytes in flight, what has been seen. RFC 9293, RFC 7323. */
import { describe, expect, test } from 'vitest'
import type { TcpNotes } from '../../src/dissect/notes.ts'
import { type Segment, TcpConnection } from '../../src/streams/tcp-connection.ts'

const FIN = 1
const SYN = 2
const RST = 4
const PSH = 8
const ACK = 16

const segment = (flags: number, sequence: number, acknowledgment = 0, length = 0, windowShift?: number): Segment => ({
  flags,
  sequence,
  acknowledgment,
  length,
  windowShift,
})

/** A connection and a clock that ticks a millisecond a segment. */
function connection(isRelative = true) {
  const tcp = new TcpConnection()
  let ticks = 0
  return (direction: 0 | 1, one: Segment): TcpNotes =>
    tcp.observe(one, direction, { seconds: 100, nanoseconds: ticks++ * 1_000_000 }, isRelative) as TcpNotes
}

/** SYN, SYN-ACK, ACK from 1000 to 5000, with these shifts offered. */
function handshake(
  see: ReturnType<typeof connection>,
  client?: number,
  server?: number,
): readonly [TcpNotes, TcpNotes, TcpNotes] {
  return [
    see(0, segment(SYN, 1000, 0, 0, client)),
    see(1, segment(SYN | ACK, 5000, 1001, 0, server)),
    see(0, segment(ACK, 1001, 5001)),
  ]
}

describe('sequence numbers', () => {
  test('count from the SYN of each direction', () => {
    const see = connection()
    const [syn, answer, last] = handshake(see)
    expect([syn.base, syn.peerBase]).toEqual([1000, undefined])
    expect([answer.base, answer.peerBase]).toEqual([5000, 1000])
    expect([last.base, last.peerBase]).toEqual([1000, 5000])
  })

  test('count from one before the first byte where no SYN was seen', () => {
    const see = connection()
    const notes = see(0, segment(ACK | PSH, 7000, 9000, 10))
    expect([notes.base, notes.peerBase]).toEqual([6999, 8999])
    // The first byte of the other side is where this one's acknowledgment pointed.
    expect(see(1, segment(ACK, 9000, 7010)).base).toBe(8999)
  })

  test('begin anew below zero where the first one is 0', () => {
    expect(connection()(0, segment(ACK, 0, 0)).base).toBe(0xffff_ffff)
  })

  test('do not move when segments come again or out of order', () => {
    const see = connection()
    handshake(see)
    see(0, segment(ACK, 1501, 5001, 100))
    expect(see(0, segment(ACK, 1001, 5001, 100)).base).toBe(1000)
  })

  test('of a segment without ACK say nothing of the other direction', () => {
    expect(connection()(0, segment(RST, 500, 77)).peerBase).toBeUndefined()
  })

  test('stay raw when they are asked to', () => {
    const see = connection(false)
    const notes = handshake(see)[2]
    expect([notes.base, notes.peerBase, notes.initialRoundTrip]).toEqual([undefined, undefined, undefined])
    expect(notes.windowShift).toBeDefined()
  })
})

describe('the window scale', () => {
  test('of each side is the one that it offered', () => {
    const see = connection()
    handshake(see, 7, 3)
    expect(see(0, segment(ACK, 1001, 5001)).windowShift).toBe(7)
    expect(see(1, segment(ACK, 5001, 1001)).windowShift).toBe(3)
  })

  test('is in force for the ACK that ends the handshake', () => {
    expect(handshake(connection(), 7, 3)[2].windowShift).toBe(7)
  })

  test('may be a shift of 0', () => {
    const see = connection()
    handshake(see, 0, 0)
    expect(see(0, segment(ACK, 1001, 5001)).windowShift).toBe(0)
  })

  test('is none for both when only one side offers it', () => {
    for (const [client, server] of [
      [7, undefined],
      [undefined, 7],
      [undefined, undefined],
    ] as const) {
      const see = connection()
      handshake(see, client, server)
      expect([see(0, segment(ACK, 1001, 5001)).windowShift, see(1, segment(ACK, 5001, 1001)).windowShift]).toEqual([
        -2, -2,
      ])
    }
  })

  test('is unknown when the capture began in the middle', () => {
    const see = connection()
    expect(see(0, segment(ACK, 1, 1)).windowShift).toBe(-1)
    expect(see(1, segment(ACK, 1, 1)).windowShift).toBe(-1)
  })

  test('of the answering side is known when only its SYN-ACK was seen', () => {
    const see = connection()
    see(1, segment(SYN | ACK, 5000, 1001, 0, 5))
    expect(see(1, segment(ACK, 5001, 1001)).windowShift).toBe(5)
    expect(see(0, segment(ACK, 1001, 5001)).windowShift).toBe(-1)
  })
})

describe('the first round trip', () => {
  test('is from the SYN to the ACK that ends the handshake', () => {
    const see = connection()
    const [syn, answer, last] = handshake(see)
    expect([syn.initialRoundTrip, answer.initialRoundTrip]).toEqual([undefined, undefined])
    expect(last.initialRoundTrip).toBe('0.002000000')
    expect(see(0, segment(ACK | PSH, 1001, 5001, 10)).initialRoundTrip).toBe('0.002000000')
  })

  test('is from the latest SYN when it was sent again', () => {
    const see = connection()
    see(0, segment(SYN, 1000))
    expect(handshake(see)[2].initialRoundTrip).toBe('0.002000000')
  })

  test('is not known without a handshake', () => {
    const see = connection()
    see(0, segment(ACK, 1001, 5001))
    expect(see(1, segment(ACK, 5001, 1001)).initialRoundTrip).toBeUndefined()
  })
})

describe('bytes in flight', () => {
  test("are those sent and not acknowledged, this segment's included", () => {
    const see = connection()
    handshake(see)
    expect(see(0, segment(ACK | PSH, 1001, 5001, 100)).bytesInFlight).toBe(100)
    expect(see(0, segment(ACK | PSH, 1101, 5001, 50)).bytesInFlight).toBe(150)
    see(1, segment(ACK, 5001, 1101))
    expect(see(0, segment(ACK | PSH, 1151, 5001, 10)).bytesInFlight).toBe(60)
  })

  test('are not told of a segment without payload, nor before the other side acknowledged anything', () => {
    const see = connection()
    expect(see(0, segment(ACK | PSH, 1001, 5001, 100)).bytesInFlight).toBeUndefined()
    see(1, segment(ACK, 5001, 1101))
    expect(see(0, segment(ACK, 1101, 5001)).bytesInFlight).toBeUndefined()
  })

  test('go on across the end of the numbers', () => {
    const see = connection()
    const start = 0xffff_fff0
    see(0, segment(SYN, start - 1))
    see(1, segment(SYN | ACK, 5000, start))
    see(0, segment(ACK, start, 5001))
    expect(see(0, segment(ACK, start, 5001, 32)).bytesInFlight).toBe(32)
    expect(see(0, segment(ACK, 16, 5001, 8)).bytesInFlight).toBe(40)
  })

  test('since the last PSH begin again behind it', () => {
    const see = connection()
    handshake(see)
    expect(see(0, segment(ACK, 1001, 5001, 100)).bytesSincePush).toBe(100)
    expect(see(0, segment(ACK | PSH, 1101, 5001, 100)).bytesSincePush).toBe(200)
    expect(see(0, segment(ACK, 1201, 5001, 30)).bytesSincePush).toBe(30)
  })
})

describe('completeness', () => {
  test('is what was seen before this segment, in the bits of Wireshark', () => {
    const see = connection()
    const [syn, answer, last] = handshake(see)
    expect([syn, answer, last].map(({ completeness }) => completeness)).toEqual([0, 1, 3])
    expect(see(0, segment(ACK | PSH, 1001, 5001, 10)).completeness).toBe(7)
    expect(see(1, segment(ACK | FIN, 5001, 1011)).completeness).toBe(15)
    expect(see(0, segment(RST, 1011)).completeness).toBe(31)
    expect(see(0, segment(RST, 1011)).completeness).toBe(63)
  })
})

describe('a SYN', () => {
  test('with another number opens another connection, the same one sent again does not', () => {
    const tcp = new TcpConnection()
    tcp.observe(segment(SYN, 1000), 0, { seconds: 0, nanoseconds: 0 }, true)
    expect(tcp.isReopenedBy(segment(SYN, 1000), 0)).toBe(false)
    expect(tcp.isReopenedBy(segment(SYN, 2000), 0)).toBe(true)
  })

  test('that answers, or comes from a side not heard of, opens none', () => {
    const tcp = new TcpConnection()
    tcp.observe(segment(SYN, 1000), 0, { seconds: 0, nanoseconds: 0 }, true)
    expect(tcp.isReopenedBy(segment(SYN | ACK, 5000, 1001), 1)).toBe(false)
    expect(tcp.isReopenedBy(segment(SYN, 5000), 1)).toBe(false)
    expect(tcp.isReopenedBy(segment(ACK, 7777), 0)).toBe(false)
  })
})
