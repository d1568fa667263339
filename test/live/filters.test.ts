import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { captures, ranges, tsharkAnswers } from '../../fixtures/filters.mjs'
import { ovl } from '../support/command.ts'
import { FILTERS, ourAnswers, storedAnswers } from '../support/filters.ts'
import { fixture } from '../support/fixtures.ts'
import { filterOnPurpose } from '../truth/on-purpose.ts'

const CAPTURES: readonly string[] = captures()

describe('display filters select what the installed tshark selects', () => {
  it.each(CAPTURES)('in %s', async (capture) => {
    const theirs = tsharkAnswers(capture, FILTERS)
    const { answers: ours } = await ourAnswers(capture, FILTERS)
    const found = FILTERS.flatMap((filter, index) =>
      ours[index] === theirs[index] || filterOnPurpose(capture, filter)
        ? []
        : [`${filter}: tshark ${theirs[index]}, ours ${ours[index]}`],
    )
    expect(found).toEqual([])
  })
})

/** With `-Y` itself, one run a filter: the answers above come from taps, all filters in one run. */
function selected(capture: string, filter: string): string {
  const preferences = ['ip.defragment', 'ipv6.defragment', 'tcp.desegment_tcp_streams', 'tcp.analyze_sequence_numbers']
  const output = execFileSync(
    'tshark',
    [
      ...['-n', '-r', fixture(capture), '-d', 'udp.port==8472,vxlan'],
      ...preferences.flatMap((name) => ['-o', `${name}:FALSE`]),
      ...['-T', 'fields', '-e', 'frame.number', '-Y', filter],
    ],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, TZ: 'UTC' } },
  )
  return rangesOf(output)
}

function rangesOf(output: string): string {
  return ranges(
    output
      .split('\n')
      .filter((line) => line !== '')
      .map(Number),
  )
}

describe('tshark -Y selects what its taps say', () => {
  it('with every sixth filter', () => {
    const stored = storedAnswers('vxlan-mixed.pcap')
    const other = FILTERS.flatMap((filter, index) => {
      if (index % 6 !== 0) return []
      const answer = selected('vxlan-mixed.pcap', filter)
      return answer === stored[index] ? [] : [`${filter}: -Y ${answer}, tap ${stored[index]}`]
    })
    expect(other).toEqual([])
  }, 120_000)

  /** What depends on the filter itself cannot be asked of a tap. */
  it.each(['len(tcp) == 32', 'len(tcp) > 32', 'frame.time_delta_displayed == 0', 'frame.time_delta_displayed > 0.1'])(
    'and ours too: %s',
    (filter) => {
      const { stdout } = ovl(['fixtures/vxlan-mixed.pcap', '-T', 'fields', '-e', 'frame.number', '-Y', filter])
      expect(rangesOf(stdout)).toBe(selected('vxlan-mixed.pcap', filter))
    },
  )
})

describe('what tshark 4.0 refuses', () => {
  it.each([
    'icmp xor dns',
    'icmp ^^ dns',
    '80 == tcp.port',
    '1 < tcp.port < 5',
    'len(tcp.payload[0:4]) == 4',
    'tcp.flags.syn == true',
    'inner.ip',
  ])('or took since: %s', (filter) => {
    expect(() => tsharkAnswers('vxlan.pcap', [filter])).toThrow('REFUSED')
  })
})
