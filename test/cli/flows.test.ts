/** `ovl-dissect flows` as a command: formats, selection, several files, pipes, mistakes. */
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Flow } from '../../src/index.ts'
import { ovl } from '../support/command.ts'
import { fixture, LAB_CAPTURES } from '../support/fixtures.ts'

const schema = JSON.parse(readFileSync(new URL('../../src/analysis/flow.schema.json', import.meta.url), 'utf8'))
const isFlow = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema)

const flowsOf = (...args: readonly string[]): Flow[] => {
  const { stdout, status } = ovl(['flows', ...args, '-T', 'ndjson'])
  expect(status).toBe(0)
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Flow)
}
const total = (all: readonly Flow[]) => all.reduce((sum, { forward, back }) => sum + forward.packets + back.packets, 0)

describe('the formats', () => {
  test.each(['conversation', 'pod', 'node', 'vni', 'service'])(
    'json by %s is as the schema says, and sums up alike',
    (by) => {
      for (const capture of LAB_CAPTURES) {
        if (capture === 'vxlan-cut.pcap') continue
        const all = flowsOf(fixture(capture), '--by', by)
        for (const flow of all) if (!isFlow(flow)) expect(isFlow.errors).toBeNull()
        // What Ethernet says without IP belongs to no flow.
        if (capture === 'multi-node.pcap') expect(total(all)).toBe(182)
      }
    },
  )

  test('json is one array of what ndjson has', () => {
    const { stdout } = ovl(['flows', fixture('vxlan.pcap'), '-T', 'json'])
    expect(JSON.parse(stdout)).toEqual(flowsOf(fixture('vxlan.pcap')))
  })

  test('csv and tsv have a line a flow under names that stay', () => {
    const lines = ovl(['flows', fixture('vxlan.pcap'), '-T', 'csv'])
      .stdout.trimEnd()
      .split('\n')
    expect(lines).toHaveLength(11)
    expect(lines[0]).toMatch(/^outer_src,outer_dst,tunnel,vni_forward,vni_back,src,src_port,dst,dst_port,/)
    expect(lines[1]).toMatch(
      /^192\.168\.10\.100,192\.168\.20\.100,vxlan,3258,14053,172\.20\.0\.158,34586,172\.20\.2\.115,80,/,
    )
    const tabs = ovl(['flows', fixture('vxlan.pcap'), '-T', 'tsv'])
      .stdout.trimEnd()
      .split('\n')
    expect(tabs[1]?.split('\t').slice(0, 3)).toEqual(['192.168.10.100', '192.168.20.100', 'vxlan'])
  })
})

describe('which flows', () => {
  test('--top and --sort', () => {
    const all = flowsOf(fixture('multi-node.pcap'), '--sort', 'packets', '--top', '3')
    const packets = all.map(({ forward, back }) => forward.packets + back.packets)
    expect(packets).toEqual([...packets].sort((a, b) => b - a))
    expect(packets[0]).toBe(33)
    const slow = flowsOf(fixture('multi-node.pcap'), '--sort', 'rtt', '--top', '1')
    expect(slow[0]?.handshake).toBeGreaterThan(1)
  })

  test('-Y takes only what a display filter selects, of headers and of applications', () => {
    const all = flowsOf(fixture('vxlan.pcap'), '-Y', 'tcp.flags.syn == 1')
    expect([all.length, total(all)]).toEqual([3, 6])
    const requests = flowsOf(fixture('vxlan.pcap'), '-Y', 'http.request')
    expect(requests.map(({ forward, back }) => [forward.packets, back.packets])).toEqual([
      [1, 0],
      [1, 0],
      [1, 0],
    ])
  })

  test('of several files are added up', () => {
    const one = total(flowsOf(fixture('vxlan-eth1.pcap')))
    expect(total(flowsOf(fixture('vxlan-eth1.pcap'), fixture('native-noreply.pcap')))).toBe(one + 14)
  })

  test('of a pipe are those of the file', () => {
    const { stdout } = ovl(['flows', '-', '-T', 'csv'], { input: readFileSync(fixture('vxlan.pcap')) })
    expect(stdout).toBe(ovl(['flows', fixture('vxlan.pcap'), '-T', 'csv']).stdout)
  })

  test('on a port that the user names', () => {
    const args = [fixture('geneve.pcap'), '--port', '6081', '--proto', 'geneve']
    expect(flowsOf(...args).every(({ tunnel }) => tunnel === 'geneve')).toBe(true)
    expect(flowsOf(fixture('geneve.pcap'), '--proto', 'vxlan').every(({ outer }) => outer === undefined)).toBe(true)
  })
})

describe('--threads', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ovl-threads-'))
  const capture = join(folder, 'large.pcap')
  const cut = join(folder, 'cut.pcap')
  beforeAll(() => {
    const options = ['--size', '20M', '--pairs', '300', '--out', capture]
    execFileSync(process.execPath, ['bench/make-capture.mjs', ...options], { stdio: 'ignore' })
    copyFileSync(capture, cut)
    truncateSync(cut, 19_000_007)
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  test.each([[], ['--by', 'pod'], ['--merge-tunnels'], ['--by', 'service']])(
    'two give what one gives: %j',
    (...options) => {
      const by = (threads: string) => ovl(['flows', capture, ...options, '-T', 'csv', '--threads', threads])
      expect(by('2').stdout.length).toBeGreaterThan(1000)
      expect(by('2')).toEqual(by('1'))
    },
  )

  test('two say the same of a file that is cut, of one that is small, and of none that can be split', () => {
    for (const [file, status] of [
      [cut, 2],
      [fixture('vxlan.pcap'), 0],
      [fixture('made/null-be.pcap'), 0],
      [fixture('vxlan.pcapng'), 0],
    ] as const) {
      const two = ovl(['flows', file, '--threads', '2'])
      expect(two).toEqual(ovl(['flows', file, '--threads', '1']))
      expect(two.status).toBe(status)
    }
  })
})

describe('mistakes', () => {
  test.each([
    [[], /which capture/],
    [['fixtures/none.pcap'], /none\.pcap/],
    [['fixtures/vxlan.pcap', '--top', 'many'], /--top many: should be a whole number/],
    [['fixtures/vxlan.pcap', '--by', 'colour'], /Allowed choices are conversation, pod, node, vni, service/],
    [['fixtures/vxlan.pcap', '-Y', 'ip.srcc == 1'], /Did you mean ip\.src/],
  ])('%j', (args, message) => {
    const { status, stderr } = ovl(['flows', ...args])
    expect(status).toBe(2)
    expect(stderr).toMatch(message)
  })

  test('a cut file gives the flows before the damage, and says where it is', () => {
    const { status, stdout, stderr } = ovl(['flows', fixture('vxlan-cut.pcap')])
    expect(status).toBe(2)
    expect(stderr).toMatch(/the file ends in the middle of record/)
    expect(stdout).toContain('172.20.0.158 ↔ 172.20.2.115')
  })
})
