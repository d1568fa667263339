/**
 * Filters against the bare scan of the same file: in process on 100 MB, and as whole commands on 1 GB, where nothing matches,
 * little or much; and filtered lists of 100 MB against the list without a filter.
 *
 *   node bench/filter.bench.mjs [--check] [--rounds N]
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
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
const own = (name, file, ...options) => ({ name, command: [node, COMMAND, file, '-q', ...options] })
const NONE = ['-Y', 'ip.src == 1.2.3.4']
/** 32 packets of the 1 GB, as it is generated. */
const FEW = ['-Y', 'ip.src == 10.244.22.199']
const target = join(mkdtempSync(join(tmpdir(), 'ovl-bench-')), 'few.pcap')
const contestants = [
  { name: 'bare scan', command: [node, inProject('bench/bare-scan.mjs'), large] },
  own('--summary, none matches', large, '--summary', ...NONE),
  own('-T fields, none matches', large, '-T', 'fields', '-e', 'ip.src', ...NONE),
  own('rows, none matches', large, ...NONE),
  own('rows, few match', large, ...FEW),
  own('-T fields, few match', large, '-T', 'fields', '-e', 'ip.src', ...FEW),
  own('--summary, few match', large, '--summary', ...FEW),
  own('-w, few match', large, '-w', target, ...FEW),
  own('rows, http of an address', large, '-Y', 'http && ip.src == 10.244.22.199'),
  own('-w, all http (a fifth)', large, '-w', target, '-Y', 'http'),
  own('--summary, all http', large, '--summary', '-Y', 'http'),
  own('-T fields, all http', large, '-T', 'fields', '-e', 'ip.src', '-Y', 'http'),
]
const results = await interleaved(roundsOr(3), contestants)
rmSync(dirname(target), { recursive: true })
const times1gb = Object.fromEntries(contestants.map(({ name }, index) => [name, ratio(results[index], results[0])]))
console.log()
printTable([
  ['whole commands, 1 GB', 's', 'times the bare scan'],
  ...contestants.map(({ name }, index) => [name, results[index].seconds.toFixed(2), times1gb[name].toFixed(2)]),
])

const lists = [
  own('no filter', small),
  own('all match', small, '-Y', 'frame'),
  own('half match', small, '-Y', 'sll.pkttype == 4'),
  own('http', small, '-Y', 'http'),
  own('few match', small, ...FEW),
]
const listed = await interleaved(roundsOr(5), lists)
console.log()
printTable([
  ['rows, 100 MB', 's', 'times the list without a filter'],
  ...lists.map(({ name }, index) => [
    name,
    listed[index].seconds.toFixed(2),
    ratio(listed[index], listed[0]).toFixed(2),
  ]),
])

const goal = (what, most, measured, than = 'the bare scan') => ({
  what: `${what} within ${most} times ${than}`,
  isReached: measured <= most,
  measured: `${measured.toFixed(2)} times`,
})
const ofLarge = (name, most) => goal(`${name}, of 1 GB`, most, times1gb[name])
judge([
  goal('filtering by addresses, in process', HEADERS, slower('ip.src == 1.2.3.4')),
  goal('filtering by http, in process', HTTP, slower('http')),
  ...contestants.slice(1).map(({ name }) => ofLarge(name, name.includes('http') ? HTTP : HEADERS)),
  ...lists
    .slice(1)
    .map(({ name }, index) =>
      goal(`rows, ${name}`, 1, ratio(listed[index + 1], listed[0]), 'the list without a filter'),
    ),
])
