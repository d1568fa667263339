/**
 * The viewer in a terminal: time to the first row, and from a key to what it changes, also while a large capture is being
 * indexed; beside termshark on the same file where it is installed.
 *
 *   node bench/viewer.mjs [--packets 10000000]
 */
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { DIRECTORY } from './captures.mjs'
import { COMMAND, environment, inProject, installed, judge, printTable } from './measure.mjs'
import { MeasuredTerminal } from './terminal.mjs'

const { values } = parseArgs({
  options: { packets: { type: 'string', default: '10000000' }, check: { type: 'boolean' }, rounds: { type: 'string' } },
})
const PACKETS = Number(values.packets)
/** As many as termshark is given, which has tshark word every row of the file first. */
const FEWER = Math.min(PACKETS, 200_000)
const COLUMNS = 200
const ROWS = 60
const KEYS = 150
/** Keys from which on a measurement says something. */
const ENOUGH = 20
/** Milliseconds between two keys. */
const GAP = 25

/** Frames of a fixture over and over, cut after 110 bytes: small enough for many. */
function manyPackets(count) {
  const path = join(DIRECTORY, `viewer-${count}.pcap`)
  if (existsSync(path)) return path
  mkdirSync(DIRECTORY, { recursive: true })
  const source = readFileSync(inProject('fixtures/vxlan.pcap'))
  const records = []
  for (let at = 24; at < source.length; ) {
    const captured = source.readUInt32LE(at + 8)
    const record = Buffer.from(source.subarray(at, at + 16 + Math.min(captured, 110)))
    record.writeUInt32LE(Math.min(captured, 110), 8)
    records.push(record)
    at += 16 + captured
  }
  const round = Buffer.concat(records)
  const seconds = []
  for (let at = 0; at < round.length; at += 16 + round.readUInt32LE(at + 8)) seconds.push([at, round.readUInt32LE(at)])
  const file = openSync(`${path}.part`, 'w')
  writeSync(file, source.subarray(0, 24))
  for (let left = count, times = 0; left > 0; left -= records.length, times++) {
    for (const [at, second] of seconds) round.writeUInt32LE(second + times * 2, at)
    const end = left >= records.length ? round.length : seconds[left][0]
    writeSync(file, round.subarray(0, end))
  }
  closeSync(file)
  renameSync(`${path}.part`, path)
  return path
}

/** Whether something is painted above the last row, where the progress is shown. */
const isAbove = (text) => [...text.matchAll(/\x1b\[(\d+)(?:;\d+)?H/g)].some(([, row]) => Number(row) < ROWS)

const newTerminal = () =>
  new MeasuredTerminal({
    columns: COLUMNS,
    rows: ROWS,
    environment: { CI: '', NO_COLOR: '', COLORTERM: '', XDG_STATE_HOME: '/nonexistent' },
  })

/** Milliseconds from a key to what it changes. */
function key(terminal, name, test) {
  const painted = terminal.painted(test, performance.now())
  terminal.keys(name)
  return painted
}

/** Down and up in turn, so that there is always something to paint; no more of them once `isOver`. */
async function keys(terminal, count, [down, up], test = isAbove, isOver = async () => false) {
  const times = []
  while (times.length < count) {
    times.push(await key(terminal, times.length % 2 === 0 ? down : up, test))
    await setTimeout(GAP)
    // What was pressed when it was over does not count.
    if (await isOver()) {
      times.pop()
      break
    }
  }
  const pressed = times.length
  // What was never painted comes last.
  times.sort((a, b) => (Number.isNaN(a) ? 1 : Number.isNaN(b) ? -1 : a - b))
  return { pressed, median: times[pressed >> 1], p95: times[Math.floor(pressed * 0.95)] }
}

const ms = (value) => (Number.isNaN(value) ? 'never' : `${value.toFixed(value < 10 ? 1 : 0)} ms`)
const FIRST = '0.000000'

async function measureOurs(path, count) {
  const terminal = newTerminal()
  const began = await terminal.start(`${process.execPath} ${COMMAND} ${path}`)
  const first = await terminal.shown(FIRST, began, 20_000)
  let indexed
  const early = await keys(terminal, KEYS, ['j', 'k'], isAbove, async () => {
    if (!(await terminal.screen()).includes(`/${count} packets`)) return false
    indexed = performance.now() - began
    return true
  })
  indexed ??= await terminal.shown(`/${count} packets`, began, 600_000)
  const jump = performance.now()
  terminal.keys('G')
  const end = await terminal.shown(`${count}/${count} `, jump, 600_000)
  const late = await keys(terminal, KEYS, ['k', 'j'])
  await setTimeout(500)
  const memory = await terminal.memory()
  await terminal.end('q')
  return { first, early, indexed, end, late, memory }
}

async function measureTermshark(path) {
  const terminal = newTerminal()
  const began = await terminal.start(`termshark -r ${path} -d udp.port==8472,vxlan`)
  const first = await terminal.shown(FIRST, began, 120_000)
  const late = await keys(terminal, KEYS / 3, ['Down', 'Up'])
  await terminal.end('q', 'Enter')
  return { first, late }
}

/** What tmux itself takes: a program that paints each key as it comes. */
async function measureEcho() {
  const terminal = newTerminal()
  await terminal.start("sh -c 'stty raw -echo; exec cat'")
  await setTimeout(500)
  const late = await keys(terminal, KEYS, ['j', 'k'], (text) => /[jk]/.test(text))
  terminal.stop()
  return { late }
}

console.log(environment())
if (installed('tmux') === undefined) {
  judge([{ what: 'the viewer in a terminal', isReached: false, measured: 'tmux is not installed' }])
  process.exit()
}
const rows = [
  ['', 'first row', 'keys while indexing', 'median', 'p95', 'all indexed', 'G', 'key, median', 'p95', 'most memory'],
]
const cell = (value) => (value === undefined || Number.isNaN(value) ? '–' : ms(value))
const add = (name, { first, early, indexed, end, late, memory }) =>
  rows.push([
    name,
    cell(first),
    early === undefined ? '–' : String(early.pressed),
    cell(early?.median),
    cell(early?.p95),
    cell(indexed),
    cell(end),
    cell(late?.median),
    cell(late?.p95),
    memory === undefined ? '–' : `${Math.round(memory)} MB`,
  ])

const small = inProject('fixtures/vxlan.pcap')
const many = manyPackets(PACKETS)
add('a terminal that echoes', await measureEcho())
add('ovl-dissect, 116 packets', await measureOurs(small, 116))
const ours = await measureOurs(many, PACKETS)
add(`ovl-dissect, ${PACKETS} packets`, ours)
if (installed('termshark') !== undefined) {
  add('termshark, 116 packets', await measureTermshark(small))
  add(`termshark, ${FEWER} packets`, await measureTermshark(manyPackets(FEWER)))
}
printTable(rows)
judge([
  { what: `first rows of ${PACKETS} packets in 400 ms`, isReached: ours.first <= 400, measured: ms(ours.first) },
  {
    what: 'a key is painted in 16 ms (median) while indexing',
    isReached: ours.early.pressed >= ENOUGH && ours.early.median <= 16,
    measured: `${ms(ours.early.median)}, of ${ours.early.pressed} keys`,
  },
  {
    what: 'a key is painted in 33 ms (p95) while indexing',
    isReached: ours.early.pressed >= ENOUGH && ours.early.p95 <= 33,
    measured: ms(ours.early.p95),
  },
  {
    what: 'the end is there as soon as all is indexed, in 100 ms',
    isReached: ours.end <= 100,
    measured: ms(ours.end),
  },
  { what: 'the viewer stays below 400 MB', isReached: ours.memory < 400, measured: `${Math.round(ours.memory)} MB` },
])
