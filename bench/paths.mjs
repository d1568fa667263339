/**
 * The ways of packets: `path --flow` against `flows`, whole commands on 1 GB that hold every packet twice, and the
 * memory of both.
 *
 *   node bench/paths.mjs [--check] [--rounds N]
 */
import { capture } from './captures.mjs'
import { COMMAND, interleaved, judge, printTable, ratio, roundsOr } from './measure.mjs'

const GOAL = 2
const MOST_MEMORY = 256
const ROUNDS = 5

const contestants = ['100mb.pcap', '1gb.pcap'].flatMap((name) => [
  { name: `flows ${name}`, command: [process.execPath, COMMAND, 'flows', capture(name)] },
  { name: `path --flow ${name}`, command: [process.execPath, COMMAND, 'path', '--flow', capture(name)] },
])
const results = await interleaved(roundsOr(ROUNDS), contestants)
const [, , flows, paths] = results

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
    what: `path --flow of 1 GB within ${GOAL} times the time of flows`,
    isReached: ratio(paths, flows) <= GOAL,
    measured: `${ratio(paths, flows).toFixed(2)} times`,
  },
  {
    what: `peak memory of path --flow for 1 GB below ${MOST_MEMORY} MiB`,
    isReached: paths.peak !== undefined && paths.peak < MOST_MEMORY,
    measured: `${paths.peak?.toFixed(0) ?? '?'} MiB`,
  },
])
