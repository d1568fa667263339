/**
 * Against native programs and Node itself, in turn: the C yardstick (baseline.c, compiled here with cc and libpcap), tcpdump,
 * tshark, pcap-parser, `node -e 0`. First all must count the same. The rounds go to native.json beside the captures. Where
 * a program is not installed, the goal counts as missed.
 *
 *   node bench/native.mjs [--check] [--rounds N] [--quick] [--only WORDS]
 *
 * `--only`: comparisons whose names contain that. `--quick`: small captures, every command once: that all of it works and agrees. It says nothing of speed.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { capture, DIRECTORY } from './captures.mjs'
import {
  COMMAND,
  environment,
  inProject,
  installed,
  interleaved,
  isCheck,
  median,
  printTable,
  roundsOr,
} from './measure.mjs'

const isQuick = process.argv.includes('--quick')
const at = process.argv.indexOf('--only')
const only = at < 0 ? '' : process.argv[at + 1]
const rounds = isQuick ? 1 : roundsOr(5)
const node = process.execPath
const files = isQuick
  ? { large: '10mb.pcap', huge: '100mb.pcap', middle: '10mb.pcap', pcapng: '10mb.pcapng', few: '10mb-few.pcap' }
  : { large: '1gb.pcap', huge: '4gb.pcap', middle: '100mb.pcap', pcapng: '100mb.pcapng', few: '100mb-few.pcap' }
const { large, huge, middle, pcapng, few } = Object.fromEntries(
  Object.entries(files).map(([key, name]) => [key, capture(name)]),
)
const small = capture('10mb.pcap')
const yardstick = compiled()

const flows = (file, ...options) => [node, COMMAND, 'flows', ...options, file]
const list = (file, ...options) => [node, COMMAND, '--print', '--color', 'never', ...options, file]
const native = (how, file) => yardstick && [yardstick, how, file]
const tool = (name, ...options) => installed(name) && [name, ...options]
const overlay = ['-n', '-d', 'udp.port==8472,vxlan']
const nothing = [node, '-e', '0']

checkTotals()
/** Time of the first command over that of the second: at most `most`, or at least `least`. */
const COMPARED = [
  {
    what: 'flows --by pod, 1 GB / C with libpcap',
    most: 1,
    aim: 0.75,
    a: flows(large, '--by', 'pod'),
    b: native('pcap', large),
  },
  {
    what: 'flows --by pod, 4 GB / C with libpcap',
    most: 0.8,
    aim: 0.6,
    a: flows(huge, '--by', 'pod'),
    b: native('pcap', huge),
  },
  { what: 'flows, 1 GB / C with libpcap', most: 1.6, aim: 1.2, a: flows(large), b: native('pcap', large) },
  {
    what: 'scan, 1 GB / C with read(), each in process',
    most: 1.5,
    aim: 1,
    a: [node, inProject('bench/timed-scan.mjs'), large],
    b: native('read', large),
    seconds: said,
  },
  {
    what: 'tshark -z conv,ip / flows, 100 MB',
    least: 15,
    aim: 25,
    a: tool('tshark', '-q', ...overlay, '-z', 'conv,ip', '-r', middle),
    b: flows(middle),
  },
  {
    what: 'tcpdump -nn / list, 100 MB, few pods',
    least: 15,
    aim: 25,
    a: tool('tcpdump', '-nn', '-r', few),
    b: list(few),
  },
  {
    what: 'tshark / list, 100 MB, many pods',
    least: 15,
    aim: 22,
    a: tool('tshark', ...overlay, '-r', middle),
    b: list(middle),
  },
  { what: 'list as NDJSON / as text, 100 MB', most: 1.5, aim: 1.25, a: list(middle, '-T', 'ndjson'), b: list(middle) },
  {
    what: 'pcap-parser, bare records / flows, 1 GB',
    least: 5,
    aim: 9,
    a: [node, inProject('bench/bare-events.cjs'), large],
    b: flows(large),
  },
  { what: 'flows, pcapng / the same as pcap, 100 MB', most: 1.25, aim: 1.1, a: flows(pcapng), b: flows(middle) },
  { what: 'first row of 4 GB / node -e 0', most: 1.6, aim: 1.35, a: list(huge), b: nothing, seconds: firstOutput },
  { what: '--help / node -e 0', most: 1.25, aim: 1.15, a: [node, COMMAND, '--help'], b: nothing },
  { what: 'flows, 10 MB / node -e 0', most: 2, aim: 1.75, a: flows(small), b: nothing },
]

const results = []
for (const row of COMPARED) if (row.what.includes(only)) results.push(await compared(row))
if (only === '') results.push(...(await memoryAndLine()))
writeFileSync(
  join(DIRECTORY, 'native.json'),
  JSON.stringify({ environment: environment(), isQuick, rounds, results }, undefined, 2),
)
const format = (number) => (number === undefined ? '-' : number.toFixed(2))
printTable([
  ['', 'measured', 'must', 'aim', 'a, s', 'b, s'],
  ...results.map(({ what, measured, most, least, aim, times }) => [
    what,
    format(measured),
    most === undefined ? `>= ${least}` : `<= ${most}`,
    aim,
    ...(times ?? [[], []]).map((one) => format(median(one))),
  ]),
])
if (!isQuick) console.log()
for (const { what, measured, most, least, missing } of isQuick ? [] : results) {
  const isReached = measured !== undefined && (most === undefined ? measured >= least : measured <= most)
  const wanted = most === undefined ? `at least ${least}` : `at most ${most}`
  console.log(`${isReached ? 'reached' : 'MISSED '}  ${what}, ${wanted}: ${missing ?? format(measured)}`)
  if (!isReached && isCheck) process.exitCode = 1
}

async function compared({ a, b, seconds, ...row }) {
  if (!a || !b) return { ...row, missing: 'a program is missing' }
  const times = [[], []]
  for (let round = 0; round < rounds; round++) {
    for (const [index, command] of [a, b].entries()) {
      if (seconds !== undefined) times[index].push(await seconds(command))
      else times[index].push((await interleaved(1, [{ command }]))[0].times[0])
    }
  }
  return { ...row, times, measured: median(times[0].map((time, round) => time / times[1][round])) }
}

/** Peak memory above Node's own, and whether time grows as the file does. */
async function memoryAndLine() {
  const contestants = [nothing, ...[small, middle, large, huge].map((file) => flows(file, '--by', 'pod'))]
  const all = await interleaved(
    Math.min(rounds, 3),
    contestants.map((command) => ({ command })),
  )
  const [bare, ...ours] = all
  const base = median(bare.times)
  const peak = Math.max(...ours.map((one) => one.peak)) - bare.peak
  return [
    { what: 'flows --by pod, 10 MB to 4 GB: peak memory above node -e 0, MiB', most: 32, aim: 20, measured: peak },
    {
      what: 'flows --by pod, (4 GB - start) / (1 GB - start)',
      most: isQuick ? 20 : 4.4,
      aim: 4.1,
      times: [ours[3].times, ours[2].times],
      measured: (ours[3].seconds - base) / (ours[2].seconds - base),
    },
  ]
}

/** What a program says of its own time: the last number of seconds that it prints. */
async function said([program, ...options]) {
  const { stdout, stderr, status } = spawnSync(program, options, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}`)
  return Number(/"seconds":([\d.]+)/.exec(stdout)?.[1] ?? /^([\d.]+) s/m.exec(stderr)?.[1])
}

/** Until the first bytes come, or, where nothing comes, the end. */
function firstOutput([program, ...options]) {
  return new Promise((done, failed) => {
    const begin = process.hrtime.bigint()
    const child = spawn(program, options, { stdio: ['ignore', 'pipe', 'ignore'] })
    const end = () => {
      done(Number(process.hrtime.bigint() - begin) / 1e9)
      child.kill()
    }
    child.on('error', failed).once('exit', end)
    child.stdout.once('data', end)
  })
}

/** The yardstick, compiled; undefined where there is no compiler or no libpcap. */
function compiled() {
  const path = join(DIRECTORY, 'baseline')
  const options = ['-O2', '-march=native', '-DWITH_LIBPCAP', '-o', path, inProject('bench/baseline.c'), '-lpcap']
  const { status } = spawnSync('cc', options, { stdio: 'ignore' })
  return status === 0 ? path : undefined
}

/** The yardstick and the command must see the same: frames in tunnels, and directions of address pairs in them. */
function checkTotals() {
  if (yardstick === undefined) {
    console.error('The yardstick could not be compiled: cc and libpcap are needed')
    process.exitCode = 1
    return
  }
  for (const file of [small, middle]) {
    const text = execFileSync(yardstick, ['pcap', file], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    const [, frames, pairs] = /overlay (\d+) .*flows (\d+)/.exec(text).map(Number)
    const rows = execFileSync(node, [COMMAND, 'flows', '--by', 'pod', '-T', 'ndjson', file], {
      encoding: 'utf8',
      maxBuffer: 1e9,
    })
    const directions = rows
      .trim()
      .split('\n')
      .map((row) => JSON.parse(row))
      .filter((row) => row.outer !== undefined)
      .flatMap(({ forward, back }) => [forward, back])
      .filter((one) => one.frames > 0)
    const ours = { frames: directions.reduce((sum, one) => sum + one.frames, 0), pairs: directions.length }
    if (ours.frames !== frames || ours.pairs !== pairs)
      throw new Error(`${file}: ${JSON.stringify(ours)}, the yardstick has ${JSON.stringify({ frames, pairs })}`)
  }
}
