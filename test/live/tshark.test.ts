import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ovl } from '../support/command.ts'
import { fixture, LAB_CAPTURES, truthTable } from '../support/fixtures.ts'
import { onPurpose } from '../truth/on-purpose.ts'

const MADE = readdirSync(fixture('made')).sort()

/** The options that the stored answers were made with. */
const AS_CAPTURED = [
  'ip.defragment:FALSE',
  'ipv6.defragment:FALSE',
  'tcp.desegment_tcp_streams:FALSE',
  'tcp.analyze_sequence_numbers:FALSE',
].flatMap((preference) => ['-o', preference])

function tshark(args: readonly string[]): string {
  try {
    return execFileSync('tshark', ['-n', ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 1 << 28,
      env: { ...process.env, TZ: 'UTC' },
    })
  } catch (error) {
    // A cut capture: rows first, then status 2.
    const { status, stdout } = error as { status?: number; stdout?: string }
    if (status === 2 && typeof stdout === 'string' && stdout !== '') return stdout
    throw error
  }
}

/** -G must stand first. */
const glossary = () =>
  execFileSync('tshark', ['-G', 'fields'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 1 << 28,
  })

const rowsOf = (text: string) =>
  text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => line.split('\t'))

describe('the installed tshark', () => {
  it('is there, and says which version it is', () => {
    const version = tshark(['--version']).split('\n')[0] as string
    console.log(
      `comparing with ${version}${version.includes(' 4.0.17') ? '' : " (the stored answers are from Debian 12's 4.0.17)"}`,
    )
    expect(version).toMatch(/^TShark \(Wireshark\) [34]\./)
  })
})

/** What both print for the same fields of the same file, cell by cell. */
function compare(path: string, name: string, names: readonly string[], decode: readonly string[]): string[] {
  const fields = [
    '-T',
    'fields',
    '-E',
    'header=y',
    '-E',
    'occurrence=a',
    '-E',
    'aggregator=,',
    '-E',
    'separator=/t',
    ...names.flatMap((one) => ['-e', one]),
  ]
  const theirs = rowsOf(tshark(['-r', path, ...decode, ...AS_CAPTURED, ...fields]))
  const ours = rowsOf(ovl([path, ...decode, ...AS_CAPTURED, ...fields]).stdout)
  expect(ours).toHaveLength(theirs.length)
  const found: string[] = []
  theirs.forEach((row, frame) => {
    names.forEach((field, column) => {
      const want = row[column] ?? ''
      const got = ours[frame]?.[column] ?? ''
      if (want !== got && !onPurpose(name, frame, field))
        found.push(`frame ${frame} ${field}: tshark ${JSON.stringify(want)}, ours ${JSON.stringify(got)}`)
    })
  })
  return found
}

const NAMES = truthTable('vxlan.pcap').names
/** Fields that the stored answers lack. */
const MORE = [
  'frame.number',
  'frame.time_relative',
  'frame.time_delta',
  'frame.interface_id',
  'frame.section_number',
  'eth.type',
  'arp.opcode',
  'arp.src.proto_ipv4',
  'ip.proto',
  'ip.hdr_len',
  'ip.dsfield.ecn',
  'ip.dsfield.dscp',
  'ip.checksum',
  'ip.flags',
  'ip.addr',
  'ipv6.nxt',
  'ipv6.plen',
  'ipv6.flow',
  'udp.stream',
  'udp.port',
  'tcp.stream',
  'tcp.hdr_len',
  'tcp.flags.syn',
  'tcp.checksum',
  'tcp.options.mss_val',
  'tcp.options.timestamp.tsval',
  'tcp.option_kind',
  'tcp.window_size',
  'vxlan.gbp',
  'vxlan.flag_i',
  'vxlan.reserved8',
  'geneve.reserved',
  'geneve.flags.critical',
  'icmp.checksum',
  'icmp.checksum.status',
  'icmp.mtu',
  'icmp.seq_le',
  'icmpv6.checksum',
  'dns.count.queries',
  'dns.resp.ttl',
  'http.user_agent',
  'http.content_type',
  'tls.record.content_type',
]

describe("-T fields equals the installed tshark's", () => {
  it.each(LAB_CAPTURES)('%s', (capture) => {
    const decode = ['-d', 'udp.port==8472,vxlan']
    expect(compare(fixture(capture), capture, NAMES, decode)).toEqual([])
    expect(compare(fixture(capture), capture, MORE, decode)).toEqual([])
  })

  it.each(MADE)('made/%s', (capture) => {
    expect(compare(fixture(`made/${capture}`), capture, NAMES, ['-d', 'udp.port==8472,vxlan'])).toEqual([])
  })
})

/** Types of tshark's that we have no word of our own for: a frame's number, a time in text, a string with its end. */
const LIKE: Readonly<Record<string, string>> = {
  FT_FRAMENUM: 'FT_UINT32',
  FT_DOUBLE: 'FT_STRING',
  FT_STRINGZ: 'FT_STRING',
}

describe('each field that we name', () => {
  it('exists in the installed tshark under the same name and type, or begins with ovl.', () => {
    const known = new Map(
      glossary()
        .split('\n')
        .filter((line) => line.startsWith('F\t'))
        .map((line) => line.split('\t'))
        .map(([, , name, type]) => [name as string, type as string]),
    )
    const unknown: string[] = []
    for (const line of ovl(['-G', 'fields']).stdout.split('\n')) {
      const [kind, , name = '', type] = line.split('\t')
      if (kind !== 'F' || name.startsWith('ovl.') || name.startsWith('_ws.col.')) continue
      const theirs = known.get(name)
      if (theirs === undefined) unknown.push(`${name}: tshark has no such field`)
      else if (theirs.toLowerCase() !== type?.toLowerCase() && LIKE[theirs] !== type)
        unknown.push(`${name}: tshark says ${theirs}, we ${type}`)
    }
    expect(unknown).toEqual([])
  })
})
