/**
 * Whole commands, from start to exit: `ovl-dissect --summary` against a program that only counts the packet events of
 * pcap-parser, and the memory of both.
 *
 *   node bench/whole-command.mjs [--check] [--rounds N]
 */
import { capture } from './captures.mjs'
import { COMMAND, inProject, interleaved, judge, printTable, ratio, roundsOr } from './measure.mjs'

const GOAL = 2
const MOST_MEMORY = 80
const ROUNDS = 5

const node = process.execPath
const events = inProject('bench/bare-events.cjs')
const contestants = ['100mb.pcap', '1gb.pcap'].flatMap((name) => [
  { name: `pcap-parser, bare record events, ${name}`, command: [node, events, capture(name)] },
  { name: `ovl-dissect --summary ${name}`, command: [node, COMMAND, '--summary', capture(name)] },
])
const results = await interleaved(roundsOr(ROUNDS), contestants)
const [events100, summary100, events1000, summary1000] = results

printTable([
  ['', 's', 'peak MiB', 'times as fast'],
  ...contestants.map(({ name }, index) => {
    const other = results[index - (index % 2)]
    const { seconds, peak } = results[index]
    return [name, seconds.toFixed(2), peak?.toFixed(0) ?? '?', ratio(other, results[index]).toFixed(2)]
  }),
])
judge([
  ...[
    ['100 MB', ratio(events100, summary100)],
    ['1 GB', ratio(events1000, summary1000)],
  ].map(([size, times]) => ({
    what: `--summary of ${size} at least ${GOAL} times as fast as bare record events`,
    isReached: times >= GOAL,
    measured: `${times.toFixed(2)} times`,
  })),
  ...[
    ['100 MB', summary100.peak],
    ['1 GB', summary1000.peak],
  ].map(([size, peak]) => ({
    what: `peak memory for ${size} below ${MOST_MEMORY} MiB`,
    isReached: peak !== undefined && peak < MOST_MEMORY,
    measured: `${peak?.toFixed(0) ?? '?'} MiB`,
  })),
])
