/** Every code: a capture that raises it, and one that is nearly so and does not. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { findingCaptures } from '../../fixtures/findings.mjs'
import { type DiagnoseOptions, diagnose } from '../../src/findings/diagnose.ts'
import { FAMILIES, FINDING_KINDS, findingKind } from '../../src/findings/registry.ts'
import { loadNames } from '../../src/names/load.ts'
import { ovl } from '../support/command.ts'
import { fixture } from '../support/fixtures.ts'
import { lab, lines } from './found.ts'

const known = await lab()
const names = { names: known.names }
/** A cilium-config that says what tunnel there is. */
const configured = async (data: Readonly<Record<string, string>>) => ({
  names: await loadNames({
    origin: 'cilium-config.json',
    content: JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'cilium-config' }, data }),
  }),
})
const geneve = await configured({ 'routing-mode': 'tunnel', 'tunnel-protocol': 'geneve' })
const vxlan = await configured({ 'routing-mode': 'tunnel', 'tunnel-protocol': 'vxlan', 'tunnel-port': '8472' })
const native = await configured({ 'routing-mode': 'native' })

interface Case {
  readonly capture: string
  readonly options?: DiagnoseOptions
  /** Everything that is found. */
  readonly found: readonly string[]
}

const made = (name: string, found: readonly string[], options?: DiagnoseOptions): Case => ({
  capture: `findings/${name}.pcap`,
  found,
  ...(options && { options }),
})
const real = (capture: string, found: readonly string[], options?: DiagnoseOptions): Case => ({
  capture,
  found,
  ...(options && { options }),
})

const CASES: Readonly<Record<string, { readonly raised: readonly Case[]; readonly near: readonly Case[] }>> = {
  OVL101: {
    raised: [
      made('OVL101', ['OVL101 error 1 2']),
      made('OVL101-at-the-end', ['OVL101 info 2']),
      made('OVL101-many-clients', ['OVL101 error 1-5']),
      made('OVL101-many-servers', ['OVL101 error 1-4']),
    ],
    near: [made('OVL101-answered', [])],
  },
  OVL102: { raised: [made('OVL102', ['OVL102 error 1'])], near: [made('OVL102-answered', [])] },
  OVL103: { raised: [made('OVL103', ['OVL103 error 1 2'])], near: [made('OVL103-answered', [])] },
  OVL104: { raised: [made('OVL104', ['OVL104 warning 2', 'OVL104 warning 6'])], near: [made('OVL104-after-fin', [])] },
  OVL105: { raised: [made('OVL105', ['OVL105 warning 2', 'OVL105 info 4'])], near: [made('OVL103-answered', [])] },
  OVL106: { raised: [made('OVL106', ['OVL106 info 1'])], near: [made('OVL106-followed', [])] },
  OVL201: {
    raised: [
      real('multi-node.pcap', [
        'OVL201 error 13 50 93 140 173 206 239 272 305',
        'OVL102 error 140',
        ...['OVL106 info 114', 'OVL106 info 14', 'OVL106 info 36'],
      ]),
    ],
    // In and never Out, but the capture ends.
    near: [made('OVL201-end', [])],
  },
  OVL202: {
    raised: [made('OVL202', ['OVL202 error 2', 'OVL102 error 1'])],
    near: [made('OVL202-right', []), made('OVL202-right', [], known)],
  },
  OVL203: {
    raised: [made('OVL203', ['OVL203 warning 1 2']), made('OVL203-none', ['OVL203 warning 2'])],
    near: [made('OVL203-same', [])],
  },
  OVL204: { raised: [made('OVL204', ['OVL204 error 3'])], near: [made('OVL204-own-interface', [])] },
  OVL205: { raised: [made('OVL205', ['OVL205 warning 2'])], near: [made('OVL205-just-enough', [])] },
  OVL206: { raised: [made('OVL206', ['OVL206 warning 2'])], near: [made('OVL206-answered', [])] },
  OVL301: { raised: [made('OVL301', ['OVL301 error 2'])], near: [made('OVL301-redirect', [])] },
  OVL302: { raised: [made('OVL302', ['OVL302 warning 1'])], near: [made('OVL302-whole', [])] },
  OVL303: {
    raised: [made('OVL303', ['OVL302 warning 1 3', 'OVL303 warning 3'])],
    near: [made('OVL303-all-there', ['OVL302 warning 1 4'])],
  },
  OVL304: {
    raised: [
      real('vxlan-gso.pcap', [
        'OVL304 info 11 15 19 23 27 29',
        'OVL402 info 1 5 7 13 17 21 25 31 33 37',
        'OVL402 info 3 9 11 15 19 23 27 29 35',
      ]),
    ],
    near: [made('OVL304-jumbo', [])],
  },
  OVL401: {
    raised: [made('OVL401', ['OVL401 error 1', 'OVL401 error 2']), made('OVL401-no-direction', ['OVL401 warning 1'])],
    near: [made('OVL402', ['OVL402 info 1', 'OVL402 info 2'])],
  },
  OVL402: { raised: [made('OVL402', ['OVL402 info 1', 'OVL402 info 2'])], near: [made('OVL402-none', [])] },
  OVL501: {
    raised: [made('OVL501', ['OVL501 error 1', 'OVL501 warning 2']), made('OVL501-geneve', ['OVL501 info 1'])],
    near: [made('OVL501-group-policy', [])],
  },
  OVL502: { raised: [made('OVL502', ['OVL502 warning 1'])], near: [made('OVL502-not-critical', [])] },
  OVL503: { raised: [made('OVL503', ['OVL503 error 2'])], near: [made('OVL503-service', [])] },
  OVL504: { raised: [made('OVL504', ['OVL504 warning 3'])], near: [made('OVL504-geneve', [])] },
  OVL505: {
    raised: [made('OVL505', ['OVL505 warning 1-8'])],
    near: [made('OVL505-hashed', []), made('OVL505-few-flows', [])],
  },
  OVL506: {
    raised: [made('OVL506', ['OVL506 error 6-8 10', 'OVL102 error 7 8'])],
    near: [made('OVL506-side-by-side', [])],
  },
  OVL507: {
    raised: [
      made('OVL302-whole', ['OVL507 warning 1'], geneve),
      made('OVL302-whole', ['OVL507 warning 1'], native),
      real('vxlan-qinq.pcap', ['OVL507 warning 1-4'], geneve),
    ],
    near: [
      made('OVL302-whole', [], vxlan),
      // Cilium's direct server return is GENEVE in native routing, too.
      made('OVL502-not-critical', [], native),
    ],
  },
  OVL508: { raised: [made('OVL508', ['OVL508 info 1', 'OVL508 info 2'])], near: [made('OVL508-other', [])] },
  OVL601: { raised: [made('OVL601', ['OVL601 warning 2'], names)], near: [made('named-right', [], names)] },
  OVL602: { raised: [made('OVL602', ['OVL602 warning 1'], names)], near: [made('named-right', [], names)] },
  OVL603: { raised: [made('OVL603', ['OVL603 warning 1'], names)], near: [made('named-right', [], names)] },
  OVL604: { raised: [made('OVL604', ['OVL604 warning 1'], names)], near: [made('named-right', [], names)] },
  OVL605: { raised: [made('OVL605', ['OVL605 error 1'], names)], near: [made('named-right', [], names)] },
  OVL901: {
    raised: [real('vxlan-cut.pcap', ['OVL901 warning 115', 'OVL106 info 29 37 73 81'])],
    near: [real('vxlan.pcap', ['OVL106 info 29 37 73 81'])],
  },
  OVL902: { raised: [real('vxlan-snap96.pcap', ['OVL902 warning 1-100'])], near: [made('OVL902-payload-cut', [])] },
  OVL903: { raised: [made('OVL903', ['OVL903 warning 2'])], near: [made('OVL903-in-order', [])] },
}

test('every code has a case', () => {
  expect(Object.keys(CASES)).toEqual(FINDING_KINDS.map(({ code }) => code))
})

describe.each(Object.entries(CASES))('%s', (code, { raised, near }) => {
  test.each(raised)('is raised in $capture', async ({ capture, found, options }) => {
    expect(found.some((line) => line.startsWith(code))).toBe(true)
    expect(lines((await diagnose(fixture(capture), options)).findings)).toEqual(found)
  })

  test.each(near)('is not raised in $capture', async ({ capture, found, options }) => {
    expect(found.some((line) => line.startsWith(code))).toBe(false)
    expect(lines((await diagnose(fixture(capture), options)).findings)).toEqual(found)
  })
})

test('ends that miss the same one, or that one misses, are told together', async () => {
  const sentence = async (name: string) => (await diagnose(fixture(`findings/${name}.pcap`))).findings[0]?.sentence
  expect(await sentence('OVL101-many-clients')).toBe(
    '172.20.1.21, 172.20.1.22, 172.20.1.23 and 2 more → 172.20.2.115:80: none of 5 connections was answered',
  )
  expect(await sentence('OVL101-many-servers')).toBe(
    '172.20.0.158 → 172.20.2.21, 172.20.2.22, 172.20.2.23 and 1 more: none of 4 connections was answered',
  )
})

describe('the registry', () => {
  test('has each code once, and its severity is the worst that is ever told', async () => {
    const codes = FAMILIES.flatMap(({ kinds }) => kinds.map(({ code }) => code))
    expect(new Set(codes).size).toBe(codes.length)
    for (const [code, { raised }] of Object.entries(CASES)) {
      const severities = raised.flatMap(({ found }) => found.filter((line) => line.startsWith(code)))
      expect(
        severities.some((line) => line.split(' ')[1] === findingKind(code)?.severity),
        code,
      ).toBe(true)
    }
  })

  test('says of each what it means, why, and ends no sentence twice', () => {
    for (const { code, title, meaning, likely, next } of FINDING_KINDS) {
      expect(next.length, code).toBeGreaterThan(0)
      expect(code).toMatch(/^OVL[1-9]\d\d$/)
      expect(
        [title, likely, ...next].filter((text) => /\.\s*$/.test(text) || text.trim() === ''),
        code,
      ).toEqual([])
      expect(meaning, code).toMatch(/\.$/)
    }
  })

  test('finds a code in any spelling', () => {
    expect(findingKind(' ovl101 ')?.code).toBe('OVL101')
    expect(findingKind('OVL999')).toBeUndefined()
  })
})

test('the captures of fixtures/findings are what fixtures/findings.mjs makes', () => {
  const captures = findingCaptures()
  expect(readdirSync(fixture('findings')).sort()).toEqual(Object.keys(captures).sort())
  for (const [name, bytes] of Object.entries(captures))
    expect(readFileSync(fixture(`findings/${name}`)).equals(bytes), `${name}: node fixtures/findings.mjs`).toBe(true)
})

describe('the README', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')

  test('has a row for each code, with its severity and title', () => {
    const rows = [...readme.matchAll(/^\| (OVL\d{3}) +\| (\w+) +\| (.*?) +\|$/gm)].map(([, ...cells]) => cells)
    expect(rows).toEqual(FINDING_KINDS.map(({ code, severity, title }) => [code, severity, title]))
  })

  test('shows what is really printed of the native half', () => {
    const args = ['--names', 'fixtures/k8s', '--links', 'fixtures/links/router.ip-addr.txt']
    const { stdout } = ovl([
      ...['diagnose', 'fixtures/native-noreply.pcap', ...args],
      ...['--links', 'fixtures/links/router.ip-route.txt', '--width', '120'],
    ])
    expect(readme).toContain(`\`\`\`\n${stdout.split('\n\n')[1]}\n\`\`\``)
  })
})
