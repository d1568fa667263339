import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { treeOf } from '../../src/packet/tree.ts'
import { treeLines } from '../../src/render/tree.ts'
import { eachDissection } from '../support/dissections.ts'
import { fixture } from '../support/fixtures.ts'

/** Screens of `tshark -V`, the frame each shows, and the lines in which we differ on purpose. */
interface Screen {
  readonly file: string
  readonly capture: string
  readonly frame: number
  /** tshark's line, what we say instead (undefined: nothing), and why. */
  readonly lines?: number
  readonly differs: readonly { readonly theirs: string; readonly ours?: string; readonly why: string }[]
}

const CLASS_WHY = 'IANA has given class 0x014b to Cilium; tshark 4.0 is older than that'
const MEANING_WHY = "the option's meaning is known to us, not to tshark"
const PING_WHY = 'tshark guesses that the payload of a ping begins with a time stamp; we do not guess'

const PING: Screen['differs'] = [
  { theirs: '    Timestamp from icmp data: Nov 22, 2026 20:12:57.000000000 UTC', why: PING_WHY },
  { theirs: '    [Timestamp from icmp data (relative): 0.091235000 seconds]', why: PING_WHY },
  { theirs: '    Data (48 bytes)', ours: '    Data (56 bytes)', why: PING_WHY },
  {
    theirs: '0000  2c 64 01 00 00 00 00 00 10 11 12 13 14 15 16 17   ,d..............',
    ours: '0000  c9 4c 03 6b 00 00 00 00 2c 64 01 00 00 00 00 00   .L.k....,d......',
    why: PING_WHY,
  },
  {
    theirs: '0010  18 19 1a 1b 1c 1d 1e 1f 20 21 22 23 24 25 26 27   ........ !"#$%&\'',
    ours: '0010  10 11 12 13 14 15 16 17 18 19 1a 1b 1c 1d 1e 1f   ................',
    why: PING_WHY,
  },
  {
    theirs: '0020  28 29 2a 2b 2c 2d 2e 2f 30 31 32 33 34 35 36 37   ()*+,-./01234567',
    ours: [
      '0020  20 21 22 23 24 25 26 27 28 29 2a 2b 2c 2d 2e 2f    !"#$%&\'()*+,-./',
      '0030  30 31 32 33 34 35 36 37                           01234567',
    ].join('\n'),
    why: PING_WHY,
  },
  {
    theirs: '        Data: 2c64010000000000101112131415161718191a1b1c1d1e1f202122232425262728292a2b…',
    ours: '        Data: c94c036b000000002c64010000000000101112131415161718191a1b1c1d1e1f20212223…',
    why: PING_WHY,
  },
  { theirs: '        [Length: 48]', ours: '        [Length: 56]', why: PING_WHY },
]

const SCREENS: readonly Screen[] = [
  { file: 'tshark-V-vxlan-http-get.txt', capture: 'vxlan.pcap', frame: 15, differs: [] },
  { file: 'tshark-V-vxlan-eth1-http-200.txt', capture: 'vxlan-eth1.pcap', frame: 10, differs: [] },
  { file: 'tshark-V-geneve-http-get.txt', capture: 'geneve.pcap', frame: 15, differs: [] },
  { file: 'tshark-V-ipv6-underlay.txt', capture: 'vxlan-ipv6.pcap', frame: 61, differs: [] },
  {
    file: 'tshark-V-geneve-dsr-syn.txt',
    capture: 'geneve-options.pcap',
    frame: 1,
    differs: [
      {
        theirs: '        Unknown, Class: Unassigned (0x014b) Type: 0x81 (Critical)',
        ours: '        Cilium DSR, Class: Cilium (0x014b) Type: 0x81 (Critical)',
        why: CLASS_WHY,
      },
      { theirs: '            Class: Unassigned (0x014b)', ours: '            Class: Cilium (0x014b)', why: CLASS_WHY },
      {
        theirs: '            Unknown Option Data: c0a80a6475800000',
        ours: [
          '            Option Data: c0a80a6475800000',
          '                Service address: 192.168.10.100',
          '                Service port: 30080',
        ].join('\n'),
        why: MEANING_WHY,
      },
    ],
  },
  {
    file: 'tshark-V-geneve-two-options.txt',
    capture: 'geneve-options.pcap',
    frame: 41,
    differs: [
      {
        theirs: '        Unknown, Class: Open Virtual Networking (OVN) (0x0102) Type: 0x80 (Critical)',
        ours: '        OVN ports, Class: Open Virtual Networking (OVN) (0x0102) Type: 0x80 (Critical)',
        why: MEANING_WHY,
      },
      {
        theirs: '            Unknown Option Data: 00050009',
        ours: '            Option Data: 00050009\n                Logical ingress port: 5\n                Logical egress port: 9',
        why: MEANING_WHY,
      },
    ],
  },
  // This screen holds the first 90 lines only.
  { file: 'tshark-V-icmp-fragneeded.txt', capture: 'vxlan-fragneeded.pcap', frame: 6, differs: [], lines: 90 },
  {
    file: 'tshark-V-vxlan-ping.txt',
    capture: 'vxlan.pcap',
    frame: 1,
    differs: PING,
  },
]

function screenLines(file: string): string[] {
  return readFileSync(fixture(`screens/${file}`), 'utf8')
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
}

async function ourLines(capture: string, frame: number): Promise<string[]> {
  let lines: string[] = []
  await eachDissection(
    fixture(capture),
    (packet) => {
      if (packet.record.number === frame) lines = treeLines(treeOf(packet), packet.record.bytes)
    },
    { relativeSequence: true },
  )
  return lines.map((line) => line.trimEnd()).filter((line) => line !== '')
}

describe("the tree's lines equal those of tshark -V", () => {
  it.each(SCREENS)('$file', async ({ file, capture, frame, differs, lines }) => {
    const unused = new Set(differs)
    const expected = screenLines(file).flatMap((line) => {
      const difference = differs.find(({ theirs }) => theirs === line)
      if (difference === undefined) return [line]
      unused.delete(difference)
      return difference.ours?.split('\n') ?? []
    })
    expect([...unused]).toEqual([])
    expect((await ourLines(capture, frame)).slice(0, lines)).toEqual(expected)
  })
})
