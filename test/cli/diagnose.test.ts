/** `ovl-dissect diagnose` and `explain`: text, JSON, exit status, and what is hostile in captures and lists. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FINDING_KINDS } from '../../src/findings/registry.ts'
import { widthOf } from '../../src/render/width.ts'
import { ovl } from '../support/command.ts'
import { LAB_CAPTURES } from '../support/fixtures.ts'

const LISTS = ['--names', 'fixtures/k8s']
const ROUTER = ['ip-addr', 'ip-route'].flatMap((name) => ['--links', `fixtures/links/router.${name}.txt`])
const schema = JSON.parse(readFileSync('src/findings/findings.schema.json', 'utf8'))
const isValid = new Ajv2020({ strict: false, allErrors: true }).compile(schema)

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ovl-diagnose-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('the text', () => {
  test('has the whole answer to the native half of the lab in one line of a pipe', () => {
    const { stdout, stderr, status } = ovl(['diagnose', 'fixtures/native-noreply.pcap', ...LISTS, ...ROUTER])
    expect(stderr).toBe('')
    expect(status).toBe(0)
    expect(stdout.split('\n')).toContain(
      '  172.20.0.106 → 172.20.2.26: 0 of 12 SYNs and pings answered; the router sends them out of eth0 (default route), not eth2, where k8s-w0 (podCIDR 172.20.2.0/24) is (frame 7 came in there)',
    )
  })

  test('has causes before what follows from them', () => {
    const { stdout } = ovl(['diagnose', 'fixtures/native-noreply.pcap', ...LISTS, ...ROUTER])
    expect(stdout.match(/(?<=^error +)OVL\d{3} .*$/gm)).toEqual([
      'OVL202 wrong way out',
      'OVL202 wrong way out',
      'OVL101 TCP connection unanswered',
      'OVL102 ping unanswered',
    ])
    expect(stdout).toContain('likely  what OVL202 tells of these ends')
  })

  test('says what to do next, with commands that can be copied', () => {
    const { stdout } = ovl(['diagnose', 'fixtures/native-noreply.pcap'])
    const command = /ovl-dissect (fixtures\S+) -Y '([^']+)'/.exec(stdout)
    const shown = ovl([command?.[1] as string, '--print', '-q', '-Y', command?.[2] as string])
    expect(shown.status).toBe(0)
    expect(shown.stdout.trimEnd().split('\n')).toHaveLength(20)
  })

  test('of a healthy capture says so, and asks for nothing', () => {
    const { stdout } = ovl(['diagnose', 'fixtures/vxlan-4789.pcap', ...LISTS])
    expect(stdout).toBe('fixtures/vxlan-4789.pcap: 28 frames = 14 packets: nothing found\n')
  })

  test('without lists says that they would tell more', () => {
    expect(ovl(['diagnose', 'fixtures/vxlan-4789.pcap']).stdout).toContain('(--names) would tell more')
  })

  test.each([80, 120, 200])('at %d columns has no line that could have been broken and was not', (width) => {
    for (const capture of ['multi-node.pcap', 'native-noreply.pcap', 'vxlan-fragneeded.pcap', 'geneve-options.pcap']) {
      const { stdout } = ovl(['diagnose', `fixtures/${capture}`, ...LISTS, '--width', String(width)])
      const tooLong = stdout.split('\n').filter((line) => widthOf(line) > width && /\S\s\S/.test(line.trim()))
      expect(tooLong, capture).toEqual([])
    }
  })

  test('of several captures says in which one each frame is', () => {
    const points = ['ctr', 'router', 'w0'].map((name) => [name, name === 'router' ? '' : `-${name}`])
    const { stdout } = ovl([
      'diagnose',
      ...points.flatMap(([name, suffix]) => ['--capture-point', `${name}=fixtures/multi-node${suffix}.pcap`]),
      ...['--links', 'router=fixtures/links/router.ip-addr.txt'],
    ])
    expect(stdout).toContain('9 packets came in on router and never went out (5 on eth1 and 4 on eth2);')
    expect(stdout).toContain('seen    fixtures/multi-node.pcap 13, 50, 93, 140, 173, 206, 239, 272, 305\n')
  })
})

describe('rows for programs', () => {
  const asked = ['diagnose', 'fixtures/native-noreply.pcap', ...LISTS]

  test('are a line for each finding, as JSON has it', () => {
    const { findings } = JSON.parse(ovl([...asked, '-T', 'json']).stdout)
    expect(findings.length).toBeGreaterThan(0)
    const lines = ovl([...asked, '-T', 'ndjson'])
      .stdout.trimEnd()
      .split('\n')
    expect(lines.map((line) => JSON.parse(line))).toEqual(findings)
    const [head, ...rows] = ovl([...asked, '-T', 'tsv'])
      .stdout.trimEnd()
      .split('\n')
    expect(head).toBe('code\tseverity\ttitle\tsentence\tlikely\tnext\tpackets\tframes')
    expect(rows.map((row) => row.split('\t').at(0))).toEqual(findings.map(({ code }: { code: string }) => code))
    expect(rows[0]?.split('\t').at(-1)).toBe(
      findings[0].evidence.map(({ frame }: { frame: number }) => frame).join(' '),
    )
  })

  test('are quoted as CSV wants it, also those of explain', () => {
    const { stdout } = ovl(['explain', 'OVL101', '-T', 'csv'])
    expect(stdout).toMatch(/^code,severity,title,meaning,likely,next\nOVL101,error,TCP connection unanswered,"/)
    expect(
      ovl(['explain', '-T', 'ndjson'])
        .stdout.trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(FINDING_KINDS)
  })
})

describe('JSON', () => {
  test.each(LAB_CAPTURES)('of %s is valid by the schema', (name) => {
    const { stdout } = ovl(['diagnose', `fixtures/${name}`, '-T', 'json', ...LISTS])
    const printed = JSON.parse(stdout)
    expect(isValid(printed), JSON.stringify(isValid.errors)).toBe(true)
    expect(printed.captures).toEqual([`fixtures/${name}`])
  })

  test('has addresses and counts as values, and names in sentences', () => {
    const { stdout } = ovl(['diagnose', 'fixtures/multi-node.pcap', '-T', 'json', ...LISTS])
    const ping = JSON.parse(stdout).findings.find(({ code }: { code: string }) => code === 'OVL102')
    expect(ping.values).toEqual({
      ...{ source: '172.20.0.158', destination: '172.20.2.115', asked: 6, unanswered: 1, packets: 1 },
    })
    expect(ping.sentence).toContain('default/curl-pod → default/webpod-697b545f57-rl7tc')
    expect(ping.evidence).toEqual([
      { frame: 140, file: 'fixtures/multi-node.pcap', text: 'echo request seq=2, no answer' },
    ])
  })

  test('is refused by the schema when something is missing', () => {
    const printed = JSON.parse(ovl(['diagnose', 'fixtures/native-noreply.pcap', '-T', 'json']).stdout)
    printed.findings[0].code = 'OVL1'
    expect(isValid(printed)).toBe(false)
  })
})

describe('the exit status', () => {
  const status = (...args: string[]) => ovl(['diagnose', ...args]).status

  test('is 0 whatever is found, unless --fail-on says otherwise', () => {
    expect(status('fixtures/native-noreply.pcap')).toBe(0)
    expect(status('fixtures/native-noreply.pcap', '--fail-on', 'error')).toBe(1)
    expect(status('fixtures/vxlan-mixed.pcap', '--fail-on', 'error')).toBe(0)
    expect(status('fixtures/vxlan-mixed.pcap', '--fail-on', 'warning')).toBe(1)
    expect(status('fixtures/vxlan.pcap', '--fail-on', 'warning')).toBe(0)
  })

  test('is 2 for a capture that cannot be read, or not to its end', () => {
    const cut = ovl(['diagnose', 'fixtures/vxlan-cut.pcap'])
    expect(cut.status).toBe(2)
    expect(cut.stdout).toContain('OVL901')
    const none = ovl(['diagnose', 'README.md'])
    expect([none.status, none.stdout]).toEqual([2, ''])
    expect(none.stderr).toMatch(/^ovl-dissect: README\.md: /)
    expect(status('nowhere.pcap')).toBe(2)
    expect(status('fixtures/vxlan.pcap', '--fail-on', 'info')).toBe(2)
    expect(ovl(['diagnose']).status).toBe(2)
  })
})

test('a capture may come through a pipe', () => {
  const piped = ovl(['diagnose', '-'], { input: readFileSync('fixtures/native-noreply.pcap') })
  expect(piped.status).toBe(0)
  expect(piped.stdout).toContain('standard input: 28 frames = 14 packets: 2 errors, 1 warning')
  expect(piped.stdout).toContain("ovl-dissect FILE -Y 'ip.addr == 172.20.0.106")
})

test('nothing from packets, lists or paths reaches the terminal as it is', () => {
  const capture = readFileSync('fixtures/findings/OVL105.pcap')
  const path = join(folder, 'a \u001b[31m capture.pcap')
  writeFileSync(path, Buffer.from(capture.toString('latin1').replaceAll('nosuch', '\u001b[31mA'), 'latin1'))
  const list = join(folder, 'pods.json')
  const pod = {
    kind: 'Pod',
    metadata: { name: 'dns\u001b[2Jserver; reboot', namespace: 'a' },
    status: { podIP: '172.20.2.41' },
  }
  writeFileSync(list, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [{ apiVersion: 'v1', ...pod }] }))
  const { stdout, stderr, status } = ovl(['diagnose', path, '--names', list])
  expect(status).toBe(0)
  expect(stdout).toContain('OVL105')
  expect(stdout).toContain('a/dns\\x1b[2Jserver')
  expect(`${stdout}${stderr}`).not.toContain('\u001b')
})

describe('explain', () => {
  test('says what a code means, and what to do', () => {
    const { stdout, status } = ovl(['explain', 'ovl101'])
    expect(status).toBe(0)
    expect(stdout).toMatch(
      /^OVL101 TCP connection unanswered \(error at worst\)\n\n {2}Someone asked for a TCP connection/,
    )
    expect(stdout).toContain('likely  ')
  })

  test('lists all codes', () => {
    const lines = ovl(['explain']).stdout.trimEnd().split('\n')
    expect(lines.map((line) => line.slice(0, 6))).toEqual(FINDING_KINDS.map(({ code }) => code))
    expect(JSON.parse(ovl(['explain', '-T', 'json']).stdout)).toEqual(FINDING_KINDS)
  })

  test('refuses a code that does not exist', () => {
    expect(ovl(['explain', 'OVL999'])).toMatchObject({
      status: 2,
      stderr: 'ovl-dissect: there is no finding OVL999: ovl-dissect explain lists all of them\n',
    })
  })
})
