/**
 * Rows of the default output, whole command, beside tcpdump and tshark where they are installed: few pods and many, JSON a
 * line, the time to the first row.
 *
 *   node bench/rows.mjs [--check] [--rounds N]
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { scan } from '../dist/index.js'
import { capture } from './captures.mjs'
import { COMMAND, installed, interleaved, judge, median, printTable, ratio, roundsOr } from './measure.mjs'

const node = process.execPath
const tcpdump = installed('tcpdump')
const tshark = installed('tshark')
const rounds = roundsOr(5)
const goals = []

const ours = (file, ...options) => ({
  name: `ovl-dissect ${options.join(' ')}`,
  command: [node, COMMAND, '-q', ...options, file],
})
const others = (file) => [
  ...(tcpdump ? [{ name: 'tcpdump -nn', command: [tcpdump, '-nn', '-r', file] }] : []),
  ...(tshark ? [{ name: 'tshark -n', command: [tshark, '-n', '-d', 'udp.port==8472,vxlan', '-r', file] }] : []),
]

/** Runs the list and its rivals on one capture; how many times as long each takes. */
async function compare(title, name) {
  const file = capture(name)
  let packets = 0
  await scan(file, () => void packets++)
  const contestants = [ours(file, '--print'), { ...ours(file, '--print'), output: 'pipe' }, ...others(file)]
  const results = await interleaved(rounds, contestants)
  const [own] = results
  console.log(`\n${title}: ${name}, ${packets} packets\n`)
  printTable([
    ['', 'output to', 's', 'rows a second', 'times ours', 'peak MiB'],
    ...contestants.map(({ name: what, output }, index) => [
      what,
      output === 'pipe' ? 'a pipe' : '/dev/null',
      results[index].seconds.toFixed(2),
      Math.round(packets / results[index].seconds).toLocaleString('en'),
      ratio(results[index], own).toFixed(1),
      results[index].peak?.toFixed(0) ?? '?',
    ]),
  ])
  return (what) => {
    const index = contestants.findIndex((one) => one.name.startsWith(what))
    return index < 0 ? undefined : ratio(results[index], own)
  }
}

/** A rival that is not installed is a goal that is missed. */
const atLeast = (what, least, measured) =>
  goals.push({
    what: `${what}: at least ${least} times ours`,
    isReached: measured !== undefined && measured >= least,
    measured: measured === undefined ? 'not measured' : `${measured.toFixed(1)} times`,
  })
const atMost = (what, most, measured) =>
  goals.push({ what: `${what}: at most ${most}`, isReached: measured <= most, measured: measured.toFixed(2) })

/** Milliseconds until a command has written something; it is ended then. */
async function untilOutput(command) {
  const begin = process.hrtime.bigint()
  const child = spawn(command[0], command.slice(1), { stdio: ['ignore', 'pipe', 'ignore'] })
  await Promise.race([once(child.stdout, 'data'), once(child, 'close')])
  const passed = Number(process.hrtime.bigint() - begin) / 1e6
  child.kill()
  if (child.exitCode === null && child.signalCode === null) await once(child, 'close')
  return passed
}

const few = await compare('few pods', '100mb-few.pcap')
atLeast('list, few pods, tcpdump -nn', 15, few('tcpdump'))
const many = await compare('many pods', '100mb.pcap')
atLeast('list, many pods, tshark', 15, many('tshark'))

const large = capture('4gb.pcap')
const first = { node: [], row: [] }
for (let round = 0; round < rounds * 2; round++) {
  first.node.push(await untilOutput([node, '-e', 'process.stdout.write("0")']))
  first.row.push(await untilOutput([node, COMMAND, '-q', large]))
}
const firstRow = median(first.row.map((time, round) => time / first.node[round]))
console.log(
  `\nfirst row of 4 GB after ${median(first.row).toFixed(0)} ms; node -e 0 takes ${median(first.node).toFixed(0)} ms`,
)
atMost('first row of 4 GB, times node -e 0', 1.6, firstRow)

const small = capture('10mb.pcap')
const [text, json] = await interleaved(rounds, [ours(small, '--print'), ours(small, '-T', 'ndjson')])
console.log(
  `\n10 MB: text ${text.seconds.toFixed(2)} s, NDJSON (every field of every layer) ${json.seconds.toFixed(2)} s`,
)
atMost('NDJSON of 10 MB, times our text', 1.5, ratio(json, text))

if (!tcpdump) console.log('\ntcpdump is not installed.')
if (!tshark) console.log('\ntshark is not installed.')
judge(goals)
