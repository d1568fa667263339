/** Copies: one packet seen on several interfaces, told from packets that only look alike. */
import { describe, expect, test } from 'vitest'
import type { Copies } from '../../src/analysis/copies.ts'
import { CaptureError, scan } from '../../src/index.ts'
import * as frames from '../dissect/frames.ts'
import { captureUrl } from '../packet/captures.ts'
import { sightings } from './sightings.ts'

const { ethernet, ipv4, ipv6, recordOf, sll2, tcp, u8, udp, vxlan, walkOf } = frames
const SLL2 = 276
const SECOND = 1_000_000_000

interface Options {
  readonly outer?: Parameters<typeof ipv4>[0]
  readonly vni?: number
  readonly inner?: Parameters<typeof ipv4>[0]
  readonly tcp?: Parameters<typeof tcp>[0]
}

/** A packet from pod to pod in VXLAN, as a router sees it come in and go out. */
const packet = ({ outer = {}, vni = 42, inner = {}, tcp: header = {} }: Options = {}) =>
  ipv4(
    { from: '192.168.10.1', to: '192.168.20.1', id: 7, ...outer },
    udp(
      {},
      vxlan(
        { vni },
        ethernet({}, ipv4({ from: '172.20.0.1', to: '172.20.2.1', protocol: 6, id: 99, ...inner }, tcp(header))),
      ),
    ),
  )

/** Frames one after another, each at an interface of its own and a time. */
function copies() {
  const { known, observe } = sightings()
  let number = 0
  const see = (payload: Uint8Array, index = 3, time = 0, direction = 0): boolean => {
    const record = recordOf(sll2({ index, direction }, payload), { number: ++number, linkType: SLL2, time })
    return observe(record, walkOf(record))
  }
  return { known, see }
}

describe('the same packet', () => {
  test('coming in here and going out there is a copy, with what it took and which frame was first', () => {
    const { known, see } = copies()
    expect(see(packet({ outer: { ttl: 64 } }), 3, 5000)).toBe(false)
    expect(see(packet({ outer: { ttl: 63 } }), 4, 26_000, 4)).toBe(true)
    expect([known.original, known.originalTtl, known.ttl, known.sinceOriginal]).toEqual([1, 64, 63, 21_000])
    expect([known.frames, known.packets]).toEqual([2, 1])
    expect([...known.seenTimes].slice(0, 3)).toEqual([0, 0, 1])
  })

  test('is a copy on the same interface in the other direction', () => {
    const { see } = copies()
    see(packet(), 3, 0, 0)
    expect(see(packet(), 3, 10, 4)).toBe(true)
  })

  test('at the same place again is a packet of its own', () => {
    const { known, see } = copies()
    see(packet())
    expect(see(packet(), 3, 1000)).toBe(false)
    expect([known.frames, known.packets]).toEqual([2, 2])
  })

  test('is a copy up to a second later, and not after', () => {
    for (const [time, expected] of [
      [SECOND, true],
      [SECOND + 1, false],
      [60 * SECOND, false],
    ] as const) {
      const { see } = copies()
      see(packet(), 3, 0)
      expect(see(packet(), 4, time), `${time} ns later`).toBe(expected)
    }
  })

  test('is a copy also when the capture has the frames in the other order', () => {
    const { known, see } = copies()
    see(packet(), 3, 2 * SECOND)
    expect(see(packet(), 4, 2 * SECOND - 4000)).toBe(true)
    expect(known.sinceOriginal).toBe(-4000)
  })

  test('at a third place is a copy as well', () => {
    const { known, see } = copies()
    expect([3, 4, 5].map((index) => see(packet(), index))).toEqual([false, true, true])
    expect([...known.seenTimes].slice(0, 4)).toEqual([0, 0, 0, 1])
  })

  test('seen at more places than are counted begins anew', () => {
    const { known, see } = copies()
    const seen = Array.from({ length: 9 }, (_, index) => see(packet(), index + 1))
    expect(seen).toEqual([false, true, true, true, true, true, true, true, false])
    expect(known.packets).toBe(2)
  })

  test('after a second is found again from its latest sighting', () => {
    const { see } = copies()
    see(packet(), 3, 0)
    expect(see(packet(), 3, 5 * SECOND)).toBe(false)
    expect(see(packet(), 4, 5 * SECOND + 10)).toBe(true)
  })
})

describe('what a router leaves alone tells packets apart:', () => {
  test.each<[string, Options]>([
    ['the inner id', { inner: { id: 100 } }],
    ['the inner source', { inner: { from: '172.20.0.2' } }],
    ['the inner destination', { inner: { to: '172.20.2.2' } }],
    ['the sequence number', { tcp: { sequence: 1001 } }],
    ['the acknowledgment', { tcp: { acknowledgment: 2001 } }],
    ['a port', { tcp: { from: 40002 } }],
    ['the flags', { tcp: { flags: 0x18 } }],
    ['the VNI', { vni: 43 }],
    ['the outer id', { outer: { id: 8 } }],
  ])('%s', (_name, changes) => {
    const { see } = copies()
    see(packet(), 3)
    expect(see(packet(changes), 4, 10)).toBe(false)
    // And the first one is still known.
    expect(see(packet(), 4, 20)).toBe(true)
  })

  test('an outer id of 0 tells nothing: some senders leave it out, and it is filled in on the way', () => {
    for (const [first, second] of [
      [0, 7],
      [7, 0],
      [0, 0],
    ] as const) {
      const { see } = copies()
      see(packet({ outer: { id: first } }), 3)
      expect(see(packet({ outer: { id: second } }), 4, 10), `${first} then ${second}`).toBe(true)
    }
  })

  test('the outer addresses and lengths do not: a gateway may put the packet into another tunnel', () => {
    const { known, see } = copies()
    see(packet(), 3)
    expect(see(packet({ outer: { from: '192.168.10.2', length: 0, id: 8 } }), 4, 10)).toBe(true)
    expect(known.isKnownPair).toBe(false)
  })

  test('the TTL does not, nor the outer checksum and DSCP', () => {
    const { see } = copies()
    const first = packet()
    see(first, 3)
    const changed = first.slice()
    changed[1] = 0x20
    changed[8] = 3
    changed[10] = 0xab
    expect(see(changed, 4, 10)).toBe(true)
  })
})

describe('packets without a tunnel', () => {
  test('are compared by their only header', () => {
    const { see } = copies()
    const one = ipv4({ protocol: 6 }, tcp())
    see(one, 3)
    expect(see(ipv4({ protocol: 6, ttl: 63 }, tcp()), 4, 10)).toBe(true)
    expect(see(ipv4({ protocol: 6, id: 2 }, tcp()), 4, 10)).toBe(false)
  })

  test('are the same packets that are in a tunnel further on, which have other ends there', () => {
    const { known, see } = copies()
    const bare = ipv4({ from: '172.20.0.1', to: '172.20.2.1', protocol: 6, id: 99 }, tcp())
    expect([see(bare, 3), known.isKnownPair]).toEqual([false, false])
    expect([see(bare, 8, 5), known.isKnownPair]).toEqual([true, true])
    expect([see(packet(), 4, 10), known.isKnownPair, known.wasTunnelled]).toEqual([true, false, false])
    expect([see(packet({ outer: { ttl: 63 } }), 5, 20), known.isKnownPair]).toEqual([true, true])
    expect(known.packets).toBe(1)
  })

  test('that were encapsulated twice are told by the outer id', () => {
    const { see } = copies()
    see(ipv4({ from: '172.20.0.1', to: '172.20.2.1', protocol: 6, id: 99 }, tcp()), 3)
    expect(see(packet({ outer: { id: 7 } }), 4, 10)).toBe(true)
    expect(see(packet({ outer: { id: 8 } }), 5, 20)).toBe(false)
  })

  test('of IPv6 are compared without hop limit and flow label', () => {
    const { observe } = sightings()
    const see = (payload: Uint8Array, index: number) => {
      const record = recordOf(sll2({ type: 0x86dd, index }, payload), { number: index, linkType: SLL2 })
      return observe(record, walkOf(record))
    }
    const one = ipv6({ next: 6 }, tcp())
    expect(see(one, 1)).toBe(false)
    const later = ipv6({ next: 6, hopLimit: 63 }, tcp())
    later[3] = 0x55
    expect(see(later, 2)).toBe(true)
    expect(see(ipv6({ next: 6, from: 'fd00::3' }, tcp()), 2)).toBe(false)
  })

  test('nor an IP header are each their own', () => {
    const { known, see } = copies()
    for (const index of [3, 4, 5]) expect(see(u8(1, 2, 3), index)).toBe(false)
    expect([known.frames, known.packets, known.seenTimes[1]]).toEqual([3, 3, 3])
  })
})

describe('places', () => {
  test('are the interfaces of a pcapng file', () => {
    const { observe } = sightings()
    const see = (interfaceId: number) => {
      const record = recordOf(ethernet({}, packet()), { interfaceId })
      return observe(record, walkOf(record))
    }
    expect([see(0), see(0), see(1)]).toEqual([false, false, true])
  })
})

describe('the captures', () => {
  test.each([
    ['vxlan.pcap', 116, 58],
    ['geneve.pcap', 116, 58],
    ['vxlan.pcapng', 116, 58],
    // One interface only: nothing can be a copy.
    ['vxlan-eth1.pcap', 58, 58],
  ])('%s has %d frames of %d packets', async (capture, frameCount, packetCount) => {
    const known = await counted(capture)
    expect([known.frames, known.packets]).toEqual([frameCount, packetCount])
  })

  test('vxlan.pcap has each packet twice, in that order of its interfaces', async () => {
    const known = await counted('vxlan.pcap')
    expect([...known.seenTimes]).toEqual([0, 0, 58, 0, 0, 0, 0, 0, 0])
  })

  test('multi-node.pcap has nine packets that came in and that nothing carried on', async () => {
    const { known, observe } = sightings()
    const alone = new Map<number, number>()
    await scan(captureUrl('multi-node.pcap'), (record, walk) => {
      const packetType = record.view.getUint8(record.start + 10)
      if (observe(record, walk)) alone.delete(known.original)
      else alone.set(record.number, packetType)
    })
    const types = [...alone.values()]
    expect([known.frames, known.packets, known.seenTimes[1], known.seenTimes[2]]).toEqual([327, 182, 37, 145])
    // 0: to this machine. 3: between other machines, which this one only overheard.
    expect([types.filter((type) => type === 0).length, types.filter((type) => type === 3).length]).toEqual([9, 28])
  })

  test.each(['vxlan-gso.pcap', 'node-ctr-any.pcap', 'vxlan-cut.pcap'])(
    '%s is counted completely: packets times sightings are its frames',
    async (capture) => {
      const known = await counted(capture)
      const [packets, frameCount] = [...known.seenTimes].reduce<[number, number]>(
        ([some, all], count, times) => [some + count, all + count * times],
        [0, 0],
      )
      expect([packets, frameCount]).toEqual([known.packets, known.frames])
    },
  )
})

async function counted(capture: string): Promise<Copies> {
  const { known, observe } = sightings()
  try {
    await scan(captureUrl(capture), (record, walk) => void observe(record, walk))
  } catch (error) {
    if (!(error instanceof CaptureError) || error.code !== 'cut') throw error
  }
  return known
}
