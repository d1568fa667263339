/** `ovl-dissect assert`: rules, reports, exit status, and mistakes with their line and column. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { ovl } from '../support/command.ts'

const EXAMPLE = 'test/examples/rules.yaml'
const schema = JSON.parse(readFileSync('src/assertions/rules.schema.json', 'utf8'))
const isValid = new Ajv({ allowUnionTypes: true, strict: false }).compile(schema)

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ovl-assert-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function rules(text: string): string {
  const path = join(folder, 'rules.yaml')
  writeFileSync(path, text)
  return path
}

describe('the exit status', () => {
  test('is 0 where all rules hold', () => {
    const ran = ovl(['assert', EXAMPLE, 'fixtures/vxlan.pcap'])
    expect(ran.stderr).toBe('')
    expect(ran.status).toBe(0)
    expect(ran.stdout.trimEnd().split('\n').at(-1)).toBe('6 rules: 6 passed, 0 failed')
  })

  test('is 1 where one does not, and the failure says why', () => {
    const ran = ovl(['assert', EXAMPLE, 'fixtures/geneve-eth2.pcap'])
    expect(ran.status).toBe(1)
    expect(ran.stdout).toContain(`FAIL  nothing leaves unencapsulated  (${EXAMPLE}:10)`)
    expect(ran.stdout).toContain('            tunnel: expected vxlan, found geneve\n')
    expect(ran.stdout).toContain('6 rules: 3 passed, 3 failed')
  })

  test('is 2 where it cannot be told: a missing or damaged capture, or no rules', () => {
    expect(ovl(['assert', EXAMPLE, 'no-such.pcap']).status).toBe(2)
    expect(ovl(['assert', 'no-such.yaml', 'fixtures/vxlan.pcap']).stderr).toBe(
      'ovl-dissect: no-such.yaml: no such file\n',
    )
    const cut = ovl(['assert', EXAMPLE, 'fixtures/vxlan-cut.pcap'])
    expect(cut.status).toBe(2)
    expect(cut.stdout).toContain('6 passed')
    expect(cut.stderr).toContain('vxlan-cut.pcap: the file ends in the middle of')
  })
})

test('names and several captures', () => {
  const path = rules(
    'rules: [{ carry: { from: default/curl-pod, to: { app: webpod } } }, { not: { carry: { from: webpod* , dns: /./ } } }]',
  )
  const ran = ovl(['assert', path, 'fixtures/vxlan.pcap', 'fixtures/geneve.pcap', '--names', 'fixtures/k8s'])
  expect(ran.stderr).toBe('')
  expect(ran.stdout).toContain('ok    fixtures/geneve.pcap: carry')
  expect(ran.status).toBe(0)
})

describe('reports', () => {
  const text = 'rules:\n  - name: "a <b> & \\"c\\" # \\e[2J"\n    carry: geneve\n  - carry: vxlan\n'
  const report = (reporter: string) =>
    ovl(['assert', rules(text), 'fixtures/vxlan.pcap', '--reporter', reporter]).stdout

  test('as JUnit XML are well-formed, and safe', () => {
    const xml = report('junit')
    expect(xml).toContain('<testsuites tests="2" failures="1" errors="0">')
    expect(xml).toContain('name="a &lt;b&gt; &amp; &quot;c&quot; # \\x1b[2J"')
    expect(xml).toMatch(/<failure message="expected fixtures\/vxlan.pcap to carry a packet: geneve">/)
    expect(xml).not.toContain('\u001b')
    expect(xml.match(/<testcase /g)).toHaveLength(2)
  })

  test('as TAP have a plan, numbers and YAML beneath failures', () => {
    const lines = report('tap').split('\n')
    expect(lines.slice(0, 3)).toEqual(['TAP version 13', '1..2', 'not ok 1 - a <b> & "c" \\# \\x1b[2J'])
    expect(parse(lines.slice(lines.indexOf('  ---') + 1, lines.indexOf('  ...')).join('\n'))).toMatchObject({
      at: expect.stringContaining('rules.yaml:2'),
      message: expect.stringContaining('to carry a packet: geneve\n'),
    })
    expect(lines).toContain('ok 2 - carry "vxlan"')
  })

  test('for GitHub are annotations at the rule', () => {
    const [first, second] = report('github').split('\n')
    expect(first).toMatch(/^::error file=.*rules\.yaml,line=2,col=5,title=a <b> & "c" # \\x1b\[2J::expected .*%0A/)
    expect(second).toBe('2 rules: 1 passed, 1 failed')
  })
})

describe('mistakes', () => {
  test.each([
    ['rules:\n  - carry: { vin: 3 }', ':2:19: rules[0].carry.vin: there is no such key', false],
    [
      'rules:\n  - carry:\n      inner: { from: 172.20.0.0/40 }',
      ':3:22: rules[0].carry.inner.from: "172.20.0.0/40" is not a prefix',
      true,
    ],
    ['rules:\n  - name: x', ':2:5: rules[0]: a rule has one of carry, carryOnly', false],
    ['rules:\n  - carry: ip\n    carryOnly: ip', 'not carry and carryOnly', false],
    ['rules:\n  - not: { carry: ip }\n    times: 3', ':3:12: rules[0].times: beside "not" there is only "name"', false],
    ['rules:\n  - reach: { from: 10.0.0.1 }', ':2:12: rules[0].reach: "to" is missing', false],
    ['rules:\n  - carry: ip.src == \n', ':2:12: rules[0].carry: filter:', true],
    ['rules:\n  - carry: ip\n    times: -1', ':3:12: rules[0].times: -1 is not a number of packets', false],
    ['rules: 3', ':1:8: rules: "rules" must be a list', false],
    ['rule: []', ':1:7: rule: there is no such key here; known are rules', false],
    ['rules:\n  - carry: {ip', ':2:', undefined],
    ['- a', ':1:1: ["a"] is not a set of keys', false],
  ])('%j', (text, words, isAllowedBySchema) => {
    const path = rules(text)
    const { status, stderr, stdout } = ovl(['assert', path, 'fixtures/vxlan.pcap'])
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toContain(words)
    if (isAllowedBySchema !== undefined) expect(isValid(parse(text))).toBe(isAllowedBySchema)
  })
})

test('the schema takes the example', () => {
  expect(isValid(parse(readFileSync(EXAMPLE, 'utf8'))), JSON.stringify(isValid.errors)).toBe(true)
})
