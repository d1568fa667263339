// What was made to be too much, at full size: floods of flows, fragments and gaps, endless pipes, lists of a gigabyte, full disks,
// readers that stop, files that grow and are cut. Prints a table of time, memory and how the command ended; fails above the limit.
//   node bench/hostile.mjs [--only WORD] [--command WORDS] [--part N] [--report | --json]
//     --only: what is read, such as 'nodes and VNI', pipe, names; --command=…: 'path', '--summary', 'the list', viewer
//     --part 100: a hundredth of the size; --report: a table in Markdown after; --json: a line of JSON for each run, and no other
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { FLOODS } from './floods.mjs'
import { installed } from './measure.mjs'
import { MeasuredTerminal } from './terminal.mjs'

const LIMIT = 300
/** The viewer keeps an index of all packets: in MB, of 10 million of them. */
const VIEWER_LIMIT = 400e6 / 2 ** 20
const COMMAND = new URL('../dist/ovl-dissect.cjs', import.meta.url).pathname
const FIXTURE = readFileSync(new URL('../fixtures/vxlan.pcap', import.meta.url))
const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    command: { type: 'string' },
    part: { type: 'string', default: '1' },
    report: { type: 'boolean' },
    json: { type: 'boolean' },
  },
})
const part = Number(options.part)
const folder = mkdtempSync(join(process.env.OVL_BENCH_DIR ?? tmpdir(), 'ovl-hostile.'))
const sized = (count) => Math.ceil(count / part)

// The high-water mark of the kernel, of this program alone.
const REPORT = `data:text/javascript,import{readFileSync}from'node:fs';process.on('exit',()=>process._rawDebug('peak-of-memory '+/VmHWM:\\s+(\\d+)/.exec(readFileSync('/proc/self/status','utf8'))[1]))`

const COMMANDS = [
  [],
  ['--summary'],
  ['-Y', 'http.request'],
  ['-Y', 'vni == 2'],
  ['flows'],
  ['path'],
  ['path', '--flow'],
  ['diagnose'],
  ['topology'],
  ['topology', '-T', 'json'],
  ['flows', '--by', 'node'],
  ['-w', '/dev/null'],
]
/** A line for each packet is long, one for each field longer: of full size they would only take long. */
const WORDY = [['-V'], ['-T', 'json'], ['-T', 'ndjson']]

function* repeated(text, bytes) {
  const chunk = Buffer.alloc(2 ** 20, text)
  for (let done = 0; done < bytes; done += chunk.length) yield chunk
}
function* pods(bytes, item, first = '', last = '') {
  yield Buffer.from(first)
  let done = 0
  for (let number = 0; done < bytes; ) {
    let text = ''
    for (let one = 0; one < 500; one++) text += item(number++)
    done += text.length
    yield Buffer.from(text)
  }
  yield Buffer.from(last)
}
const GIGABYTE = sized(2 ** 30)
/** Texts are read as a whole up to here. */
const WHOLE = sized(31 * 2 ** 20)
const host = (n) => `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255} host-${n}.example\n`
const yamlPod = (n) =>
  `- kind: Pod\n  metadata:\n    name: p-${n}\n    namespace: a\n  status:\n    phase: Running\n    podIP: 10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}\n`
const LISTS = {
  'hosts, 1 GB of distinct names': () => pods(GIGABYTE, host),
  'hosts, 31 MiB': () => pods(WHOLE, host),
  'YAML, 31 MiB of one document': () => repeated('a: &a [*a, *a]\n', WHOLE),
  'YAML, 31 MiB of pods': () => pods(WHOLE, yamlPod, 'kind: List\nitems:\n'),
  'one line of 1 GB': () => repeated('x', GIGABYTE),
  'JSON, 1 GB in one text': () => repeated('{"a":"', GIGABYTE),
  'JSON, 1 GB of brackets': () => repeated('[', GIGABYTE),
  'JSON, 1 GB of pods': () =>
    pods(
      GIGABYTE,
      (n) =>
        `${n === 0 ? '' : ','}{"kind":"Pod","metadata":{"name":"p-${n}","namespace":"a"},"status":{"phase":"Running","podIP":"10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}"}}`,
      '{"kind":"List","items":[',
      ']}',
    ),
  'YAML, 1 GB of pods': () => pods(GIGABYTE, yamlPod, 'kind: List\nitems:\n'),
  'YAML, 1 GB of one document': () => repeated('a: &a [*a, *a]\n', GIGABYTE),
}

/** Runs the command; output is read and dropped, or goes to a descriptor. */
async function run(args, input = [], stdout = 'pipe') {
  const began = performance.now()
  const child = spawn(process.execPath, ['--import', REPORT, COMMAND, ...args], {
    stdio: ['pipe', stdout, 'pipe'],
    env: { ...process.env, NO_COLOR: '1' },
  })
  let [words, printed] = ['', 0]
  child.stdout?.on('data', (chunk) => {
    printed += chunk.length
  })
  child.stderr.on('data', (chunk) => {
    if (words.length < 1e6) words += chunk
  })
  child.stdin.on('error', () => undefined)
  const closed = once(child, 'close')
  for await (const chunk of input) {
    if (child.exitCode !== null || child.stdin.destroyed) break
    if (!child.stdin.write(chunk)) await Promise.race([once(child.stdin, 'drain').catch(() => undefined), closed])
  }
  child.stdin.end()
  const [status, signal] = await closed
  const mebibytes = Number(/peak-of-memory (\d+)/.exec(words)?.[1]) / 1024
  return {
    status: signal ?? status,
    mebibytes,
    printed,
    words: words.replace(/peak-of-memory \d+\n/, ''),
    seconds: (performance.now() - began) / 1000,
  }
}

/** Opens a capture in the viewer, waits until all of it is indexed, goes to its end and to the conversations. */
async function view(path, packets) {
  const began = performance.now()
  const environment = { CI: '', NO_COLOR: '', COLORTERM: '', XDG_STATE_HOME: '/nonexistent' }
  const terminal = new MeasuredTerminal({ columns: 120, rows: 40, environment })
  try {
    const since = await terminal.start(`${process.execPath} ${COMMAND} ${path}`)
    const indexed = await terminal.shown(`/${packets} packets`, since, 600_000)
    terminal.keys('G')
    const end = await terminal.shown(`${packets}/${packets} `, performance.now(), 60_000)
    terminal.keys('F')
    await wait(20_000 / part + 2000)
    const mebibytes = ((await terminal.memory()) * 1e6) / 2 ** 20
    const status = Number.isNaN(indexed + end) ? 'never at the end' : 0
    return { status, mebibytes, printed: 0, words: '', seconds: (performance.now() - began) / 1000 }
  } finally {
    await terminal.end('q')
  }
}

const rows = []
let missed = 0
const tell = (what, { status, mebibytes, printed, seconds, words }, expected = [0], limit = LIMIT) => {
  const isBad = !(mebibytes <= limit) || !expected.includes(status) || /\n {4}at /.test(words)
  if (isBad) missed++
  const line =
    words
      .trim()
      .split('\n')
      .find((one) => /^ovl-dissect: |not told apart|not on the map/.test(one)) ?? ''
  rows.push({ what, mebibytes, seconds, status, line, isBad })
  if (options.json)
    console.log(JSON.stringify({ what, mebibytes, limit: Math.floor(limit), seconds, status, isHeld: !isBad }))
  else
    console.log(
      `${isBad ? 'MISSED ' : 'held   '}${what.padEnd(72)} ${String(Math.round(mebibytes)).padStart(4)} MiB ${seconds.toFixed(1).padStart(6)} s  status ${status}, ${printed} bytes out  ${line.slice(0, 100)}`,
    )
}
const wanted = (name) => options.only === undefined || name.includes(options.only)
/** A command in words, and whether it was asked for. */
const wordsOf = (command) => command.join(' ').replace(folder, '') || 'the list'
const asked = (command) => options.command === undefined || wordsOf(command) === options.command

try {
  for (const [flood, { full, packets }] of Object.entries(FLOODS)) {
    const name = `${sized(full)} ${flood}`
    if (!wanted(name)) continue
    const make = () => packets(sized(full))
    const path = join(folder, 'flood.pcap')
    const file = openSync(path, 'w')
    for (const chunk of make()) writeSync(file, chunk)
    closeSync(file)
    for (const command of (part < 10 ? COMMANDS : [...COMMANDS, ...WORDY]).filter(asked))
      tell(`${name}; ${wordsOf(command)}`, await run([...command, path]))
    if (asked(['viewer']) && installed('tmux') !== undefined)
      tell(`${name}; viewer`, await view(path, sized(full)), [0], VIEWER_LIMIT)
    if (asked(['flows', '-'])) tell(`${name}; flows -`, await run(['flows', '-'], make()))
    rmSync(path)
  }
  const fixture = new URL('../fixtures/vxlan.pcap', import.meta.url).pathname
  for (const [name, make] of Object.entries(LISTS))
    if (wanted(`names: ${name}`)) tell(`names: ${name}`, await run([fixture, '--names', '-', '-q'], make()), [0, 2])
  await pipes()
} finally {
  rmSync(folder, { recursive: true, force: true })
}
if (options.report) report()
if (!options.json)
  console.log(missed === 0 ? `all held: below ${LIMIT} MiB, no stack, expected status` : `${missed} missed`)
process.exitCode = missed === 0 ? 0 : 1

/** The same as Markdown, for bench/README.md. */
function report() {
  console.log(`\n| what | most memory | seconds | exit | what was said |\n|---|---:|---:|---|---|`)
  for (const { what, mebibytes, seconds, status, line, isBad } of rows) {
    const said = line.replaceAll(folder, '').replaceAll('|', '\\|').slice(0, 90)
    console.log(
      `| ${what.replaceAll('|', '\\|')} | ${isBad ? '**' : ''}${Math.round(mebibytes)} MiB${isBad ? '**' : ''} | ${seconds.toFixed(1)} | ${status} | ${said} |`,
    )
  }
  const most = rows.reduce((worst, { mebibytes }) => Math.max(worst, mebibytes), 0)
  console.log(
    `\n${rows.length} runs, ${missed} missed; at most ${Math.round(most)} MiB; Node ${process.version}, ${cpus()[0]?.model}, ${new Date().toISOString().slice(0, 10)}, sizes 1/${part}\n`,
  )
}

async function pipes() {
  const records = FIXTURE.subarray(24)
  function* endless(times) {
    yield FIXTURE.subarray(0, 24)
    const many = Buffer.concat(Array.from({ length: 100 }, () => records))
    for (let done = 0; done < times; done += 100) yield many
  }
  const times = sized(10_000_000 / 116)
  for (const command of [[], ['-Y', 'http'], ['flows'], ['path'], ['diagnose'], ['-w', join(folder, 'long.pcapng')]])
    if (wanted('pipe') && asked(command))
      tell(
        `pipe of ${sized(10_000_000)} packets; ${wordsOf(command)}`,
        await run(
          [...command, '-', '-q'].filter((one) => one !== '-q' || !['path', 'flows', 'diagnose'].includes(command[0])),
          endless(times),
        ),
      )

  if (wanted('disk')) {
    const full = openSync('/dev/full', 'w')
    for (const command of [[], ['-w', '-'], ['flows'], ['-T', 'json']])
      tell(`full disk; ${wordsOf(command)} > /dev/full`, await run([...command, fixturePath()], [], full), [2])
    closeSync(full)
  }
  if (wanted('grows')) {
    const path = join(folder, 'grows.pcap')
    writeFileSync(path, FIXTURE)
    const file = openSync(path, 'a')
    const growing = run([path, '-q'])
    for (let times = 0; times < 200; times++) {
      writeSync(file, records)
      await wait(2)
    }
    closeSync(file)
    tell('file that grows while it is read; the list', await growing)
    const large = join(folder, 'shrinks.pcap')
    const target = openSync(large, 'w')
    for (const chunk of endless(sized(200_000))) writeSync(target, chunk)
    closeSync(target)
    for (const command of [[], ['flows'], ['diagnose']]) {
      const shrinking = run([...command, large])
      await wait(300)
      truncateSync(large, 1_000_003)
      tell(`file that is cut while it is read; ${wordsOf(command)}`, await shrinking, [0, 2])
    }
  }
  if (wanted('rest') && !options.json) console.log(`left in ${folder}: ${readdirSync(folder).join(' ')}`)
}

function fixturePath() {
  return new URL('../fixtures/vxlan.pcap', import.meta.url).pathname
}
