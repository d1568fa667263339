/**
 * Flows: counters for each (pair, protocol, ports), one direction each. What only TCP has (when a connection was opened, answered,
 * ended) lies in a table beside, since most flows of a cluster are look-ups and pings.
 *
 * A row's words: pair, ports, protocol, state, packets, frames; then as 64-bit floats: bytes on the wire, inner bytes,
 * time of the first and of the last packet; then the connection's number and that of what was said.
 */
import { u8At, u16At, u32At } from './bytes'
import { enter, isFull, mixed, NUMBERS } from './hash-index'
import { CONNECTION_SIZE, CONNECTIONS, FLOWS, FLOWS_INDEX, FLOWS_INDEX_SIZE, MAX_FLOWS, ROW_SIZE } from './memory'
import { payload, protocol, TCP, transport, transportLayer, UDP } from './skim'
import { stretch } from './span'

/** What a direction of a TCP connection has sent, as bits of its state. */
const SYN: i32 = 1
const SYN_ACK: i32 = 2
const FIN: i32 = 4
const RESET: i32 = 8
const DATA: i32 = 16
const ACK: i32 = 32
/** Payloads of a flow that are asked what they are about; the state counts them above its bits. */
const ASKED: i32 = 4

/** Bytes into a row, and into a connection: when it was opened first, answered first, opened last, ended last. */
const PORTS: i32 = 4
const PROTOCOL: i32 = 8
const STATE: i32 = 12
const PACKETS: i32 = 16
const FRAMES: i32 = 20
const BYTES: i32 = 24
const INNER_BYTES: i32 = 32
const SPAN: i32 = 40
const CONNECTION: i32 = 56
const SAID: i32 = 60
const ANSWERED: i32 = 8
const REOPENED: i32 = 16
const ENDED: i32 = 24

export let flowCount: i32 = 0
export let connectionCount: i32 = 0
let index: i32 = FLOWS_INDEX
let mask: i32 = 1023

/** The number of the flow that the landmarks belong to, made if there is none; -1: the table is full. */
export function findFlow(pair: i32): i32 {
  return flowOf(pair, protocol, portsOf())
}

/** The flow of a pair, protocol and ports, made if there is none; -1: the table is full. */
export function flowOf(pair: i32, protocol: i32, ports: i32): i32 {
  const flow = knownFlow(pair, protocol, ports)
  return flow >= 0 ? flow : insert(hashOf(pair, ports, protocol), pair, protocol, ports)
}

/** The flow of a pair, protocol and ports, if there is one; -1: there is none. */
export function knownFlow(pair: i32, protocol: i32, ports: i32): i32 {
  const hash = hashOf(pair, ports, protocol)
  for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
    const entry = load<i32>(index + (slot << 2))
    if (entry === 0) break
    if (((entry ^ hash) & ~NUMBERS) !== 0) continue
    const flow = (entry & NUMBERS) - 1
    const row = FLOWS + flow * ROW_SIZE
    if (load<i32>(row) === pair && load<i32>(row, PORTS) === ports && load<i32>(row, PROTOCOL) === protocol) return flow
  }
  return -1
}

/** Counts a frame of `flow`; of a copy, only that it was seen. True: its payload shall be asked what it is about. */
export function countFlow(
  flow: i32,
  isCopy: bool,
  bytes: f64,
  innerBytes: f64,
  hasPayload: bool,
  claimsPayload: bool,
  now: f64,
): bool {
  const row = FLOWS + flow * ROW_SIZE
  store<i32>(row, load<i32>(row, FRAMES) + 1, FRAMES)
  if (isCopy) return false
  store<i32>(row, load<i32>(row, PACKETS) + 1, PACKETS)
  store<f64>(row, load<f64>(row, BYTES) + bytes, BYTES)
  store<f64>(row, load<f64>(row, INNER_BYTES) + innerBytes, INNER_BYTES)
  stretch(row + SPAN, now)
  if (transportLayer === TCP && payload - transport >= 20) observeSegment(row, u8At(transport + 13), claimsPayload, now)
  if (!hasPayload || transportLayer === 0 || load<i32>(row, SAID) !== 0) return false
  const state = load<i32>(row, STATE)
  if (state >>> 8 >= ASKED) return false
  store<i32>(row, state + 0x100, STATE)
  return true
}

/** Takes back that a packet was counted, which another row counts; what it says of the connection stays. */
export function takeBack(flow: i32, bytes: f64, innerBytes: f64): void {
  const row = FLOWS + flow * ROW_SIZE
  store<i32>(row, load<i32>(row, PACKETS) - 1, PACKETS)
  store<f64>(row, load<f64>(row, BYTES) - bytes, BYTES)
  store<f64>(row, load<f64>(row, INNER_BYTES) - innerBytes, INNER_BYTES)
}

/** Keeps what a flow's payload said it is about. */
export function setSaid(flow: i32, said: i32): void {
  store<i32>(FLOWS + flow * ROW_SIZE, said, SAID)
}

function observeSegment(row: i32, flags: i32, hasData: bool, now: f64): void {
  const isAck = (flags & 0x10) !== 0
  let sent: i32 = isAck ? ACK : 0
  if (hasData) sent |= DATA
  if ((flags & 7) !== 0) {
    const at = momentsOf(row)
    if ((flags & 2) !== 0) {
      sent |= isAck ? SYN_ACK : SYN
      if (isAck) earlier(at + ANSWERED, now)
      else {
        earlier(at, now)
        later(at + REOPENED, now)
      }
    }
    if ((flags & 1) !== 0) sent |= FIN
    if ((flags & 4) !== 0) sent |= RESET
    if ((flags & 5) !== 0) later(at + ENDED, now)
  }
  store<i32>(row, load<i32>(row, STATE) | sent, STATE)
}

/** The number of a flow's connection, from 1; made if there is none. */
export function connectionOf(flow: i32): i32 {
  return (momentsOf(FLOWS + flow * ROW_SIZE) - CONNECTIONS) / CONNECTION_SIZE + 1
}

/** Where the moments of a row's connection begin; made if there are none. */
function momentsOf(row: i32): i32 {
  const known = load<i32>(row, CONNECTION)
  if (known !== 0) return CONNECTIONS + (known - 1) * CONNECTION_SIZE
  const at = CONNECTIONS + connectionCount * CONNECTION_SIZE
  store<f64>(at, NaN)
  store<f64>(at, NaN, ANSWERED)
  store<f64>(at, NaN, REOPENED)
  store<f64>(at, NaN, ENDED)
  store<i32>(row, ++connectionCount, CONNECTION)
  return at
}

function earlier(at: i32, now: f64): void {
  if (!(now >= load<f64>(at)) && !isNaN(now)) store<f64>(at, now)
}

function later(at: i32, now: f64): void {
  if (!(now <= load<f64>(at)) && !isNaN(now)) store<f64>(at, now)
}

function insert(hash: i32, pair: i32, protocol: i32, ports: i32): i32 {
  if (flowCount >= MAX_FLOWS) return -1
  const flow = flowCount++
  const row = FLOWS + flow * ROW_SIZE
  store<i32>(row, pair)
  store<i32>(row, ports, PORTS)
  store<i32>(row, protocol, PROTOCOL)
  store<f64>(row, NaN, SPAN)
  store<f64>(row, NaN, SPAN + 8)
  if (isFull(mask, flowCount)) grow()
  else enter(index, mask, hash, flow)
  return flow
}

function grow(): void {
  mask = mask * 2 + 1
  index = index === FLOWS_INDEX ? FLOWS_INDEX + FLOWS_INDEX_SIZE : FLOWS_INDEX
  memory.fill(index, 0, (mask + 1) << 2)
  for (let flow = 0; flow < flowCount; flow++) {
    const row = FLOWS + flow * ROW_SIZE
    enter(index, mask, hashOf(load<i32>(row), load<i32>(row, PORTS), load<i32>(row, PROTOCOL)), flow)
  }
}

function hashOf(pair: i32, ports: i32, protocol: i32): i32 {
  return mixed(pair * 0x9e3779b1 + ports * 0x85ebca6b + protocol * 0xc2b2ae35)
}

/** Both ports in one number; of an echo its identifier, twice. */
function portsOf(): i32 {
  if (transportLayer === TCP || transportLayer === UDP) return payload - transport >= 4 ? u32At(transport) : 0
  if (transportLayer !== 0 && payload - transport >= 8 && isEcho(u8At(transport))) {
    const identifier = u16At(transport + 4)
    return (identifier << 16) | identifier
  }
  return 0
}

/** Of ICMP and of ICMPv6. */
function isEcho(type: i32): bool {
  return type === 8 || type === 0 || type === 128 || type === 129
}
