/**
 * What a packet, a comment, an interface, a file name and a list of names can hold, through every output: nothing in it
 * moves a cursor, opens a link, reaches the clipboard, turns the direction of writing, or becomes markup or a formula.
 */
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createCaptureWriter } from '../../src/index.ts'
import { lineText } from '../../src/view/line.ts'
import { screen } from '../../src/view/screen.ts'
import { KEYS } from '../../src/view/state/keys.ts'
import { update } from '../../src/view/state/update.ts'
import { recordsOf } from '../packet/captures.ts'
import { ovl } from '../support/command.ts'
import { fixture } from '../support/fixtures.ts'
import { viewed } from '../view/capture.ts'

const EVIL = [
  '\x1b[2J\x1b[H', // clears the screen
  '\x1b]8;;http://evil\x1b\\x', // a link
  '\x1b]52;c;ZXZpbA==\x07', // the clipboard
  '\x9b31m', // C1
  '\u202e\u2066', // right to left
  '\0\r\n\b\x7f\u2028\ufeff',
  "=cmd|'/c calc'!A0",
  '</script><svg onload=x>',
  '"]; evil [label="',
  '`|**$(id)`;',
].join('')
/** As one line of HTTP has it: what would end the line is left out. */
const EVIL_LINE = EVIL.replace(/[\r\n\0]/g, '')
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/

const folder = mkdtempSync(join(tmpdir(), 'ovl-hostile.'))
// A file name cannot hold a slash or NUL, but everything else.
const capture = join(folder, `${EVIL_LINE.replaceAll('/', '')}.pcapng`.slice(-120))
const lists = join(folder, 'lists')

/** The first HTTP request of the lab, its URI replaced by what is evil, in the same length of bytes. */
async function evilFrame(): Promise<Uint8Array> {
  const [record] = (await recordsOf('vxlan-eth1.pcap')).filter((one) =>
    Buffer.from(one.bytes.subarray(one.start, one.end)).includes('GET /'),
  )
  if (record === undefined) throw new Error('vxlan-eth1.pcap has no request')
  const bytes = Buffer.from(record.bytes.subarray(record.start, record.end))
  const at = bytes.indexOf('GET /')
  const room = bytes.length - at
  const request = Buffer.from(`GET /${EVIL_LINE} HTTP/1.1\r\nHost: x\r\n\r\n`).subarray(0, room)
  request.copy(bytes, at)
  bytes.fill(0x20, at + request.length)
  return bytes
}

beforeAll(async () => {
  const writer = createCaptureWriter(capture)
  const frame = await evilFrame()
  for (let number = 0; number < 3; number++)
    await writer.write({
      bytes: frame,
      linkType: 1,
      time: { seconds: 1_795_378_377 + number, nanoseconds: 0 },
      comment: EVIL,
      interface: { id: 0, name: EVIL },
    })
  await writer.close()
  mkdirSync(lists)
  const object = (kind: string, name: string, rest: object) => ({
    apiVersion: 'v1',
    kind,
    metadata: { name, namespace: EVIL, labels: { [EVIL]: EVIL } },
    ...rest,
  })
  writeFileSync(
    join(lists, 'pods.json'),
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'List',
      items: [
        object('Node', `node${EVIL}`, { status: { addresses: [{ type: 'InternalIP', address: '192.168.10.100' }] } }),
        object('Pod', `pod${EVIL}`, { spec: { nodeName: EVIL }, status: { phase: 'Running', podIP: '172.20.0.158' } }),
        object('Service', `service${EVIL}`, { spec: { clusterIP: '172.20.2.115', ports: [{ port: 80, name: EVIL }] } }),
      ],
    }),
  )
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const OUTPUTS: readonly (readonly string[])[] = [
  [],
  ['--width', '80'],
  ['--summary'],
  ['--sides'],
  ['-V'],
  ['-x'],
  ['-T', 'fields', '-e', 'http.request.uri', '-e', 'frame.comment', '-e', 'frame.interface_name'],
  ['-T', 'json'],
  ['-T', 'ndjson'],
  ['-T', 'csv'],
  ['-T', 'tsv'],
  ['-T', 'hubble'],
  ['-T', 'hubble-compact'],
]
const COMMANDS: readonly (readonly string[])[] = [
  ['flows'],
  ['flows', '--by', 'node'],
  ['flows', '-T', 'csv'],
  ['flows', '-T', 'ndjson'],
  ['path'],
  ['path', '--flow'],
  ['path', '-T', 'csv'],
  ['path', '-T', 'ndjson'],
  ['diagnose'],
  ['diagnose', '-T', 'json'],
  ['topology'],
  ['topology', '-T', 'mermaid'],
  ['topology', '-T', 'dot'],
  ['topology', '-T', 'svg'],
  ['topology', '-T', 'json'],
  ['topology', '-T', 'ndjson'],
  ['topology', '-T', 'csv'],
  ['topology', '-T', 'tsv'],
  ['flows', '-T', 'tsv'],
  ['flows', '-T', 'json'],
  ['flows', '--by', 'service'],
  ['flows', '--by', 'vni', '-T', 'csv'],
  ['flows', '--merge-tunnels'],
  ['path', '-T', 'tsv'],
  ['path', '-T', 'json'],
  ['path', '--flow', '-T', 'json'],
]

describe.each(['numbers', 'names'])('what is evil, with %s', (how) => {
  const named = how === 'names' ? ['--names', lists] : []

  it.each([...OUTPUTS, ...COMMANDS].map((words) => ({ words, title: words.join(' ') || 'the list' })))(
    '$title',
    ({ words }) => {
      const args = [...words, capture]
      const { stdout, stderr, status } = ovl([...args, ...named])
      expect(stderr).not.toMatch(/\bat .*\.js:\d+/)
      expect(status).toBe(0)
      expect(stdout).not.toBe('')
      for (const text of [stdout, stderr]) {
        // A row is a line and a cell has no line in it; tabs part cells.
        expect(text.replace(/\t/g, '')).not.toMatch(CONTROLS)
        for (const line of text.split('\n')) expect(line).not.toMatch(/^=cmd/)
      }
      if (args.includes('csv') || args.includes('tsv'))
        for (const line of stdout.split('\n')) expect(line).not.toMatch(/(^|[,\t])"?=cmd/)
      if (args.includes('svg')) expect(stdout).not.toMatch(/<script|<svg onload|onload=x>/)
      if (args.includes('mermaid')) expect(stdout).not.toMatch(/<\/script>|<svg/)
      if (args.includes('dot')) expect(stdout).not.toMatch(/[^\\]"\]; evil/)
    },
  )
})

it.each(['text', 'json', 'ndjson', 'csv', 'tsv'])(
  'what lists say is told without what is evil in them: names -T %s',
  (format) => {
    const { stdout, stderr, status } = ovl(['names', lists, '-T', format])
    expect(status).toBe(0)
    expect(stdout).not.toBe('')
    expect(stdout.replace(/\t/g, '')).not.toMatch(CONTROLS)
    expect(stderr).not.toMatch(CONTROLS)
    for (const line of stdout.split('\n')) expect(line).not.toMatch(/(^|[,\t])"?=cmd/)
  },
)

it.each(['text', 'junit', 'tap', 'github'])('rules, captures and packets in a report: %s', (reporter) => {
  // Rules have names of their own, and stand in a file that has one.
  const rules = join(folder, `${EVIL_LINE.replaceAll('/', '')}.json`.slice(-120))
  const carry = { inner: { from: '172.20.0.158', http: `GET /${EVIL_LINE}x` } }
  writeFileSync(
    rules,
    JSON.stringify({
      rules: [
        { name: EVIL, carry },
        { name: `second ${EVIL}`, reach: { from: '172.20.0.158', to: '1.2.3.4', port: 80 } },
      ],
    }),
  )
  const { stdout, stderr, status } = ovl(['assert', rules, capture, '--names', lists, '--reporter', reporter])
  expect(stderr).toBe('')
  expect(status).toBe(1)
  expect(stdout).not.toMatch(CONTROLS)
  if (reporter === 'junit') {
    expect(stdout).not.toMatch(/<\/script>|<svg/)
    expect(stdout.match(/<failure /g)).toHaveLength(2)
  }
  // A workflow command stands at the beginning of a line.
  if (reporter === 'github') expect(stdout.match(/^::/gm)).toHaveLength(2)
  if (reporter === 'tap') expect(stdout.match(/^(ok|not ok) /gm)).toHaveLength(2)
})

it('what a finding says to run next runs nothing else', () => {
  const unanswered = join(folder, "a'$(id)`id`;id|id&\n.pcap")
  copyFileSync(fixture('findings/OVL101.pcap'), unanswered)
  const { stdout } = ovl(['diagnose', unanswered, '--names', lists, '-T', 'json'])
  const { findings } = JSON.parse(stdout) as { findings: { next: string[] }[] }
  const commands = findings.flatMap(({ next }) => next).filter((line) => /^(ovl-dissect|kubectl) /.test(line))
  expect(commands.some((line) => line.includes('$(id)'))).toBe(true)
  for (const line of commands) {
    const { stdout: words } = spawnSync('sh', ['-c', `set -- ${line}\nprintf '%s\\n' "$@"`], { encoding: 'utf8' })
    expect(words).not.toMatch(/uid=\d/)
    // As one word, as it is called; others of these lines are pipes.
    if (line.startsWith('ovl-dissect '))
      expect(words).toBe(`ovl-dissect\n${unanswered}\n-Y\n${words.split('\n-Y\n')[1]}`)
  }
})

it('the viewer shows packets, pages and menus without what is evil in them', async () => {
  const { capture: open, facts, state: first } = await viewed([capture, '--names', lists])
  let state = first
  const keys = KEYS.flatMap(({ keys: [key] }) => (key === undefined ? [] : [key]))
  const seen = new Set<string>()
  for (const key of keys.flatMap((one) => [one, 'enter', 'down', 'escape'])) {
    state = update(state, { type: 'key', key }, facts).state
    for (const line of screen(state, facts)) {
      expect(lineText(line)).not.toMatch(CONTROLS)
      if (lineText(line).includes('evil')) seen.add(String(state.dialog?.kind))
    }
  }
  open.close()
  // In the packets and on a page.
  expect(seen.size).toBeGreaterThan(1)
})

it('a name in an error is escaped as well', () => {
  for (const args of [[`${EVIL_LINE}.pcap`], [capture, '--names', `/${EVIL_LINE}`], [capture, '-Y', EVIL_LINE]]) {
    const { stderr, status } = ovl(args)
    expect(status).toBe(2)
    expect(stderr).not.toMatch(CONTROLS)
  }
})

it('a written capture is as evil as the one that was read: bytes are not for the eye', () => {
  const copy = join(folder, 'copy.pcapng')
  expect(ovl([capture, '-w', copy]).status).toBe(0)
  expect(ovl([copy, '-T', 'json']).stdout).not.toMatch(CONTROLS)
})
