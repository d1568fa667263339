/**
 * Rows of the default output for each second, whole command, beside tcpdump and tshark where they are installed.
 *
 *   node bench/rows.mjs [--rounds N]
 */

import { scan } from '../dist/index.js'
import { capture } from './captures.mjs'
import { COMMAND, installed, interleaved, printTable, roundsOr } from './measure.mjs'

// tcpdump's time for a packet grows with the file: 10 MB is kind to it.
const file = capture('10mb.pcap')
let packets = 0
await scan(file, () => void packets++)

const tcpdump = installed('tcpdump')
const tshark = installed('tshark')
const commands = [
  ['ovl-dissect --print', [process.execPath, COMMAND, '--print', file]],
  ...(tcpdump ? [['tcpdump -nn', [tcpdump, '-nn', '-r', file]]] : []),
  ...(tshark ? [['tshark -n -d udp.port==8472,vxlan', [tshark, '-n', '-d', 'udp.port==8472,vxlan', '-r', file]]] : []),
]
const contestants = commands.flatMap(([name, command]) => [
  { name, command, output: 'null' },
  { name, command, output: 'pipe' },
])
const results = await interleaved(roundsOr(5), contestants)

console.log(`${packets} packets, 10 MB\n`)
printTable([
  ['', 'output to', 's', 'rows a second', 'peak MiB'],
  ...contestants.map(({ name, output }, index) => {
    const { seconds, peak } = results[index]
    const rate = Math.round(packets / seconds).toLocaleString('en')
    return [name, output === 'null' ? '/dev/null' : 'a pipe', seconds.toFixed(2), rate, peak?.toFixed(0) ?? '?']
  }),
])
if (!tcpdump) console.log('\ntcpdump is not installed.')
if (!tshark) console.log('\ntshark is not installed.')
