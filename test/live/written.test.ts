/** What -w and --decap write, read by the installed tshark and its companions. */
import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createCaptureWriter, read } from '../../src/index.ts'
import { scratch } from '../capture/written.ts'
import { ovl } from '../support/command.ts'
import { fixture, LAB_CAPTURES } from '../support/fixtures.ts'

const MADE = readdirSync(fixture('made'))
  .filter((name) => !name.endsWith('.gz'))
  .sort()
/**
 * tshark turns numbers in NFLOG's attributes round by the byte order of the file that they are in; copies are little-endian, and their
 * packets have the bytes that they had.
 */
const BY_THE_FILES_ORDER = 'nflog-be.pcap'
const ALL = [...LAB_CAPTURES, ...MADE.filter((name) => name !== BY_THE_FILES_ORDER).map((name) => `made/${name}`)]
const file = scratch()

const run = (command: string, args: readonly string[]) => {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 1 << 28 })
  } catch (error) {
    // A cut capture: what there is, then status 2.
    const { status, stdout } = error as { status?: number; stdout?: string }
    if (status === 2 && typeof stdout === 'string' && stdout !== '') return stdout
    throw error
  }
}

const AS_CAPTURED = ['ip.defragment:FALSE', 'ipv6.defragment:FALSE', 'tcp.desegment_tcp_streams:FALSE']

const rowsOf =
  (preferences: readonly string[]) =>
  (path: string, fields: readonly string[], ...options: string[]) =>
    run('tshark', [
      '-n',
      '-r',
      path,
      ...preferences.flatMap((one) => ['-o', one]),
      ...['-d', 'udp.port==8472,vxlan', '-T', 'fields', ...options],
      ...fields.flatMap((one) => ['-e', one]),
    ])

const rows = rowsOf(AS_CAPTURED)

const FRAME = ['frame.number', 'frame.time_epoch', 'frame.len', 'frame.cap_len', 'frame.encap_type', 'frame.protocols']
const PACKET = [
  'ip.src',
  'ip.dst',
  'vxlan.vni',
  'geneve.vni',
  'tcp.seq_raw',
  'udp.length',
  'icmp.checksum',
  '_ws.col.Info',
]
/** That pcapng keeps. */
const MORE = ['frame.interface_id', 'frame.interface_name', 'frame.comment']

describe('a copy says the same to tshark', () => {
  it.each(ALL)('%s as pcapng', (name) => {
    const copy = file('copy.pcapng')
    ovl([fixture(name), '-w', copy])
    // A second section numbers its interfaces anew; written as one, they go on.
    const more = name === 'made/sections.pcapng' ? MORE.slice(1) : MORE
    const original = name.endsWith('ng') ? [...FRAME, ...PACKET, ...more] : [...FRAME, ...PACKET]
    expect(rows(copy, original)).toBe(rows(fixture(name), original))
  })

  it.each(ALL)('%s as pcap, where that holds it', (name) => {
    const copy = file('copy.pcap')
    const { status, stderr } = ovl([fixture(name), '-w', copy])
    if (stderr.includes('write a .pcapng instead')) return expect(status).toBe(2)
    // Classic pcap cannot leave a time out.
    const fields = [...FRAME, ...PACKET].filter((one) => name !== 'made/simple.pcapng' || one !== 'frame.time_epoch')
    expect(rows(copy, fields)).toBe(rows(fixture(name), fields))
  })

  it('capinfos finds the interfaces, and nothing wrong', () => {
    ovl(['fixtures/vxlan.pcapng', '-w', file('info.pcapng')])
    const facts = (path: string) =>
      run('capinfos', ['-M', path])
        .split('\n')
        .filter((line) => /^\s*(Name|Encapsulation|Time precision|Number of packets|Strict|Data size)\b/.test(line))
    expect(facts(file('info.pcapng')).length).toBeGreaterThan(5)
    expect(facts(file('info.pcapng'))).toEqual(facts(fixture('vxlan.pcapng')))
  })
})

/** Protocols that fields are of, once the tunnel is gone. */
const INNER = [
  'ip.src',
  'ip.dst',
  'ip.ttl',
  'ip.len',
  'ipv6.src',
  'tcp.srcport',
  'tcp.seq_raw',
  'tcp.len',
  'icmp.seq',
  'dns.qry.name',
]

describe('--decap shows tshark only pods', () => {
  it.each(LAB_CAPTURES)('%s', (name) => {
    const copy = file('inner.pcapng')
    ovl([fixture(name), '--decap', '-w', copy, ...AS_CAPTURED.flatMap((one) => ['-o', one])])
    const filter = 'vxlan || geneve'
    const outside = rows(fixture(name), ['frame.time_epoch', 'frame.protocols'], '-Y', filter)
    const inside = rows(copy, ['frame.time_epoch', 'frame.protocols'])
    const cells = (text: string) => (text === '' ? [] : text.trimEnd().split('\n')).map((line) => line.split('\t'))
    expect(rows(copy, ['frame.number'], '-Y', filter)).toBe('')
    // A packet that ends with its tunnel header has nothing inside, and what an ICMP error quotes is not its own.
    const tunnelled = cells(outside).filter((row) => !/(vxlan|geneve)$|icmp.*:(vxlan|geneve)/.test(row[1] as string))
    expect(cells(inside).map((row) => row[0])).toEqual(tunnelled.map((row) => row[0]))
    // What is recognised inside TCP hangs on the packets before, of which there are fewer now.
    const headers = (text = '') => text.replace(/^raw:/, '').replace(/:(http|tls)\b.*$/, '')
    cells(inside).forEach((row, index) => {
      expect(headers(tunnelled[index]?.[1])).toMatch(new RegExp(`${headers(row[1])}$`))
    })
  })

  it.each(LAB_CAPTURES.filter((name) => !/mtu|fragneeded|mixed|unfiltered/.test(name)))(
    '%s: the fields are the last ones of the whole packet',
    (name) => {
      ovl([fixture(name), '--decap', '-w', file('inner.pcapng')])
      const tunnelled = rows(fixture(name), INNER, '-Y', 'vxlan || geneve', '-E', 'occurrence=l')
      const ours = rows(file('inner.pcapng'), INNER, '-E', 'occurrence=l')
      // Where the inner packet is of another version than the outer, the outer one's fields are gone.
      const gone = (text: string) => text.split('\n').map((line) => line.split('\t').slice(5).join('\t'))
      if (name.includes('ipv6')) expect(gone(ours)).toEqual(gone(tunnelled))
      else expect(ours).toBe(tunnelled)
    },
  )
})

it.each(['vxlan-mtu.pcap', 'vxlan-mtu-portfilter.pcap'])('%s: --decap writes what was put together, whole', (name) => {
  const copy = file('whole.pcapng')
  ovl([fixture(name), '--decap', '-w', copy])
  const times = (text: string) => (text === '' ? [] : text.trimEnd().split('\n'))
  const written = times(rows(copy, ['frame.time_epoch']))
  // tshark by its defaults takes fragments seen on a second interface for repeats of the first; here each copy is put together.
  const theirs = times(rowsOf([])(fixture(name), ['frame.time_epoch'], '-Y', 'vxlan'))
  expect(theirs.length).toBeGreaterThan(30)
  expect(written).toEqual(expect.arrayContaining(theirs))
  // Nothing in it is cut (what pods sent in pieces stays so), and each packet is there as often as it was seen: once an interface.
  expect(rows(copy, ['frame.number'], '-Y', '_ws.short')).toBe('')
  const seen = times(rows(copy, ['ip.id', 'ip.src', 'ip.frag_offset'], '-Y', 'ip.len > 1450'))
  const once = new Set(seen)
  if (name === 'vxlan-mtu.pcap') expect(once.size).toBeGreaterThan(3)
  expect(seen.length).toBe(2 * once.size)
})

it('tshark -N n, and Wireshark with names switched on, show the names that were written', async () => {
  const names = [
    { address: '172.20.0.158', name: 'curl-pod.default' },
    { address: '192.168.10.100', name: 'controller-0' },
  ]
  const writer = createCaptureWriter(file('names.pcapng'), { names })
  for await (const packet of read(fixture('vxlan.pcap'))) await writer.write(packet)
  await writer.close()
  const shown = run('tshark', ['-N', 'n', '-r', file('names.pcapng'), '-d', 'udp.port==8472,vxlan', '-c', '1', '-V'])
  expect(shown).toContain('curl-pod.default')
  expect(shown).toContain('controller-0')
})
