/**
 * What tests pay: importing the library, loading a capture of 100 MB for assertions, and an assertion about it.
 *
 *   node bench/assertions.mjs [--rounds N]
 *
 * Times are from the start of Node to its end; what Node takes for nothing is taken off.
 */
import { capture } from './captures.mjs'
import { inProject, interleaved, judge, printTable, roundsOr } from './measure.mjs'

/** Goals: milliseconds that importing adds, seconds and MiB of a loaded capture. */
const IMPORT = 60
const SECONDS = 2
const MEGABYTES = 300

const door = (name) => JSON.stringify(inProject(`dist/${name}.js`))
const file = JSON.stringify(capture('100mb.pcap'))
const load = `import { loadCapture } from ${door('index')}; const capture = await loadCapture(${file});`
const carry = (pattern) =>
  `${load} const { toCarry } = await import(${door('matchers')}); if (toCarry(capture, ${pattern}).pass) process.exitCode = 1`

const PROGRAMS = {
  'Node with nothing to do': '0',
  "import 'ovl-dissect'": `import ${door('index')}`,
  "import 'ovl-dissect' and 'ovl-dissect/assert'": `import ${door('index')}; import ${door('assert')}`,
  'loadCapture of 100 MB': load,
  'the same, and toCarry by addresses and VNI': carry("{ vni: 1, inner: { from: '192.0.2.1' } }"),
  'the same, and toCarry by http': carry("{ http: 'GET /nowhere' }"),
}

const results = await interleaved(
  roundsOr(5),
  Object.values(PROGRAMS).map((code) => ({
    command: [process.execPath, '--input-type=module', '--eval', code],
    output: 'null',
  })),
)
const [nothing, library, , loaded, byAddresses, byHttp] = results
printTable([
  ['', 's', 'beyond Node, ms', 'peak MiB'],
  ...Object.keys(PROGRAMS).map((what, index) => [
    what,
    results[index].seconds.toFixed(3),
    ((results[index].seconds - nothing.seconds) * 1000).toFixed(0),
    results[index].peak?.toFixed(0) ?? '?',
  ]),
])
const added = (library.seconds - nothing.seconds) * 1000
const peak = Math.max(...[loaded, byAddresses, byHttp].map((one) => one.peak ?? 0))
judge([
  {
    what: `importing the library adds under ${IMPORT} ms`,
    measured: `${added.toFixed(0)} ms`,
    isReached: added < IMPORT,
  },
  {
    what: `loadCapture of 100 MB in under ${SECONDS} s`,
    measured: `${loaded.seconds.toFixed(2)} s`,
    isReached: loaded.seconds < SECONDS,
  },
  {
    what: `loading and asserting in under ${MEGABYTES} MiB`,
    measured: `${peak.toFixed(0)} MiB`,
    isReached: peak < MEGABYTES,
  },
])
