/**
 * A scan allocates nothing for a packet: after it has warmed up there is no garbage collection, and a second scan in
 * the same process runs in the code that was optimised for the first. V8 itself says so: --trace-gc and --trace-deopt.
 *
 *   node bench/no-gc.mjs [--check] [--rounds N]
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { createDissector, scan } from '../dist/index.js'
import { capture } from './captures.mjs'
import { judge, roundsOr } from './measure.mjs'
import { headerReader } from './read-headers.mjs'

/** One run may be lucky: where the last collection of the warm-up falls is a matter of chance. */
const ROUNDS = 5
/** Megabytes in which code is optimised and the first garbage is cleared away. */
const WARM_UP = 25
const GARBAGE_COLLECTION = /^\[\d+:0x[0-9a-f]+\].* ms: (?:Scavenge|Mark-Compact|Minor Mark-Compact)/
const DEOPTIMIZED = /^\[bailout .*deoptimizing 0x[0-9a-f]+ <JSFunction (\S*)/
/** What runs for every packet. */
const HOT = /^(?:next|visitAll|visit|walkPacket|walkOn|step|read|nextBy\w+|limitTo|messageKind)$/

/** The part that runs in a child: scans, and turns one of V8's traces on where the proof begins. */
const PARTS = {
  /** No garbage collection from `WARM_UP` to the end. */
  async gc(file) {
    await traced('--trace-gc', WARM_UP * 1e6, file, headerReader(dissector).visit)
  },
  /** The counter-proof: an object is kept a while for every packet, and the trace shows it. */
  async 'gc-control'(file) {
    const { visit } = headerReader(dissector)
    let kept = []
    await traced('--trace-gc', WARM_UP * 1e6, file, (record, walk) => {
      if (kept.push({ number: record.number }) > 1000) kept = []
      visit(record, walk)
    })
  },
  /** No deoptimization of what is hot in a second scan. */
  async deopt(file) {
    const { visit } = headerReader(dissector)
    await scan(file, visit, { dissector })
    await traced('--trace-deopt', 0, file, visit)
  },
}
const dissector = createDissector()

/** Scans with `flag` on from byte `from` to the end of the last record. */
async function traced(flag, from, file, visit) {
  let isOn = false
  await scan(
    file,
    (record, walk) => {
      if (!isOn && record.offset >= from) {
        isOn = true
        setFlagsFromString(flag)
      }
      visit(record, walk)
    },
    { dissector },
  )
  setFlagsFromString(flag.replace('--', '--no-'))
}

/** The lines that a part's trace has. */
function trace(part, file) {
  const self = fileURLToPath(import.meta.url)
  const { stdout, stderr, status } = spawnSync(process.execPath, [self, '--part', part, file], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  if (status !== 0) throw new Error(stderr)
  return stdout.split('\n')
}

function prove() {
  const goals = []
  for (const name of ['100mb.pcap', '1gb.pcap', '100mb.pcapng']) {
    const rounds = Array.from({ length: roundsOr(ROUNDS) }, () =>
      trace('gc', capture(name)).filter((line) => GARBAGE_COLLECTION.test(line)),
    )
    const seen = rounds.flat()
    for (const line of seen) console.log(`  ${name} ${line}`)
    goals.push({
      what: `no garbage collection in a scan of ${name} after the first ${WARM_UP} MB (--trace-gc)`,
      isReached: seen.length === 0,
      measured: `in ${rounds.length} scans ${rounds.map(({ length }) => length).join(', ')} seen`,
    })
  }
  const control = trace('gc-control', capture('100mb.pcap')).filter((line) => GARBAGE_COLLECTION.test(line))
  goals.push({
    what: 'the same scan with one object a packet has garbage collections',
    isReached: control.length > 0,
    measured: `${control.length} seen`,
  })
  const bailouts = trace('deopt', capture('100mb.pcap'))
    .map((line) => DEOPTIMIZED.exec(line)?.[1])
    .filter((name) => name !== undefined)
  const hot = bailouts.filter((name) => HOT.test(name))
  goals.push({
    what: 'a second scan deoptimizes nothing that is hot (--trace-deopt)',
    isReached: hot.length === 0,
    measured: `${hot.length} hot functions, ${bailouts.length} in all${bailouts.length > 0 ? `: ${bailouts.join(', ')}` : ''}`,
  })
  judge(goals)
}

const at = process.argv.indexOf('--part')
if (at < 0) prove()
else await PARTS[process.argv[at + 1]](process.argv[at + 2])
