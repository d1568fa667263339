/**
 * The viewer in a terminal: time to the first row, and from a key to what it changes, also while a large capture is being
 * indexed; beside termshark on the same file where it is installed.
 *
 *   node bench/viewer.mjs [--packets 10000000]
 */
import { spawn, spawnSync } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { capture, DIRECTORY } from './captures.mjs'
import { COMMAND, environment, inProject, installed, judge, printTable } from './measure.mjs'

const { values } = parseArgs({
  options: { packets: { type: 'string', default: '10000000' }, check: { type: 'boolean' }, rounds: { type: 'string' } },
})
const PACKETS = Number(values.packets)
const COLUMNS = 200
const ROWS = 60
const KEYS = 150
/** Milliseconds between two keys. */
const GAP = 40

/** Frames of a fixture over and over, cut after 110 bytes: small enough for many. */
function manyPackets() {
  const path = join(DIRECTORY, `viewer-${PACKETS}.pcap`)
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
  for (let left = PACKETS, times = 0; left > 0; left -= records.length, times++) {
    for (const [at, second] of seconds) round.writeUInt32LE(second + times * 2, at)
    const end = left >= records.length ? round.length : seconds[left][0]
    writeSync(file, round.subarray(0, end))
  }
  closeSync(file)
  renameSync(`${path}.part`, path)
  return path
}

/** A command in a terminal that `script` makes. */
class Session {
  constructor(command) {
    this.began = performance.now()
    this.child = spawn('script', ['-qfec', `stty rows ${ROWS} cols ${COLUMNS}; exec ${command}`, '/dev/null'], {
      env: { ...process.env, TERM: 'xterm-256color', CI: '', XDG_STATE_HOME: '/nonexistent', NO_COLOR: '' },
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    this.text = ''
    this.waiting = undefined
    this.child.stdout.on('data', (chunk) => {
      this.text = (this.text + chunk.toString('latin1')).slice(-200_000)
      this.waiting?.()
    })
  }

  /** Milliseconds from `since` until `test` holds of what came after it; NaN: it never did. */
  async until(test, since, patience) {
    const end = performance.now() + patience
    while (!test(this.text)) {
      const left = end - performance.now()
      if (left <= 0) return Number.NaN
      await Promise.race([
        new Promise((resolve) => {
          this.waiting = resolve
        }),
        setTimeout(left),
      ])
    }
    return performance.now() - since
  }

  /** Milliseconds from a key to the first thing that is painted above the last row, where the progress is shown. */
  async key(key) {
    this.text = ''
    const since = performance.now()
    this.child.stdin.write(key)
    return this.until(
      (text) => [...text.matchAll(/\x1b\[(\d+);\d+H/g)].some(([, row]) => Number(row) < ROWS),
      since,
      5000,
    )
  }

  /** Most memory it has had, in MB. */
  memory() {
    const [pid] = spawnSync('pgrep', ['-P', String(this.child.pid)], { encoding: 'utf8' })
      .stdout.trim()
      .split('\n')
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1000
  }

  async end(key) {
    this.child.stdin.write(key)
    await Promise.race([new Promise((resolve) => this.child.once('exit', resolve)), setTimeout(3000)])
    this.child.kill()
  }
}

/** Down and up in turn, so that there is always something to paint. */
async function keys(session, count, [down, up]) {
  const times = []
  for (let n = 0; n < count; n++) {
    times.push(await session.key(n % 2 === 0 ? down : up))
    await setTimeout(GAP)
  }
  times.sort((a, b) => a - b)
  return { median: times[times.length >> 1], p95: times[Math.floor(times.length * 0.95)] }
}

const ms = (value) => (Number.isNaN(value) ? 'never' : `${value.toFixed(value < 10 ? 1 : 0)} ms`)

async function measureOurs(path, count) {
  const session = new Session(`${process.execPath} ${COMMAND} ${path}`)
  const first = await session.until((text) => text.includes('0.000000'), session.began, 20_000)
  const early = await keys(session, KEYS, ['j', 'k'])
  await session.until((text) => text.includes(`/${count} packets`), session.began, 600_000)
  session.text = ''
  const jump = performance.now()
  session.child.stdin.write('G')
  const end = await session.until((text) => text.includes(`${count}/`), jump, 600_000)
  const late = await keys(session, KEYS, ['k', 'j'])
  await setTimeout(500)
  const memory = session.memory()
  await session.end('q')
  return { first, early, end, late, memory }
}

async function measureTermshark(path) {
  const session = new Session(`termshark -r ${path} -d udp.port==8472,vxlan`)
  const first = await session.until((text) => text.includes('0.000000'), session.began, 120_000)
  await setTimeout(2000)
  const late = await keys(session, KEYS / 3, ['\x1b[B', '\x1b[A'])
  await session.end('q\r')
  return { first, late }
}

console.log(environment())
const rows = [['', 'first row', 'key while indexing, median', 'p95', 'G', 'key after, median', 'p95', 'most memory']]
const add = (name, { first, early, end, late, memory }) =>
  rows.push([
    name,
    ms(first),
    early ? ms(early.median) : '–',
    early ? ms(early.p95) : '–',
    end === undefined ? '–' : ms(end),
    ms(late.median),
    ms(late.p95),
    memory === undefined ? '–' : `${Math.round(memory)} MB`,
  ])

const small = inProject('fixtures/vxlan.pcap')
add('ovl-dissect, 116 packets', await measureOurs(small, 116))
const many = manyPackets()
const ours = await measureOurs(many, PACKETS)
add(`ovl-dissect, ${PACKETS} packets`, ours)
if (installed('termshark') !== undefined) {
  add('termshark, 116 packets', await measureTermshark(small))
  add('termshark, 100 MB', await measureTermshark(capture('100mb.pcap')))
}
printTable(rows)
judge([
  { what: 'first rows of 10 million packets in 400 ms', isReached: ours.first <= 400, measured: ms(ours.first) },
  {
    what: 'a key is painted in 16 ms (median) while indexing',
    isReached: ours.early.median <= 16,
    measured: ms(ours.early.median),
  },
  {
    what: 'a key is painted in 33 ms (p95) while indexing',
    isReached: ours.early.p95 <= 33,
    measured: ms(ours.early.p95),
  },
  { what: 'the viewer stays below 400 MB', isReached: ours.memory < 400, measured: `${Math.round(ours.memory)} MB` },
])
