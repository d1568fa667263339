/**
 * Findings: `diagnose` against `flows`, whole commands on 100 MB and 1 GB that hold every packet twice, and the memory of
 * both. A diagnosis also verifies every checksum and follows every request; it may take longer, but no longer per packet
 * in a larger capture.
 *
 *   node bench/findings.mjs [--check] [--rounds N]
 */
import { capture } from './captures.mjs'
import { COMMAND, interleaved, judge, printTable, ratio, roundsOr } from './measure.mjs'

const GOAL = 12
const MOST_MEMORY = 384
const ROUNDS = 3

const contestants = ['100mb.pcap', '1gb.pcap'].flatMap((name) => [
  { name: `flows ${name}`, command: [process.execPath, COMMAND, 'flows', capture(name)] },
  { name: `diagnose ${name}`, command: [process.execPath, COMMAND, 'diagnose', capture(name)] },
])
const results = await interleaved(roundsOr(ROUNDS), contestants)
const [, , flows, findings] = results

printTable([
  ['', 's', 'peak MiB', 'times the flows'],
  ...contestants.map(({ name }, index) => {
    const { seconds, peak } = results[index]
    const other = results[index - (index % 2)]
    return [name, seconds.toFixed(2), peak?.toFixed(0) ?? '?', ratio(results[index], other).toFixed(2)]
  }),
])
judge([
  {
    what: `diagnose of 1 GB within ${GOAL} times the time of flows`,
    isReached: ratio(findings, flows) <= GOAL,
    measured: `${ratio(findings, flows).toFixed(2)} times`,
  },
  {
    what: `peak memory of diagnose for 1 GB below ${MOST_MEMORY} MiB`,
    isReached: findings.peak !== undefined && findings.peak < MOST_MEMORY,
    measured: `${findings.peak?.toFixed(0) ?? '?'} MiB`,
  },
])
