/** MySQL: greeting, login and commands. dev.mysql.com, MySQL Internals, Client/Server Protocol; numbers are little-endian. */
import { readUint24 } from '../../bytes/integers.ts'
import { isTo, namedOnly, textAt } from '../../dissect/named-only.ts'
import type { Reading } from '../../dissect/reading.ts'

const PORT = 3306
const HEAD = 4
const GREETING = 10
const FAILED = 0xff
/** Capabilities, longest packet, character set, and what is reserved. */
const LOGIN_HEAD = 32
const PROTOCOL_41 = 0x0200

const COMMANDS: Readonly<Record<number, string>> = {
  1: 'Quit',
  2: 'Use Database',
  3: 'Query',
  4: 'Show Fields',
  9: 'Statistics',
  10: 'Process List',
  12: 'Kill Server Thread',
  14: 'Ping',
  17: 'Change User',
  18: 'Send Binlog',
  21: 'Register Slave',
  22: 'Prepare Statement',
  23: 'Execute Statement',
  24: 'Send BLOB',
  25: 'Close Statement',
  26: 'Reset Statement',
  27: 'Set Option',
  28: 'Fetch Data',
  30: 'Send Binlog GTID',
  31: 'Reset Connection',
}

const lengthAt = (view: DataView, at: number) => {
  const reversed = readUint24(view, at)
  return ((reversed & 0xff) << 16) | (reversed & 0xff00) | (reversed >> 16)
}

/** The text up to the zero that ends it. */
function word(r: Reading, at: number): string {
  let end = at
  while (end < r.body && r.view.getUint8(end) !== 0) end++
  return textAt(r, at, end)
}

function words(r: Reading): string {
  const { view, start } = r
  const at = start + HEAD
  const sequence = view.getUint8(start + 3)
  const first = view.getUint8(at)
  if (!isTo(r, PORT)) {
    if (sequence === 0 && first === GREETING) return `Server Greeting  proto=${first} version=${word(r, at + 1)} `
    if (first === FAILED && r.body - at >= 3) return `Response  Error ${view.getUint16(at + 1, true)}`
    return first === 0 ? 'Response  OK' : 'Response'
  }
  if (sequence === 0) return `Request ${COMMANDS[first] ?? `(${first})`}`
  const isLogin = sequence === 1 && r.body - at > LOGIN_HEAD && (view.getUint16(at, true) & PROTOCOL_41) !== 0
  return isLogin ? `Login Request user=${word(r, at + LOGIN_HEAD)}` : 'Request'
}

export const mysql = namedOnly({
  name: 'mysql',
  title: 'MySQL Protocol',
  label: 'MySQL',
  attach: [['tcp.port', PORT]],
  is: (view, at, end) => end - at > HEAD && lengthAt(view, at) > 0 && lengthAt(view, at) <= end - at - HEAD,
  words,
})
