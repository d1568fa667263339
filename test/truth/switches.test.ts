/**
 * The four preferences that put packets together and count sequence numbers, turned off on the command line one by one and
 * all at once: every field of every frame is what tshark says with them off. (With all of them on: reassembly.test.ts.)
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { FIELDS, SWITCHED, SWITCHES, turnedOff } from '../../fixtures/reassembly.mjs'
import { ovl } from '../support/command.ts'
import { fixture } from '../support/fixtures.ts'
import { cellsOf, differences, ourRows, said } from '../support/reassembled.ts'
import { onPurposeSwitched } from './on-purpose-reassembled.ts'

const CASES = Object.entries(SWITCHED).flatMap(([capture, names]) => names.map((name) => ({ capture, name })))
const SINGLE = CASES.filter(({ name }) => name !== 'all')

/** What tshark says with a switch off; with none, by default. */
function truthOf(capture: string, name: string): string[][] {
  const path = name === 'none' ? `truth/reassembly/${capture}.tsv` : `truth/switched/${capture}/${name}.tsv`
  const [head, ...rows] = cellsOf(readFileSync(fixture(path), 'utf8'))
  expect(head).toEqual(FIELDS)
  return rows
}

describe('a preference that is turned off', () => {
  it('is one of four', () => {
    expect(SWITCHES).toHaveLength(4)
    expect(new Set(CASES.map(({ name }) => name))).toEqual(new Set([...SWITCHES, 'all']))
  })

  it.each(CASES)('$name, in $capture', ({ capture, name }) => {
    const ours = ourRows(`reassembly/${capture}`, turnedOff(name))
    const isMeant = (frame: number, field: string) => onPurposeSwitched(capture, name, frame, field)
    expect(differences(truthOf(capture, name), ours, isMeant)).toEqual([])
  })

  it.each(SINGLE)('$name changes what is said of $capture; turned on it says the usual', ({ capture, name }) => {
    const usual = ourRows(`reassembly/${capture}`, [])
    expect(ourRows(`reassembly/${capture}`, [`${name}:TRUE`])).toEqual(usual)
    const changed = ourRows(`reassembly/${capture}`, [`${name}:FALSE`])
    // There is no IPv6 in the capture of the lab.
    if (capture.startsWith('vxlan-mtu') && name === 'ipv6.defragment') expect(changed).toEqual(usual)
    else expect(changed).not.toEqual(usual)
  })
})

/** vxlan-mtu.pcap has every packet twice; what tshark says of each interface alone is what is said of its frames there. */
describe('vxlan-mtu.pcap, frame by frame', () => {
  const numberAt = FIELDS.indexOf('frame.number')
  /** Fields that hold numbers of frames. */
  const isNumbers = (field: string) =>
    /^frame\.number$|^ip\.(fragment|reassembled_in)$|^ipv6\.(fragment|reassembled\.in)$|^tcp\.(segment|reassembled_in)$/.test(
      field,
    )
  /** A copy of an answer has the copies of its request to choose from. */
  const withoutRequest = (value: string) => value.replace(/ \(request in \d+\)/, '')

  it.each(['none', ...SWITCHES, 'all'])('turned off: %s', (name) => {
    const whole = ourRows('vxlan-mtu.pcap', name === 'none' ? [] : turnedOff(name))
    const places = cellsOf(ovl([fixture('vxlan-mtu.pcap'), '-T', 'fields', '-e', 'sll.ifindex']).stdout).flat()
    expect(whole).toHaveLength(126)
    for (const index of ['3', '4']) {
      const capture = `vxlan-mtu-if${index}.pcap`
      const frames = whole.filter((_, at) => places[at] === index)
      expect(frames).toHaveLength(63)
      const inWhole = (number: string) => frames[Number(number) - 1]?.[numberAt] ?? '?'
      const expected = truthOf(capture, name).map((row) =>
        FIELDS.map((field, column) => {
          const value = withoutRequest(said(field, row[column]))
          return isNumbers(field) && value !== '' ? value.split(',').map(inWhole).join(',') : value
        }),
      )
      const ours = frames.map((row) => FIELDS.map((_, column) => withoutRequest(row[column] ?? '')))
      const isMeant = (frame: number, field: string) => onPurposeSwitched(capture, name, frame, field)
      expect(differences(expected, ours, isMeant)).toEqual([])
    }
  })
})
