/** `ovl-dissect path` as a command: rows, flows, formats, several captures, pipes, mistakes; and `--copies`. */
import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { ovl } from '../support/command.ts'
import { fixture, LAB_CAPTURES } from '../support/fixtures.ts'

const schema = JSON.parse(readFileSync(new URL('../../src/analysis/path.schema.json', import.meta.url), 'utf8'))
const isPath = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema)
const WHOLE = LAB_CAPTURES.filter((name) => name !== 'vxlan-cut.pcap')
const LINKS = ['--links', fixture('links/router.ip-addr.txt')]
const NAMES = ['--names', fixture('k8s')]

const linesOf = (text: string) => text.split('\n').filter((line) => line !== '')
const path = (...args: readonly string[]) => ovl(['path', ...args])

describe('a row', () => {
  test('says who sent what to whom, and its way from node to node', () => {
    const { stdout, status } = path(fixture('vxlan.pcap'), ...LINKS, ...NAMES, '-q')
    expect(status).toBe(0)
    const syn = linesOf(stdout).find((line) => / SYN /.test(line))
    expect(syn?.replaceAll(/ +/g, ' ').trim()).toBe(
      '9 0.440702 curl-pod:34586 → webpod-697b545f57-rl7tc:80 SYN k8s-ctr → [eth1 In 64 → eth2 Out 63, 10 µs] → k8s-w0',
    )
    expect(linesOf(stdout)).toHaveLength(58)
  })

  test('says where a packet was lost, and what was sent again', () => {
    const { stdout } = path(fixture('multi-node.pcap'), ...LINKS, '-q')
    const lost = linesOf(stdout).filter((line) => line.includes('lost'))
    expect(lost).toHaveLength(9)
    expect(lost[0]).toMatch(/^ +13 .* SYN +192\.168\.10\.100 → \[eth1 In 64\] lost before eth2 Out$/)
    expect(stdout).toMatch(/\[eth2 In 64 → eth1 Out 63, 19 µs\] → 192\.168\.10\.100, retransmission of 305$/m)
  })

  test.each([80, 100, 120, 160])('is no longer than %d columns where that was said', (width) => {
    for (const capture of ['multi-node.pcap', 'vxlan-ipv6.pcap', 'node-ctr-any.pcap']) {
      const { stdout, stderr } = path(fixture(capture), '--width', String(width))
      const long = linesOf(stdout).filter((line) => [...line].length > width)
      expect(long).toEqual([])
      // The title of the table may be longer: it has the capture's path.
      expect(
        linesOf(stderr)
          .slice(1)
          .filter((line) => [...line].length > width),
      ).toEqual([])
    }
  })

  test('lets nothing that a packet or a name says reach the terminal unescaped', () => {
    const { stdout } = path('--capture-point', `evil\u001b[31m=${fixture('vxlan.pcap')}`, '-q')
    expect(stdout).not.toContain('\u001b')
    expect(stdout).toContain('evil')
  })
})

describe('the formats', () => {
  test.each([[], ['--flow']])('json %s is as the schema says', (...args: string[]) => {
    for (const capture of WHOLE) {
      const { stdout, status } = path(fixture(capture), '-T', 'ndjson', ...args)
      expect(status).toBe(0)
      for (const line of linesOf(stdout))
        if (!isPath(JSON.parse(line))) expect([capture, isPath.errors]).toEqual([capture, null])
    }
  })

  test('json is one array of what ndjson has', () => {
    const whole = JSON.parse(path(fixture('vxlan.pcap'), '-T', 'json').stdout)
    expect(whole).toEqual(linesOf(path(fixture('vxlan.pcap'), '-T', 'ndjson').stdout).map((line) => JSON.parse(line)))
    expect(whole).toHaveLength(58)
    expect(whole[0].hops[0].time).toBe('1795378377.091235000')
  })

  test('csv and tsv have a row for each hop', () => {
    const { stdout } = path(fixture('multi-node.pcap'), ...LINKS, '-T', 'csv')
    const [head, ...rows] = linesOf(stdout)
    expect(head).toMatch(/^packet,hop,file,point,interface,direction,frame,time,since_previous,ttl,tunnel,vni,/)
    expect(rows).toHaveLength(327)
    expect(rows.filter((row) => row.endsWith('eth2 Out') || row.endsWith('eth1 Out'))).toHaveLength(9)
    const flows = linesOf(path(fixture('multi-node.pcap'), '--flow', '-T', 'tsv').stdout)
    expect(flows[0]?.split('\t').slice(0, 3)).toEqual(['flow', 'hop', 'file'])
  })
})

describe('flows', () => {
  test('stand with their hops, what was lost first', () => {
    const { stdout } = path(fixture('multi-node.pcap'), ...LINKS, '--flow', '--top', '7')
    const [title, , ...rows] = linesOf(stdout)
    expect(title).toMatch(/: 327 frames = 182 packets of 38 flows, 9 lost on their way$/)
    expect(rows.filter((row) => /#\d+/.test(row))).toHaveLength(7)
    expect(stdout).toMatch(/eth1 In → eth2 Out +2 µs +11 µs +2 \(#13, #272\)/)
    expect(rows.at(-1)).toBe('(31 more flows: --top 0 shows all)')
  })

  test('follow the rows of packets, where people read them', () => {
    const { stdout, stderr } = path(fixture('vxlan.pcap'))
    expect(linesOf(stdout)).toHaveLength(58)
    expect(stderr).toMatch(/116 frames = 58 packets of \d+ flows, 0 lost/)
    expect(path(fixture('vxlan.pcap'), '-q').stderr).toBe('')
  })
})

describe('several captures', () => {
  const POINTS = [
    ...['--capture-point', `k8s-ctr/eth1=${fixture('multi-node-ctr.pcap')}`],
    ...['--capture-point', `router=${fixture('multi-node.pcap')}`],
    ...['--capture-point', `k8s-w0/eth1=${fixture('multi-node-w0.pcap')}`],
    ...['--links', `router=${fixture('links/router.ip-addr.txt')}`],
  ]

  test('are joined, each hop with the name of its capture point', () => {
    const { stdout, stderr, status } = path(...POINTS)
    expect(status).toBe(0)
    const ways = linesOf(stdout).filter((line) =>
      /\[k8s-ctr eth1 64 → router eth1 In 64, [\d.]+ [nµm]s → router eth2 Out 63, [\d.]+ [nµm]s → k8s-w0 eth1 63, [\d.]+ [nµm]s\]/.test(
        line,
      ),
    )
    expect(ways).toHaveLength(76)
    expect(stderr).toMatch(/^clocks, against k8s-ctr: router agrees \(±2 µs\); k8s-w0 agrees \(±4\.2 ms\)$/m)
  })

  test('have names from their files where they are given none', () => {
    const { stdout } = path(...['multi-node-ctr.pcap', 'multi-node.pcap'].map(fixture), '-q', '-T', 'ndjson')
    expect(JSON.parse(linesOf(stdout)[0] as string).hops.map(({ point }: { point: string }) => point)).toEqual([
      'node-ctr',
      'node',
      'node',
    ])
  })
})

describe('a pipe', () => {
  test('is read once, and losses are told by what was seen until then', () => {
    const { stdout, status } = ovl(['path', '-', '-q'], { input: readFileSync(fixture('multi-node.pcap')) })
    expect([status, linesOf(stdout).length]).toEqual([0, 182])
    expect(linesOf(stdout).filter((line) => line.includes('lost')).length).toBeGreaterThan(3)
  })

  test('beside a file has no clock that could be compared', () => {
    const { stderr } = ovl(['path', '-', fixture('multi-node-w0.pcap'), '-q'], {
      input: readFileSync(fixture('multi-node.pcap')),
    })
    expect(stderr).toContain('clocks of the captures are taken as they are')
  })
})

describe('mistakes', () => {
  test.each([
    [[], /which captures\? Name files/],
    [['--capture-point', 'router'], /should look like router=router\.pcap/],
    [['--capture-point', 'a=x.pcap', '--capture-point', 'a=y.pcap'], /two captures are called a/],
    [[fixture('vxlan.pcap'), '--links', 'router=links.txt'], /no capture is called router/],
    [['-', '-'], /standard input can be read once/],
    [[fixture('vxlan.pcap'), '-Y', 'nonsense.field'], /nonsense\.field/],
    [['no-such.pcap'], /no-such\.pcap/],
  ] as const)('%j are told, with exit status 2', (args, message) => {
    const { stdout, stderr, status } = path(...args)
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(message)
  })

  test('in a capture end it there, and the rest is told all the same', () => {
    const { stdout, stderr, status } = path(fixture('vxlan-cut.pcap'))
    expect([status, linesOf(stdout).length]).toEqual([2, 58])
    expect(stderr).toMatch(/vxlan-cut\.pcap: the file ends in the middle of record 116/)
    expect(stderr).toMatch(/115 frames = 58 packets/)
  })
})

describe('--copies', () => {
  const list = (...args: readonly string[]) => ovl([fixture('vxlan.pcap'), ...args])

  test('show has a row for each frame, hide and fold one for each packet', () => {
    expect(linesOf(list().stdout)).toHaveLength(116)
    expect(linesOf(list('--copies', 'hide').stdout)).toHaveLength(58)
    expect(linesOf(list('--copies', 'fold').stdout)).toHaveLength(58)
    expect(list('--copies', 'hide').stdout).not.toContain('forwarded')
  })

  test('fold says where else a packet was seen', () => {
    const { stdout } = list('--copies', 'fold', ...LINKS, '--packet', '1-2')
    expect(stdout).toMatch(/^ +1 .*eth1 In .*\[→ eth2 Out 63 \+21 µs\] Echo \(ping\) request/)
    expect(linesOf(stdout)).toHaveLength(1)
  })

  test('hide leaves copies out of fields, rows for programs and captures that are written', () => {
    const odd = Array.from({ length: 58 }, (_, at) => String(at * 2 + 1))
    expect(linesOf(list('--copies', 'hide', '-T', 'fields', '-e', 'frame.number').stdout)).toEqual(odd)
    expect(linesOf(list('--copies', 'fold', '-T', 'csv').stdout)).toHaveLength(59)
    expect(list('--copies', 'hide', '-w', '/dev/null').stderr).toMatch(/^58 packets written/)
  })

  test('are those among the frames that a filter selects', () => {
    const { stdout } = list('--copies', 'hide', '-Y', 'ip.ttl == 63', '-T', 'fields', '-e', 'frame.number')
    expect(linesOf(stdout)).toHaveLength(58)
  })

  test('of flows are in the title, in a column, or nowhere', () => {
    const flows = (how: string) => ovl(['flows', fixture('vxlan.pcap'), '--copies', how]).stdout
    expect(flows('fold')).toMatch(/of 58 packets, 116 seen/)
    expect(flows('show')).toMatch(/packets →\/← +seen →\/←/)
    expect(flows('hide')).toMatch(/of 58 packets, 1\.535 s/)
  })
})
