/**
 * Lists of names of a big cluster: time and memory to load them, and what names cost each row and the scan.
 *
 *   node bench/names.mjs [--rounds N]
 *
 * A cluster of 5,000 nodes and 150,000 pods, written by make-names.mjs: pods.json is longer than a string may be.
 */
import { existsSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { capture, DIRECTORY } from './captures.mjs'
import { makeNames } from './make-names.mjs'
import { COMMAND, interleaved, judge, printTable, ratio, roundsOr } from './measure.mjs'

const folder = join(DIRECTORY, 'names')
if (!existsSync(folder)) {
  const unfinished = `${folder}.${process.pid}`
  mkdirSync(unfinished, { recursive: true })
  await makeNames(unfinished)
  renameSync(unfinished, folder)
}

const POD_LISTS = [
  { name: 'pods.json', seconds: 15 },
  { name: 'ciliumendpoints.json', seconds: 6 },
].map((list) => ({ ...list, path: join(folder, list.name) }))
const MEGABYTES = 500
/** Lookups may add so much to the rows. */
const ROWS = 1.05
const file = capture('10mb.pcap')
const named = ['--names', join(folder, 'ciliumnodes.json'), file]
const contestants = [
  ...POD_LISTS.map(({ path }) => ['names', path]),
  ['--print', '-q', '--name-style', 'address', ...named],
  ['--print', '-q', ...named],
].map((args) => ({ command: [process.execPath, COMMAND, ...args], output: 'null' }))
const results = await interleaved(roundsOr(3), contestants)
const [pods, endpoints, plain, withNames] = results
printTable([
  ['', 's', 'peak MiB'],
  ...[
    ...POD_LISTS.map(({ name, path }) => `names ${name}, ${Math.round(statSync(path).size / 1e6)} MB`),
    'rows of 10 MB, names loaded but not shown',
    'rows of 10 MB with names',
  ].map((what, index) => [what, results[index].seconds.toFixed(2), results[index].peak?.toFixed(0) ?? '?']),
])
console.log()
const lookups = ratio(withNames, plain)
judge([
  ...POD_LISTS.flatMap(({ name, seconds }, index) => {
    const { seconds: taken, peak = 0 } = [pods, endpoints][index]
    return [
      { what: `${name} loads in under ${seconds} s`, measured: `${taken.toFixed(1)} s`, isReached: taken < seconds },
      { what: `${name} in under ${MEGABYTES} MiB`, measured: `${peak.toFixed(0)} MiB`, isReached: peak < MEGABYTES },
    ]
  }),
  { what: `lookups add under 5 % to rows`, measured: `${lookups.toFixed(3)} of the time`, isReached: lookups < ROWS },
])
