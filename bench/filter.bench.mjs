/**
 * Filters against the bare scan of the same file: in process on 100 MB, and as whole commands on 1 GB, selecting nothing so
 * that no output is measured.
 *
 *   node bench/filter.bench.mjs [--check] [--rounds N]
 */
import { compileFilter, scan } from '../dist/index.js'
import { capture } from './captures.mjs'
import { COMMAND, inProject, interleaved, judge, median, printTable, ratio, roundsOr } from './measure.mjs'

const HEADERS = 1.5
const HTTP = 3
const small = capture('100mb.pcap')
const large = capture('1gb.pcap')

const filtered = (text) => {
  const filter = compileFilter(text)
  return () => scan(small, (record, walk) => void filter.matchesFrame(record, walk))
}

const CASES = {
  'bare scan': () => scan(small, (_record, walk) => void walk.depth),
  'ip.src == 1.2.3.4': filtered('ip.src == 1.2.3.4'),
  'inner.ip.src == 1.2.3.4 && tcp.port in {80, 443}': filtered('inner.ip.src == 1.2.3.4 && tcp.port in {80, 443}'),
  http: filtered('http'),
  'http.request.uri == "/nosuch"': filtered('http.request.uri == "/nosuch"'),
}

const times = Object.fromEntries(Object.keys(CASES).map((name) => [name, []]))
for (let round = 0; round < roundsOr(7); round++) {
  for (const [name, work] of Object.entries(CASES)) {
    const begin = process.hrtime.bigint()
    await work()
    times[name].push(Number(process.hrtime.bigint() - begin) / 1e6)
  }
}
const bare = times['bare scan']
const slower = (name) => median(times[name].map((time, round) => time / bare[round]))
printTable([
  ['in process, 100 MB', 'ms', 'times the bare scan'],
  ...Object.keys(CASES).map((name) => [name, median(times[name]).toFixed(0), slower(name).toFixed(2)]),
])

const node = process.execPath
const selectsNothing = ['-q', '-Y', 'ip.src == 1.2.3.4']
const contestants = [
  { name: 'bare scan', command: [node, inProject('bench/bare-scan.mjs'), large] },
  { name: '--summary -Y', command: [node, COMMAND, large, '--summary', ...selectsNothing] },
  { name: '-T fields -Y', command: [node, COMMAND, large, '-T', 'fields', '-e', 'ip.src', ...selectsNothing] },
  { name: 'rows, -Y', command: [node, COMMAND, large, ...selectsNothing] },
]
const results = await interleaved(3, contestants)
const [scanned, summary, fields, rows] = results
console.log()
printTable([
  ['whole commands, 1 GB, ip.src == 1.2.3.4', 's', 'times the bare scan'],
  ...contestants.map(({ name }, index) => [
    name,
    results[index].seconds.toFixed(2),
    ratio(results[index], scanned).toFixed(2),
  ]),
])
const goal = (what, most, measured) => ({
  what: `${what} within ${most} times the bare scan`,
  isReached: measured <= most,
  measured: `${measured.toFixed(2)} times`,
})
judge([
  goal('filtering by addresses, in process', HEADERS, slower('ip.src == 1.2.3.4')),
  goal('filtering by http, in process', HTTP, slower('http')),
  goal('--summary -Y of 1 GB', HEADERS, ratio(summary, scanned)),
  goal('-T fields -Y of 1 GB', HEADERS, ratio(fields, scanned)),
  goal('rows, -Y of 1 GB', HEADERS, ratio(rows, scanned)),
])
