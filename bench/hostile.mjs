// What was made to be too much, at full size: floods of flows, fragments and gaps, endless pipes, lists of a gigabyte, full disks,
// readers that stop, files that grow and are cut. Prints a table of time, memory and how the command ended; fails above the limit.
//   node bench/hostile.mjs [--only WORD] [--part N]     --part 100: a hundredth of the size
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
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'

const LIMIT = 300
const BATCH = 4096
const COMMAND = new URL('../dist/ovl-dissect.js', import.meta.url).pathname
const FIXTURE = readFileSync(new URL('../fixtures/vxlan.pcap', import.meta.url))
const { values: options } = parseArgs({ options: { only: { type: 'string' }, part: { type: 'string', default: '1' } } })
const part = Number(options.part)
const folder = mkdtempSync(join(process.env.OVL_BENCH_DIR ?? tmpdir(), 'ovl-hostile.'))
const sized = (count) => Math.ceil(count / part)

// The high-water mark of the kernel, of this program alone.
const REPORT = `data:text/javascript,import{readFileSync}from'node:fs';process.on('exit',()=>process._rawDebug('peak-of-memory '+/VmHWM:\\s+(\\d+)/.exec(readFileSync('/proc/self/status','utf8'))[1]))`

/** Classic capture, Ethernet, a template of `layers` for each packet; `change(bytes, at, number)` makes it one of its own. */
function* capture(frame, count, change) {
  const head = Buffer.alloc(24)
  head.writeUInt32LE(0xa1b2c3d4, 0)
  head.writeUInt32LE(0x00040002, 4)
  head.writeUInt32LE(262144, 16)
  head.writeUInt32LE(1, 20)
  yield head
  const size = 16 + frame.length
  for (let number = 0; number < count; number += BATCH) {
    const many = Math.min(BATCH, count - number)
    const bytes = Buffer.alloc(many * size)
    for (let one = 0; one < many; one++) {
      const at = one * size
      bytes.writeUInt32LE(1_795_378_377 + Math.floor((number + one) / 100_000), at)
      bytes.writeUInt32LE(((number + one) % 100_000) * 10, at + 4)
      bytes.writeUInt32LE(frame.length, at + 8)
      bytes.writeUInt32LE(frame.length, at + 12)
      bytes.set(frame, at + 16)
      change(bytes, at + 16, number + one)
    }
    yield bytes
  }
}

function ip(protocol, from, to, payload) {
  const bytes = Buffer.alloc(34)
  bytes.writeUInt16BE(0x0800, 12)
  bytes[14] = 0x45
  bytes.writeUInt16BE(20 + payload.length, 16)
  bytes[22] = 64
  bytes[23] = protocol
  bytes.set([...from, ...to], 26)
  return Buffer.concat([bytes, payload])
}

function udp(port, payload) {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt16BE(40000, 0)
  bytes.writeUInt16BE(port, 2)
  bytes.writeUInt16BE(8 + payload.length, 4)
  return Buffer.concat([bytes, payload])
}

function tcp(flags, payload) {
  const bytes = Buffer.alloc(20)
  bytes.writeUInt16BE(40000, 0)
  bytes.writeUInt16BE(80, 2)
  bytes[12] = 0x50
  bytes[13] = flags
  return Buffer.concat([bytes, payload])
}

const tunnelled = (inner) =>
  ip(
    17,
    [192, 168, 10, 100],
    [192, 168, 20, 100],
    udp(8472, Buffer.concat([Buffer.from([8, 0, 0, 0, 0, 0, 1, 0]), inner])),
  )
/** Where the inner IP header lies in such a packet. */
const INNER = 14 + 20 + 8 + 8 + 14

const NODES = [
  [10, 0, 0, 1],
  [10, 0, 0, 2],
]
const PACKETS = {
  'flows: 5 million, each of its own pods': () =>
    capture(tunnelled(ip(6, ...NODES, tcp(2, Buffer.alloc(0)))), sized(5_000_000), (bytes, at, number) => {
      bytes.writeUInt32BE(0x0a000000 + number, at + INNER + 12)
      bytes.writeUInt32BE(0x0b000000 + ((number * 7919) & 0xffffff), at + INNER + 16)
    }),
  'flows: 5 million by ports between two pods': () =>
    capture(tunnelled(ip(6, ...NODES, tcp(2, Buffer.alloc(0)))), sized(5_000_000), (bytes, at, number) => {
      bytes.writeUInt16BE(number & 0xffff, at + INNER + 20)
      bytes.writeUInt16BE(number >>> 16, at + INNER + 22)
    }),
  'fragments: 2 million first ones': () =>
    capture(ip(17, ...NODES, udp(8472, Buffer.alloc(200))), sized(2_000_000), (bytes, at, number) => {
      bytes.writeUInt16BE(number & 0xffff, at + 18)
      bytes.writeUInt16BE(0x2000, at + 20)
      bytes.writeUInt16BE(number >>> 16, at + 28)
    }),
  'fragments: 2 million holes in one datagram': () =>
    capture(ip(17, ...NODES, udp(8472, Buffer.alloc(200))), sized(2_000_000), (bytes, at, number) => {
      bytes.writeUInt16BE(0x2000 | ((number * 53) % 8100), at + 20)
    }),
  'gaps: a million segments of one connection': () =>
    capture(
      ip(6, ...NODES, tcp(0x18, Buffer.from('GET / HTTP/1.1\r\n'.padEnd(100, 'x')))),
      sized(1_000_000),
      (bytes, at, number) => {
        bytes.writeUInt32BE((number * 200) >>> 0, at + 38)
      },
    ),
  'gaps: a million connections, each with half a head': () =>
    capture(
      ip(6, ...NODES, tcp(0x18, Buffer.from('GET / HTTP/1.1\r\nContent-Length: 99999\r\n\r\n'.padEnd(600, 'x')))),
      sized(1_000_000),
      (bytes, at, number) => {
        bytes.writeUInt32BE(0x0a000000 + number, at + 26)
      },
    ),
}

const COMMANDS = [
  [],
  ['--summary'],
  ['-T', 'ndjson'],
  ['-Y', 'http.request'],
  ['-Y', 'vni == 2'],
  ['flows'],
  ['path'],
  ['path', '--flow'],
  ['diagnose'],
]

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

let missed = 0
const tell = (what, { status, mebibytes, printed, seconds, words }, expected = [0]) => {
  const isBad = mebibytes > LIMIT || !expected.includes(status) || /\n {4}at /.test(words)
  if (isBad) missed++
  const line =
    words
      .trim()
      .split('\n')
      .find((one) => one.startsWith('ovl-dissect: ')) ?? ''
  console.log(
    `${isBad ? 'MISSED ' : 'held   '}${what.padEnd(72)} ${String(Math.round(mebibytes)).padStart(4)} MiB ${seconds.toFixed(1).padStart(6)} s  status ${status}, ${printed} bytes out  ${line.slice(0, 100)}`,
  )
}
const wanted = (name) => options.only === undefined || name.includes(options.only)

try {
  for (const [name, make] of Object.entries(PACKETS)) {
    if (!wanted(name)) continue
    const path = join(folder, 'flood.pcap')
    const file = openSync(path, 'w')
    for (const chunk of make()) writeSync(file, chunk)
    closeSync(file)
    for (const command of part < 10 ? COMMANDS.filter((one) => !one.includes('ndjson')) : COMMANDS)
      tell(`${name}; ${command.join(' ') || 'the list'}`, await run([...command, path]))
    tell(`${name}; flows -`, await run(['flows', '-'], make()))
    rmSync(path)
  }
  const fixture = new URL('../fixtures/vxlan.pcap', import.meta.url).pathname
  for (const [name, make] of Object.entries(LISTS))
    if (wanted(`names: ${name}`)) tell(`names: ${name}`, await run([fixture, '--names', '-', '-q'], make()), [0, 2])
  await pipes()
} finally {
  rmSync(folder, { recursive: true, force: true })
}
console.log(missed === 0 ? `all held: below ${LIMIT} MiB, no stack, expected status` : `${missed} missed`)
process.exitCode = missed === 0 ? 0 : 1

async function pipes() {
  const records = FIXTURE.subarray(24)
  function* endless(times) {
    yield FIXTURE.subarray(0, 24)
    const many = Buffer.concat(Array.from({ length: 100 }, () => records))
    for (let done = 0; done < times; done += 100) yield many
  }
  const times = sized(10_000_000 / 116)
  for (const command of [[], ['-Y', 'http'], ['flows'], ['path'], ['diagnose'], ['-w', join(folder, 'long.pcapng')]])
    if (wanted('pipe'))
      tell(
        `pipe of 10 million packets; ${command.join(' ').replace(folder, '') || 'the list'}`,
        await run(
          [...command, '-', '-q'].filter((one) => one !== '-q' || !['path', 'flows', 'diagnose'].includes(command[0])),
          endless(times),
        ),
      )

  if (wanted('disk')) {
    const full = openSync('/dev/full', 'w')
    for (const command of [[], ['-w', '-'], ['flows'], ['-T', 'json']])
      tell(
        `full disk; ${command.join(' ') || 'the list'} > /dev/full`,
        await run([...command, fixturePath()], [], full),
        [2],
      )
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
      tell(`file that is cut while it is read; ${command.join(' ') || 'the list'}`, await shrinking, [0, 2])
    }
  }
  if (wanted('rest')) console.log(`left in ${folder}: ${readdirSync(folder).join(' ')}`)
}

function fixturePath() {
  return new URL('../fixtures/vxlan.pcap', import.meta.url).pathname
}
