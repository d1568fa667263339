/** Conversations of a capture: numbers of streams, what one packet tells of another. Frames are made by hand. */
import { describe, expect, test } from 'vitest'
import type { LayerNotes } from '../../src/dissect/notes.ts'
import { defaultDissector } from '../../src/layers/create-dissector.ts'
import { endsOf } from '../../src/streams/conversation-key.ts'
import { Conversations } from '../../src/streams/conversations.ts'
import * as frames from '../dissect/frames.ts'
import { packetsOf } from '../packet/captures.ts'

const { ethernet, icmp, ipv4, ipv6, recordOf, tcp, u8, udp, vxlan, walkOf } = frames

/** Feeds frames one after another, a millisecond apart; gives the notes of the layer with this name, the innermost one. */
function conversations(options?: { readonly relativeSequence?: boolean }) {
  const known = new Conversations(defaultDissector().tables, options)
  let number = 0
  return (frame: Uint8Array, layer: string): LayerNotes | undefined => {
    const record = recordOf(frame, { number: ++number, time: number * 1_000_000 })
    const walk = walkOf(record)
    const notes = known.observe(record, walk).notes
    for (let depth = walk.depth - 1; depth >= 0; depth--) {
      if (walk.tables.layers[walk.layer[depth] as number]?.name === layer) return notes(depth) && { ...notes(depth) }
    }
    return undefined
  }
}

const overTcp = (a: string, b: string, header: Parameters<typeof tcp>[0], payload?: Uint8Array) =>
  ethernet({}, ipv4({ from: a, to: b, protocol: 6 }, tcp(header, payload)))
const overUdp = (a: string, b: string, from: number, to: number) =>
  ethernet({}, ipv4({ from: a, to: b }, udp({ from, to })))
const SYN = 2
const ACK = 16

describe('streams', () => {
  test('are counted from 0 in the order of first sight, for TCP and UDP apart', () => {
    const see = conversations()
    expect(see(overTcp('10.0.0.1', '10.0.0.2', { from: 1, to: 2 }), 'tcp')?.stream).toBe(0)
    expect(see(overUdp('10.0.0.1', '10.0.0.2', 1, 2), 'udp')?.stream).toBe(0)
    expect(see(overTcp('10.0.0.1', '10.0.0.2', { from: 1, to: 3 }), 'tcp')?.stream).toBe(1)
    expect(see(overUdp('10.0.0.1', '10.0.0.3', 1, 2), 'udp')?.stream).toBe(1)
    expect(see(overTcp('10.0.0.1', '10.0.0.2', { from: 1, to: 2 }), 'tcp')?.stream).toBe(0)
  })

  test('hold both directions', () => {
    const see = conversations()
    see(overTcp('10.0.0.1', '10.0.0.2', { from: 1, to: 2 }), 'tcp')
    expect(see(overTcp('10.0.0.2', '10.0.0.1', { from: 2, to: 1 }), 'tcp')?.stream).toBe(0)
    // The same ports the other way round are another one.
    expect(see(overTcp('10.0.0.2', '10.0.0.1', { from: 1, to: 2 }), 'tcp')?.stream).toBe(1)
  })

  test('know IPv6 addresses to their last bit', () => {
    const see = conversations()
    const frame = (to: string) => ethernet({ type: 0x86dd }, ipv6({ to, next: 6 }, tcp()))
    expect(['fd00::2', 'fd00::3', 'fd00::2'].map((to) => see(frame(to), 'tcp')?.stream)).toEqual([0, 1, 0])
  })

  test('outside and inside of a tunnel are counted one after another', () => {
    const see = conversations()
    const frame = ethernet({}, ipv4({}, udp({}, vxlan({}, overUdp('172.20.0.1', '172.20.0.2', 5, 6)))))
    expect(see(frame, 'udp')?.stream).toBe(1)
  })

  test('begin again with a SYN of another number', () => {
    const see = conversations()
    const syn = (sequence: number) => overTcp('10.0.0.1', '10.0.0.2', { from: 1, to: 2, flags: SYN, sequence })
    expect([see(syn(100), 'tcp'), see(syn(100), 'tcp'), see(syn(900), 'tcp')].map((notes) => notes?.stream)).toEqual([
      0, 0, 1,
    ])
  })

  test('of a quoted packet are its own, and nothing else is told of it', () => {
    const see = conversations()
    see(overUdp('10.0.0.1', '10.0.0.2', 1, 9), 'udp')
    const quoted = ipv4({ from: '10.0.0.1', to: '10.0.0.2' }, udp({ from: 1, to: 9 }))
    const notes = see(
      ethernet({}, ipv4({ from: '10.0.0.9', to: '10.0.0.1', protocol: 1 }, icmp({ type: 3 }, quoted))),
      'udp',
    )
    expect(notes).toEqual({ stream: 0 })
  })

  test('of headers that are cut are none', () => {
    const see = conversations()
    expect(see(overTcp('10.0.0.1', '10.0.0.2', {}).subarray(0, 40), 'tcp')).toBeUndefined()
    expect(see(overUdp('10.0.0.1', '10.0.0.2', 1, 2).subarray(0, 38), 'udp')).toBeUndefined()
    expect(see(overTcp('10.0.0.1', '10.0.0.2', {}), 'tcp')?.stream).toBe(0)
  })

  test('are forgotten, the oldest first, and counted on', () => {
    const see = conversations()
    const frame = (index: number) =>
      overUdp('10.0.0.1', `10.1.${(index >> 8) & 255}.${index & 255}`, 1 + (index >> 16), 2)
    for (let index = 0; index < 65_537; index++) see(frame(index), 'udp')
    expect(see(frame(65_536), 'udp')?.stream).toBe(65_536)
    expect(see(frame(0), 'udp')?.stream).toBe(65_537)
  })
})

describe('times', () => {
  test('are those of the first packet of the stream, of the one before and of this', () => {
    const see = conversations()
    const frame = overUdp('10.0.0.1', '10.0.0.2', 1, 2)
    const at = (milliseconds: number) => ({ seconds: 0, nanoseconds: milliseconds * 1_000_000 })
    see(overUdp('10.0.0.1', '10.0.0.9', 1, 2), 'udp')
    expect(see(frame, 'udp')?.times).toEqual({ first: at(2), previous: at(2), now: at(2) })
    see(overUdp('10.0.0.1', '10.0.0.9', 1, 2), 'udp')
    expect(see(frame, 'udp')?.times).toEqual({ first: at(2), previous: at(2), now: at(4) })
    expect(see(frame, 'udp')?.times).toEqual({ first: at(2), previous: at(4), now: at(5) })
  })

  test('are told as tshark words them', async () => {
    const [first, second] = (await packetsOf('vxlan.pcap')).filter((packet) => packet.get('tcp.stream') === 0)
    expect([first, second].map((packet) => packet?.get('tcp.time_relative'))).toEqual([
      '0.000000000',
      expect.stringMatching(/^0\.0000\d{5}$/),
    ])
  })
})

describe('TCP', () => {
  test('has relative numbers, unless they are not wanted', () => {
    const syn = overTcp('10.0.0.1', '10.0.0.2', { flags: SYN, sequence: 1000 })
    expect(conversations()(syn, 'tcp')?.tcp?.base).toBe(1000)
    expect(conversations({ relativeSequence: false })(syn, 'tcp')?.tcp?.base).toBeUndefined()
  })

  test("reads the window scale out of the SYN's options", () => {
    const see = conversations()
    const options = (shift: number) => u8(1, 3, 3, shift)
    see(overTcp('10.0.0.1', '10.0.0.2', { from: 1, to: 2, flags: SYN, options: options(7) }), 'tcp')
    see(overTcp('10.0.0.2', '10.0.0.1', { from: 2, to: 1, flags: SYN | ACK, options: options(20) }), 'tcp')
    expect(see(overTcp('10.0.0.1', '10.0.0.2', { from: 1, to: 2 }), 'tcp')?.tcp?.windowShift).toBe(7)
    // RFC 7323 section 2.3: more than 14 counts as 14.
    expect(see(overTcp('10.0.0.2', '10.0.0.1', { from: 2, to: 1 }), 'tcp')?.tcp?.windowShift).toBe(14)
  })

  test('of pods and of nodes with the same addresses and ports are one, as tshark has it', async () => {
    const packets = await packetsOf('vxlan.pcap')
    const [first, copy] = packets.filter((packet) => packet.get('tcp.flags.syn') === 1)
    expect(first?.get('tcp.stream')).toBe(copy?.get('tcp.stream'))
  })
})

describe('pings', () => {
  const ping = (type: number, from: string, to: string, rest = 0x0007_0001) =>
    ethernet({}, ipv4({ from, to, protocol: 1 }, icmp({ type, rest })))

  test('are answered by the other side, with the same id and sequence', () => {
    const see = conversations()
    see(ping(8, '10.0.0.1', '10.0.0.2'), 'icmp')
    expect(see(ping(0, '10.0.0.2', '10.0.0.1', 0x0007_0002), 'icmp')).toBeUndefined()
    expect(see(ping(0, '10.0.0.1', '10.0.0.2'), 'icmp')).toBeUndefined()
    expect(see(ping(0, '10.0.0.2', '10.0.0.1'), 'icmp')).toEqual({ requestFrame: 1, responseTime: '3.000' })
  })

  test('of IPv6 likewise', () => {
    const see = conversations()
    const frame = (type: number, from: string, to: string) =>
      ethernet({ type: 0x86dd }, ipv6({ from, to, next: 58 }, icmp({ type })))
    see(frame(128, 'fd00::1', 'fd00::2'), 'icmpv6')
    expect(see(frame(129, 'fd00::2', 'fd00::1'), 'icmpv6')?.requestFrame).toBe(1)
  })

  test('in a tunnel are not answered outside of it', () => {
    const see = conversations()
    see(ethernet({}, ipv4({}, udp({}, vxlan({}, ping(8, '10.0.0.1', '10.0.0.2'))))), 'icmp')
    expect(see(ping(0, '10.0.0.2', '10.0.0.1'), 'icmp')).toBeUndefined()
  })
})

describe('the key of a conversation', () => {
  const ends = (frame: Uint8Array, hasPorts: boolean) => {
    const record = recordOf(frame)
    const walk = walkOf(record)
    return endsOf(record.view, walk, walk.depth - 1, hasPorts)
  }

  test('is the same both ways, and says which way it is', () => {
    const [there, back] = [
      ends(overUdp('10.0.0.1', '10.0.0.2', 5, 6), true),
      ends(overUdp('10.0.0.2', '10.0.0.1', 6, 5), true),
    ]
    expect(there?.key).toBe(back?.key)
    expect([there?.direction, back?.direction].sort()).toEqual([0, 1])
  })

  test('leaves ports out where there are none', () => {
    const one = ends(overUdp('10.0.0.1', '10.0.0.2', 5, 6), false)
    expect(one?.key).toBe(ends(overUdp('10.0.0.1', '10.0.0.2', 7, 8), false)?.key)
  })

  test('needs an IP header around', () => {
    expect(ends(ethernet({ type: 0x1234 }, u8(1, 2, 3, 4)), false)).toBeUndefined()
  })
})
