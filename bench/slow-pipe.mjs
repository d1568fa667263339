// A slow pipe: a packet every few seconds, for half an hour, into commands that read standard input. Each row has to be there before
// the next packet comes, and memory must not grow. Samples it once a minute; prints a table.
//   node bench/slow-pipe.mjs [--minutes 30] [--every 3]
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'

const COMMAND = new URL('../dist/ovl-dissect.cjs', import.meta.url).pathname
const FIXTURE = readFileSync(new URL('../fixtures/vxlan.pcap', import.meta.url))
const LIMIT = 300
const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '30' }, every: { type: 'string', default: '3' } },
})
const until = Date.now() + Number(values.minutes) * 60_000

/** The records of the fixture, each with its header. */
function recordsOf(capture) {
  const records = []
  for (let at = 24; at < capture.length; ) {
    const end = at + 16 + capture.readUInt32LE(at + 8)
    records.push(capture.subarray(at, end))
    at = end
  }
  return records
}

const runs = [[], ['-Y', 'udp'], ['flows'], ['path'], ['diagnose']].map((words) => {
  const child = spawn(process.execPath, [COMMAND, ...words, '-'], { env: { ...process.env, NO_COLOR: '1' } })
  const run = {
    name: words.join(' ') || 'the list',
    child,
    closed: once(child, 'close'),
    lines: 0,
    errors: '',
    peaks: [],
  }
  child.stdout.on('data', (chunk) => {
    for (const byte of chunk) if (byte === 10) run.lines++
  })
  child.stderr.on('data', (chunk) => {
    run.errors += chunk
  })
  child.stdin.on('error', () => undefined)
  child.stdin.write(FIXTURE.subarray(0, 24))
  return run
})
const resident = ({ child }) =>
  Math.round(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))[1]) / 1024)

const records = recordsOf(FIXTURE)
let [sent, late, sampled] = [0, 0, 0]
while (Date.now() < until) {
  const record = records[sent % records.length]
  sent++
  for (const { child } of runs) child.stdin.write(record)
  await wait(Number(values.every) * 1000)
  // The list flushes each row, and a heading before the first.
  if (runs[0].lines < sent) late++
  if (Date.now() - sampled < 60_000) continue
  sampled = Date.now()
  for (const run of runs) run.peaks.push(resident(run))
}
for (const { child } of runs) child.stdin.end()
let missed = late
for (const { name, child, closed, lines, errors, peaks } of runs) {
  await closed
  const isBad = child.exitCode !== 0 || Math.max(...peaks) > LIMIT || /\n {4}at /.test(errors)
  if (isBad) missed++
  console.log(
    `${isBad ? 'MISSED' : 'held  '} ${name.padEnd(10)} ${sent} packets, ${lines} lines, exit ${child.exitCode}; MiB each minute: ${peaks.join(' ')}`,
  )
}
console.log(`${late} rows came later than the packet after theirs; ${missed === 0 ? 'all held' : `${missed} missed`}`)
process.exitCode = missed === 0 ? 0 : 1
