/**
 * In process: `scan` against the bare record events of pcap-parser, which decodes nothing, on 100 MB.
 *
 *   node bench/scan.bench.mjs [--check] [--rounds N]
 */
import { createRequire } from 'node:module'
import { createDissector, scan } from '../dist/index.js'
import { capture } from './captures.mjs'
import { judge, median, printTable, roundsOr } from './measure.mjs'
import { headerReader } from './read-headers.mjs'

// pcap-parser still uses new Buffer().
process.noDeprecation = true
const require = createRequire(import.meta.url)
const benny = require('benny')
const pcapParser = require('pcap-parser')

const GOAL = 5
const pcap = capture('100mb.pcap')
const pcapng = capture('100mb.pcapng')
/** Addresses, ports and VNIs need no application layers; the walk with them is a case of its own. */
const dissector = createDissector({ applications: false })

/** Emits every record; counts them, so that there is a listener at all. */
const bareEvents = () =>
  new Promise((done, failed) => {
    let packets = 0
    pcapParser
      .parse(pcap)
      .on('packet', () => packets++)
      .on('error', failed)
      .on('end', () => done(packets))
  })

const walkOnly = async (file) => {
  let layers = 0
  await scan(file, (_record, walk) => {
    layers += walk.depth
  })
  return layers
}

const headers = async (file) => {
  const { visit, sums } = headerReader(dissector)
  await scan(file, visit, { dissector })
  return sums.packets
}

const CASES = {
  'pcap-parser, bare record events': bareEvents,
  'scan, walk only, applications too': () => walkOnly(pcap),
  'scan, headers outer to inner': () => headers(pcap),
  'scan, headers outer to inner, pcapng': () => headers(pcapng),
}

await benny.suite(
  '100 MB in process',
  ...Object.entries(CASES).map(([name, work]) => benny.add(name, async () => void (await work()))),
  benny.configure({ cases: { minSamples: 8, maxTime: 3 } }),
  benny.cycle(),
  benny.complete(),
)

/** benny runs case after case. What a ratio is taken from runs in turn, so that a busy machine slows all of them. */
async function inTurn(rounds) {
  const times = Object.fromEntries(Object.keys(CASES).map((name) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const [name, work] of Object.entries(CASES)) {
      const begin = process.hrtime.bigint()
      await work()
      times[name].push(Number(process.hrtime.bigint() - begin) / 1e6)
    }
  }
  return times
}

const times = await inTurn(roundsOr(9))
const [bare, , decoded] = Object.values(times)
const against = (own) => median(own.map((time, round) => bare[round] / time))
console.log('\nIn turn, medians:\n')
printTable([
  ['', 'ms', 'times as fast as pcap-parser'],
  ...Object.entries(times).map(([name, own]) => [name, median(own).toFixed(0), against(own).toFixed(2)]),
])
judge([
  {
    what: `scan with headers at least ${GOAL} times as fast as bare record events`,
    isReached: against(decoded) >= GOAL,
    measured: `${against(decoded).toFixed(2)} times`,
  },
])
