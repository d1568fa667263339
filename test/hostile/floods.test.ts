/** Small forms of the floods of bench/hostile.mjs, still more than any table holds: memory is bounded, and what did not fit is said. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { FLOODS, type Flood } from '../../bench/floods.mjs'
import { run } from './peak.ts'

const LIMIT = 300
/** More than the 262,144 pairs of ends that are told apart. */
const PAIRS = 300_000
const folder = mkdtempSync(join(tmpdir(), 'ovl-floods.'))

afterAll(() => rmSync(folder, { recursive: true, force: true }))

function flood(name: string, count: number): string {
  const path = join(folder, `${name.replace(/\W+/g, '-')}.pcap`)
  writeFileSync(path, Buffer.concat([...(FLOODS[name] as Flood).packets(count)]))
  return path
}

describe('300,000 conversations, each of its own nodes', () => {
  const path = flood('flows, each of its own nodes and VNI', PAIRS)

  it.each([
    ['flows', /\(262124 more rows: --top 0 shows all\)\n37856 frames of further conversations were not told apart/],
    ['flows --by node', /others \(too many to tell apart\) +229376 [\s\S]*37856 frames of further conversations/],
    ['path', /37856 packets of further flows were not told apart: the table was full/],
    ['path --flow', /37856 packets of further flows were not told apart: the table was full/],
    ['diagnose', /\d+ times ends were seen that no finding tells of/],
    [
      'topology',
      /37856 frames of further pod pairs [\s\S]*245760 pod pairs with the fewest packets are not on the map/,
    ],
    ['topology -T json', /245760 pod pairs with the fewest packets are not on the map: there are too many for one/],
    ['--summary', /37856 frames of further pod pairs were not told apart: the table was full/],
  ])('%s stays below the limit and says what it left out', async (command, said) => {
    const { status, mebibytes, stderr, tail } = await run([...command.split(' '), path])
    expect(stderr).not.toMatch(/\n {4}at /)
    expect(status).toBe(0)
    expect(`${tail}${stderr}`).toMatch(said)
    expect(mebibytes).toBeLessThan(LIMIT)
  })

  it('the map and the findings say it in JSON too', async () => {
    expect((await run(['topology', '-T', 'json', path])).tail).toMatch(/"folded": 245760\n}\n$/)
    expect((await run(['diagnose', '-T', 'json', path])).tail).toMatch(/"untold": [1-9]\d+,/)
  })
})

it.each([
  ['fragments, first ones alone', 100_000],
  ['fragments with holes, of one datagram', 100_000],
  ['gaps in one connection', 100_000],
  ['connections, each with half a message', 50_000],
  ['questions for names, each another one', 100_000],
])('%s fill no memory, whoever reads them', async (name, count) => {
  const path = flood(name, count)
  for (const command of [[], ['-Y', 'http.request'], ['flows'], ['path'], ['diagnose']]) {
    const { status, mebibytes, stderr } = await run([...command, path])
    expect(stderr).not.toMatch(/\n {4}at /)
    expect(status).toBe(0)
    expect(mebibytes).toBeLessThan(LIMIT)
  }
})
