/**
 * A file is read twice for a filter that few packets match, and most of it is passed over; a pipe is read once, packet by packet.
 * Both print the same.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ovl } from '../support/command.ts'
import { fixture } from '../support/fixtures.ts'
import { filteredRows, firstDifference, selectedRows } from '../support/rows.ts'

const GENERATOR = fileURLToPath(new URL('../../bench/make-capture.mjs', import.meta.url))
/** Captures of a cooked `any`, as the generated one is: fragments outside and inside, segments, losses, errors. */
const LAB = ['vxlan-mtu.pcap', 'vxlan-mixed.pcap', 'multi-node.pcap', 'vxlan-gso.pcap', 'vxlan-fragneeded.pcap']
const HEAD = 24
const RECORD = 16

const folder = mkdtempSync(join(tmpdir(), 'ovl-sought-'))
const file = join(folder, 'large.pcap')
const cut = join(folder, 'cut.pcap')
afterAll(() => rmSync(folder, { recursive: true }))

function recordsOf(bytes: Buffer): Buffer[] {
  const records: Buffer[] = []
  for (let at = HEAD; at < bytes.length; ) {
    const end = at + RECORD + bytes.readUInt32LE(at + 8)
    records.push(bytes.subarray(at, end))
    at = end
  }
  return records
}

/** Packets of the lab, strewn over 14,000 generated ones: some of their conversations begin among the first packets. */
beforeAll(() => {
  const generated = join(folder, 'generated.pcap')
  execFileSync(process.execPath, [GENERATOR, '--out', generated, '--size', '3500K', '--pairs', '300'])
  const bytes = readFileSync(generated)
  const lab = LAB.flatMap((name) => recordsOf(readFileSync(fixture(name))))
  const parts: Buffer[] = [bytes.subarray(0, HEAD)]
  recordsOf(bytes).forEach((record, index) => {
    parts.push(record)
    if (index >= 7500 && index % 20 === 0) parts.push(...lab.splice(0, 4))
  })
  expect(lab).toEqual([])
  const all = Buffer.concat(parts)
  writeFileSync(file, all)
  writeFileSync(cut, all.subarray(0, all.length - 40))
})

/** The same from the file and through a pipe. */
function both(...args: string[]): { lines: number; text: string } {
  const once = ovl(['-', ...args], { input: readFileSync(file) })
  const sought = ovl([file, ...args])
  const [text, expected] = [sought, once].map(({ stdout, stderr }) =>
    `${stdout}${stderr}`.replaceAll(file, 'capture').replaceAll('standard input', 'capture'),
  ) as [string, string]
  const lines = expected.split('\n')
  text.split('\n').forEach((line, index) => {
    if (line !== lines[index]) expect(`${index + 1}: ${line}`).toBe(`${index + 1}: ${lines[index]}`)
  })
  expect(text.length).toBe(expected.length)
  expect([sought.status, once.status]).toEqual([0, 0])
  return { lines: sought.stdout.trimEnd().split('\n').length, text }
}

const FEW = [
  'ip.addr == 172.20.2.115',
  'vni == 3258',
  'ip.src == 172.20.0.158 and tcp.flags.syn == 0',
  'ip.frag_offset > 0',
  'icmp.type == 3 and vni == 3258',
  'frame.number in {9000, 12345, 13000}',
  'outer.ip.src == 192.168.10.100 and inner.tcp.len > 1000',
  'http and ip.addr == 172.20.2.115',
  'http.request and vni == 3258',
  'http.request.uri contains "size"',
  'http.request.method in {"POST", "PUT"}',
  'http.time > 0.0001 and vni == 14053',
  'lower(http.user_agent) contains "curl"',
  'http.response.code >= 400 or dns.flags.rcode == 3',
  'dns.qry.name contains "nosuch"',
  'dns and ip.addr == 172.20.0.0/16',
  'tls and vni in {3258, 14053}',
  'tls.handshake.type == 1 and ip.addr == 172.20.0.0/16',
  'not (tcp or udp or icmp or icmpv6)',
  '!(http or not vni == 3258)',
  'http xor (vni == 3258)',
  'http.request and not dns and ip.ttl == 63 and ip.addr == 172.20.0.0/16',
]

describe('a filter that few packets match', () => {
  test.each(FEW)('%s', (filter) => {
    const { lines } = both('-Y', filter, '--width', '200')
    expect(lines).toBeGreaterThan(2)
  })

  test('has the rows that the list of all packets has', async () => {
    const expected = await selectedRows(file, FEW)
    for (const [index, filter] of FEW.entries()) {
      const rows = await filteredRows(file, filter)
      expect(rows.length, filter).toBeGreaterThan(100)
      expect(`${filter}: ${firstDifference(rows, expected[index] as string)}`).toBe(`${filter}: `)
    }
  })

  test.each([
    ['-q', '--copies', 'hide'],
    ['-q', '--copies', 'fold'],
    ['-q', '-t', 'd'],
    ['-q', '-t', 'r'],
    ['-c', '11000'],
    ['--packet', '1-9000,10000-11000'],
    ['-o', 'ip.defragment:FALSE'],
    ['-o', 'tcp.desegment_tcp_streams:FALSE'],
    ['-o', 'tcp.analyze_sequence_numbers:FALSE'],
    ['--names', fixture('k8s')],
    ['--summary'],
    ['-T', 'fields', '-e', 'frame.number', '-e', 'frame.time_delta', '-e', 'frame.time_delta_displayed'],
    ['-T', 'fields', '-e', 'frame.number', '-e', 'tcp.stream', '-e', 'tcp.seq', '-e', 'udp.stream', '-e', 'http.time'],
    ['-T', 'ndjson'],
    ['-V'],
  ])('with %s %s %s', (...options) => {
    for (const filter of ['ip.addr == 172.20.2.115', 'http and ip.addr == 172.20.2.115'])
      expect(both('-Y', filter, ...options).lines).toBeGreaterThan(1)
  })

  test('writes the same packets', () => {
    for (const filter of ['ip.addr == 172.20.2.115', 'http and vni == 3258']) {
      const [a, b] = [join(folder, 'a.pcap'), join(folder, 'b.pcap')] as const
      ovl([file, '-Y', filter, '-w', a])
      ovl(['-', '-Y', filter, '-w', b], { input: readFileSync(file) })
      expect(readFileSync(a).equals(readFileSync(b))).toBe(true)
    }
  })

  test('that asks what all packets tell is answered as well', () => {
    for (const filter of [
      'tcp.stream == 7',
      'udp.stream in {3, 4000}',
      'frame.time_delta_displayed >= 0 and vni == 3258',
      'ovl.copy_of and vni == 3258',
      'tcp.seq == 0 and vni == 3258',
      '_ws.col.Info contains "size=20000"',
    ])
      expect(both('-q', '-Y', filter).lines, filter).toBeGreaterThan(1)
  })
})

test('a filter that many packets match prints the same', () => {
  for (const filter of ['http', 'tcp', 'ip.ttl == 63', 'not dns'])
    expect(both('-q', '-Y', filter).lines).toBeGreaterThan(1500)
})

test('a filter that nothing matches says so, once', () => {
  for (const filter of ['ip.src == 1.2.3.4', 'http.request.uri == "/nosuch/page"', 'http and ip.src == 1.2.3.4'])
    expect(both('-Y', filter).text).toBe(`capture: no packet matches ${filter}\n`)
})

test('a capture that is cut shows every row before the damage, and says once where it is', () => {
  for (const [filter, rows] of [
    ['ip.addr == 172.20.2.115', true],
    ['http and vni == 3258', true],
    ['ip.src == 1.2.3.4', false],
  ] as const) {
    const { stdout, stderr, status } = ovl([cut, '-q', '-Y', filter])
    expect(status).toBe(2)
    expect(stdout !== '').toBe(rows)
    expect(stderr.match(/ovl-dissect: /g)).toHaveLength(1)
  }
})

test('hints about ports are those of all packets', () => {
  const { stderr } = ovl([file, '-q', '-Y', 'ip.addr == 172.20.2.115', '--port', '9999', '--proto', 'vxlan'])
  expect(stderr).toMatch(/^no tunnel on udp\/9999 in this capture; there is .*vxlan on udp\/8472/)
})
