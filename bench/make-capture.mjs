#!/usr/bin/env node
/**
 * Writes a synthetic capture of an overlay network, for measurements. The same options give the same bytes.
 *
 * In it pods talk to pods (HTTP over TCP, bare ACKs, DNS, ICMP echo) in VXLAN (UDP 8472) and GENEVE (UDP 6081, half of
 * it with one OVN option) from node to node, beside some plain TCP between nodes. As in a capture with `-i any` on a
 * router, every packet is there twice: as it came in on interface 2, and as it went out on interface 3 with the outer
 * TTL one lower. Packets are small, about 100 bytes, or a full segment of 1400 bytes. All checksums are right; the outer
 * one of UDP is zero, as kernels send it.
 */
import { closeSync, openSync, writeSync } from 'node:fs'
import { parseArgs } from 'node:util'

const HELP = `Usage: node bench/make-capture.mjs --out FILE [options]

  -o, --out FILE       where to write
      --size SIZE      at least so many bytes, with K, M or G for powers of 1000; default 100M
      --link TYPE      sll2 or ethernet; default sll2
      --format FORMAT  pcap or pcapng; default pcap
      --nano           nanoseconds instead of microseconds
      --nodes N        nodes, 2 to 256; default 100
      --pairs N        pairs of pods that talk; default 10000
      --geneve SHARE   share of GENEVE in the tunnelled pairs, 0 to 1; default 0.5
      --ipv6 SHARE     share of IPv6 inside the tunnels; default 0.03
      --plain SHARE    share of pairs without a tunnel; default 0.04
      --seed N         another capture of the same kind; default 1
  -h, --help           this text
`

/** @returns {never} */
function usage(message) {
  console.error(`make-capture: ${message}; --help shows the options`)
  process.exit(2)
}

const { values: opt } = parseArgs({
  options: {
    out: { type: 'string', short: 'o' },
    size: { type: 'string', default: '100M' },
    link: { type: 'string', default: 'sll2' },
    format: { type: 'string', default: 'pcap' },
    geneve: { type: 'string', default: '0.5' },
    nodes: { type: 'string', default: '100' },
    pairs: { type: 'string', default: '10000' },
    ipv6: { type: 'string', default: '0.03' },
    plain: { type: 'string', default: '0.04' },
    seed: { type: 'string', default: '1' },
    nano: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
})
if (opt.help) {
  process.stdout.write(HELP)
  process.exit(0)
}
if (!opt.out) usage('--out FILE is needed')
if (!['sll2', 'ethernet'].includes(opt.link)) usage('--link is sll2 or ethernet')
if (!['pcap', 'pcapng'].includes(opt.format)) usage('--format is pcap or pcapng')
const UNIT = { '': 1, K: 1e3, M: 1e6, G: 1e9 }
const size = /^(\d+)([KMG]?)$/.exec(opt.size) ?? usage('--size is a number of bytes such as 100M')
const TARGET = Number(size[1]) * UNIT[size[2]]
const NODES = Number(opt.nodes)
const PAIRS = Number(opt.pairs)
const SLL2 = opt.link === 'sll2'
const PCAPNG = opt.format === 'pcapng'

/** The generator's state: mulberry32. */
let state = Number(opt.seed) >>> 0

/** The next pseudo-random number, from 0 to below 1. */
function random() {
  state = (state + 0x6d2b79f5) >>> 0
  let t = state
  t = Math.imul(t ^ (t >>> 15), t | 1)
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296
}

/** A pseudo-random whole number from 0 to below `n`. */
const below = (n) => Math.floor(random() * n)

/** The file, and what of it has not been written yet. */
const fd = openSync(opt.out, 'w')
const out = Buffer.alloc(4 << 20)
let used = 0
let written = 0
let records = 0

/** Writes what has gathered. */
function flush() {
  let at = 0
  while (at < used) at += writeSync(fd, out, at, used - at)
  written += used
  used = 0
}

const LINKTYPE = SLL2 ? 276 : 1

/** Puts the file header: of pcap, or a section and its two interfaces. */
function fileHeader() {
  if (PCAPNG) {
    // Section Header Block, then one Interface Description Block for each interface.
    used = out.writeUInt32LE(0x0a0d0d0a, used)
    used = out.writeUInt32LE(28, used)
    used = out.writeUInt32LE(0x1a2b3c4d, used)
    used = out.writeUInt16LE(1, used)
    used = out.writeUInt16LE(0, used)
    used = out.writeBigInt64LE(-1n, used)
    used = out.writeUInt32LE(28, used)
    for (const name of ['eth1', 'eth2']) {
      const total = 20 + 8 + 8 + 4
      used = out.writeUInt32LE(1, used)
      used = out.writeUInt32LE(total, used)
      used = out.writeUInt16LE(LINKTYPE, used)
      used = out.writeUInt16LE(0, used)
      used = out.writeUInt32LE(262144, used)
      used = out.writeUInt16LE(2, used) // if_name
      used = out.writeUInt16LE(4, used)
      used += out.write(name, used, 'latin1')
      used = out.writeUInt16LE(9, used) // if_tsresol
      used = out.writeUInt16LE(1, used)
      used = out.writeUInt32LE(opt.nano ? 9 : 6, used)
      used = out.writeUInt32LE(0, used) // opt_endofopt
      used = out.writeUInt32LE(total, used)
    }
    return
  }
  used = out.writeUInt32LE(opt.nano ? 0xa1b23c4d : 0xa1b2c3d4, used)
  used = out.writeUInt16LE(2, used)
  used = out.writeUInt16LE(4, used)
  used = out.writeUInt32LE(0, used)
  used = out.writeUInt32LE(0, used)
  used = out.writeUInt32LE(262144, used)
  used = out.writeUInt32LE(LINKTYPE, used)
}

let seconds = 1_700_000_000
let micros = 0

/** Lets `step` microseconds pass. */
function tick(step) {
  micros += step
  if (micros >= 1_000_000) {
    micros -= 1_000_000
    seconds++
  }
}

/** Writes one record: link header, then `frame` (an IP packet) with its outer TTL lowered by `hop`. */
function record(frame, length, hop) {
  const link = SLL2 ? 20 : 14
  const captured = link + length
  if (used + captured + 64 > out.length) flush()
  const pad = (4 - (captured & 3)) & 3
  if (PCAPNG) {
    const scale = opt.nano ? 1_000_000_000n : 1_000_000n
    const time = BigInt(seconds) * scale + BigInt(opt.nano ? micros * 1000 : micros)
    used = out.writeUInt32LE(6, used)
    used = out.writeUInt32LE(32 + captured + pad, used)
    used = out.writeUInt32LE(hop, used)
    used = out.writeUInt32LE(Number(time >> 32n), used)
    used = out.writeUInt32LE(Number(time & 0xffffffffn), used)
  } else {
    used = out.writeUInt32LE(seconds, used)
    used = out.writeUInt32LE(opt.nano ? micros * 1000 : micros, used)
  }
  used = out.writeUInt32LE(captured, used)
  used = out.writeUInt32LE(captured, used)
  if (SLL2) {
    used = out.writeUInt16BE(0x0800, used)
    used = out.writeUInt16BE(0, used)
    used = out.writeUInt32BE(2 + hop, used) // interface index
    used = out.writeUInt16BE(1, used) // ARPHRD_ETHER
    out[used++] = hop === 0 ? 0 : 4 // to us, or from us
    out[used++] = 6
    used = out.writeUInt16BE(0x5254, used)
    used = out.writeUInt32BE(frame.readUInt32BE(hop === 0 ? 12 : 16), used)
    used = out.writeUInt16BE(0, used)
  } else {
    for (const at of [16, 12]) {
      used = out.writeUInt16BE(0x5254, used)
      used = out.writeUInt32BE(frame.readUInt32BE(at), used)
    }
    used = out.writeUInt16BE(0x0800, used)
  }
  frame.copy(out, used, 0, length)
  if (hop > 0) {
    out[used + 8] -= hop
    let sum = out.readUInt16BE(used + 10) + hop * 0x100
    sum = (sum & 0xffff) + (sum >> 16)
    out.writeUInt16BE(sum, used + 10)
  }
  used += length
  if (PCAPNG) {
    out.fill(0, used, used + pad)
    used = out.writeUInt32LE(32 + captured + pad, used + pad)
  }
  records++
}

/** Adds the 16-bit words of `[from, to)` to `sum`. */
function sum16(buffer, from, to, sum) {
  let at = from
  for (; at + 1 < to; at += 2) sum += (buffer[at] << 8) | buffer[at + 1]
  if (at < to) sum += buffer[at] << 8
  return sum
}

/** The Internet checksum (RFC 1071) of such a sum. */
function fold(sum) {
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000)
  return ~sum & 0xffff
}

/** The packet at hand, without its link header. */
const packet = Buffer.alloc(2048)
let identification = 0

/** Puts an IPv4 header at `at`. */
function ipv4(at, total, protocol, ttl, source, target, fragment = 0x4000) {
  packet[at] = 0x45
  packet[at + 1] = 0
  packet.writeUInt16BE(total, at + 2)
  identification = (identification + 1) & 0xffff
  packet.writeUInt16BE(identification, at + 4)
  packet.writeUInt16BE(fragment, at + 6)
  packet[at + 8] = ttl
  packet[at + 9] = protocol
  packet.writeUInt16BE(0, at + 10)
  packet.writeUInt32BE(source, at + 12)
  packet.writeUInt32BE(target, at + 16)
  packet.writeUInt16BE(fold(sum16(packet, at, at + 20, 0)), at + 10)
}

/** Puts an IPv6 header at `at`; both addresses are fd00:10:244:: with the pod's IPv4 address at the end. */
function ipv6(at, payload, protocol, source, target) {
  packet.writeUInt32BE(0x60000000, at)
  packet.writeUInt16BE(payload, at + 4)
  packet[at + 6] = protocol
  packet[at + 7] = 64
  for (const [where, value] of [
    [at + 8, source],
    [at + 24, target],
  ]) {
    packet.writeUInt32BE(0xfd000010, where)
    packet.writeUInt32BE(0x02440000, where + 4)
    packet.writeUInt32BE(0, where + 8)
    packet.writeUInt32BE(value, where + 12)
  }
}

/** The sum over the pseudo-header of the transport header at `at`, from the addresses before it. */
function pseudo(at, six, protocol, length) {
  const from = six ? at - 32 : at - 8
  return sum16(packet, from, at, protocol + length)
}

const nodeAddress = (n) => (0xc0a80000 | ((n >> 7) << 8) | (10 + (n & 127))) >>> 0 // 192.168.x.y
const podAddress = (node, k) => (0x0af40000 | (node << 8) | (2 + (k % 250))) >>> 0 // 10.244.node.k

/** Pairs of pods, each with where it runs, how it is tunnelled, its ports and its sequence numbers. */
const pairs = Array.from({ length: PAIRS }, (_, index) => {
  const nodeA = below(NODES)
  const nodeB = (nodeA + 1 + below(NODES - 1)) % NODES
  return {
    geneve: index < PAIRS * Number(opt.geneve),
    option: index % 2 === 0,
    plain: random() < Number(opt.plain),
    six: random() < Number(opt.ipv6),
    node: [nodeAddress(nodeA), nodeAddress(nodeB)],
    pod: [podAddress(nodeA, below(250)), podAddress(nodeB, below(250))],
    vni: 1 + below(24) * 4099,
    port: [32768 + below(28000), [80, 8080, 443, 9090][below(4)]],
    seq: [Math.floor(random() * 4294967296), Math.floor(random() * 4294967296)],
  }
})
// Even spread of the two encapsulations over the popular and the rare pairs.
for (let i = PAIRS - 1; i > 0; i--) {
  const j = below(i + 1)
  ;[pairs[i], pairs[j]] = [pairs[j], pairs[i]]
}

const words = 'the quick overlay carries every frame to its far node and back again '
const body = Buffer.from(words.repeat(40), 'latin1')
const paths = ['/', '/healthz', '/api/v1/orders', '/api/v1/users/42', '/metrics', '/static/app.js']
const hosts = ['shop.default.svc', 'users.default.svc', 'metrics.monitoring.svc', 'edge.ingress.svc']

/** Encapsulates and writes what `fill(at)` puts at the start of the inner L4 header; it returns its length. */
function send(pair, way, protocol, fill) {
  const node = [pair.node[way], pair.node[1 - way]]
  const pod = [pair.pod[way], pair.pod[1 - way]]
  const header = pair.six ? 40 : 20
  let inner = 0
  let outer = 0
  if (!pair.plain) {
    outer = 20 + 8 + (pair.geneve ? 8 + (pair.option ? 8 : 0) : 8)
    inner = 14
  }
  const ip = outer + inner
  const l4 = ip + (pair.plain ? 20 : header)
  const length = fill.length
  fill.copy(packet, l4)
  const six = pair.six && !pair.plain
  const source = pair.plain ? node[0] : pod[0]
  const target = pair.plain ? node[1] : pod[1]
  const proto = protocol === 1 && six ? 58 : protocol
  if (proto === 58) packet[l4] = packet[l4] === 8 ? 128 : 129
  if (six) ipv6(ip, length, proto, source, target)
  else ipv4(ip, 20 + length, proto, pair.plain ? 63 : 64, source, target)
  const field = l4 + (protocol === 6 ? 16 : protocol === 17 ? 6 : 2)
  packet.writeUInt16BE(0, field)
  const start = protocol === 1 && !six ? 0 : pseudo(l4, six, proto, length)
  packet.writeUInt16BE(fold(sum16(packet, l4, l4 + length, start)) || 0xffff, field)
  const total = l4 + length
  if (!pair.plain) {
    const eth = outer
    packet.writeUInt16BE(0x0a58, eth)
    packet.writeUInt32BE(target, eth + 2)
    packet.writeUInt16BE(0x0a58, eth + 6)
    packet.writeUInt32BE(source, eth + 8)
    packet.writeUInt16BE(six ? 0x86dd : 0x0800, eth + 12)
    packet.writeUInt16BE(32768 + ((Math.imul(pair.port[0], 40503) >>> 8) & 0x6fff), 20)
    packet.writeUInt16BE(pair.geneve ? 6081 : 8472, 22)
    packet.writeUInt16BE(total - 20, 24)
    packet.writeUInt16BE(0, 26)
    if (pair.geneve) {
      packet.writeUInt16BE(pair.option ? 0x0240 : 0x0000, 28) // option length, critical flag
      packet.writeUInt16BE(0x6558, 30)
      packet.writeUInt32BE(pair.vni * 256, 32)
      if (pair.option) {
        packet.writeUInt16BE(0x0102, 36) // OVN
        packet.writeUInt16BE(0x8001, 38)
        packet.writeUInt32BE((((pair.port[0] & 0x7fff) << 16) | (pair.port[1] & 0xffff)) >>> 0, 40)
      }
    } else {
      packet.writeUInt32BE(0x08000000, 28)
      packet.writeUInt32BE(pair.vni * 256, 32)
    }
    ipv4(0, total, 17, 64, node[0], node[1], 0)
  }
  record(packet, total, 0)
  tick(1 + below(4))
  record(packet, total, 1)
  tick(1 + below(30))
}

const scratch = Buffer.alloc(1600)

/** Sends a segment the way `way`, with `length` bytes of `payload` from `from` on. */
function tcp(pair, way, flags, payload, from, length) {
  scratch.writeUInt16BE(pair.port[way], 0)
  scratch.writeUInt16BE(pair.port[1 - way], 2)
  scratch.writeUInt32BE(pair.seq[way], 4)
  scratch.writeUInt32BE(flags === 2 ? 0 : pair.seq[1 - way], 8)
  scratch.writeUInt16BE(0x8000 | flags, 12)
  scratch.writeUInt16BE(501, 14)
  scratch.writeUInt32BE(0, 16)
  scratch.writeUInt32BE(0x0101080a, 20)
  scratch.writeUInt32BE((seconds * 1000 + Math.floor(micros / 1000)) % 4294967296, 24)
  scratch.writeUInt32BE(way * 77777, 28)
  if (length > 0) payload.copy(scratch, 32, from, from + length)
  send(pair, way, 6, scratch.subarray(0, 32 + length))
  pair.seq[way] = (pair.seq[way] + length + (flags & 3 ? 1 : 0)) % 4294967296
}

/** Sends a query, or its answer. */
function dns(pair, way, id, name, answer) {
  const port = 40000 + (id & 0x3fff)
  scratch.writeUInt16BE(way === 0 ? port : 53, 0)
  scratch.writeUInt16BE(way === 0 ? 53 : port, 2)
  scratch.writeUInt16BE(id, 8)
  scratch.writeUInt16BE(answer ? 0x8180 : 0x0100, 10)
  scratch.writeUInt16BE(1, 12)
  scratch.writeUInt16BE(answer ? 1 : 0, 14)
  scratch.writeUInt32BE(0, 16)
  let at = 20
  for (const label of name.split('.')) {
    scratch[at++] = label.length
    at += scratch.write(label, at, 'latin1')
  }
  scratch[at++] = 0
  scratch.writeUInt32BE(0x00010001, at)
  at += 4
  if (answer) {
    scratch.writeUInt16BE(0xc00c, at)
    scratch.writeUInt32BE(0x00010001, at + 2)
    scratch.writeUInt32BE(30, at + 6)
    scratch.writeUInt16BE(4, at + 10)
    scratch.writeUInt32BE(0x0a600000 + (id & 0xff), at + 12)
    at += 16
  }
  scratch.writeUInt16BE(at, 4)
  scratch.writeUInt16BE(0, 6)
  send(pair, way, 17, scratch.subarray(0, at))
}

/** Sends an echo request or reply. */
function echo(pair, way, id, number) {
  scratch[0] = way === 0 ? 8 : 0
  scratch[1] = 0
  scratch.writeUInt16BE(0, 2)
  scratch.writeUInt16BE(id, 4)
  scratch.writeUInt16BE(number, 6)
  body.copy(scratch, 8, 0, 56)
  send(pair, way, 1, scratch.subarray(0, 64))
}

/** One exchange between the two pods of a pair; every `yield` lets other exchanges go on. */
function* exchange(pair) {
  const kind = random()
  if (kind < 0.12) {
    const id = below(65536)
    const name = `${hosts[below(hosts.length)]}.cluster.local`
    dns(pair, 0, id, name, false)
    yield
    dns(pair, 1, id, name, true)
  } else if (kind < 0.2) {
    const id = below(65536)
    for (let number = 1; number <= 3; number++) {
      echo(pair, 0, id, number)
      yield
      echo(pair, 1, id, number)
      yield
    }
  } else {
    const opening = random() < 0.3
    if (opening) {
      pair.port[0] = 32768 + below(28000)
      tcp(pair, 0, 0x02, body, 0, 0)
      yield
      tcp(pair, 1, 0x12, body, 0, 0)
      yield
      tcp(pair, 0, 0x10, body, 0, 0)
      yield
    }
    const request = Buffer.from(
      `GET ${paths[below(paths.length)]} HTTP/1.1\r\nHost: ${hosts[below(hosts.length)]}\r\nAccept: */*\r\n\r\n`,
      'latin1',
    )
    tcp(pair, 0, 0x18, request, 0, request.length)
    yield
    tcp(pair, 1, 0x10, body, 0, 0)
    yield
    const segments = random() < 0.25 ? 1 + below(3) : 0
    const small = 20 + below(40)
    const answer = Buffer.concat([
      Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${segments * 1300 + small}\r\n\r\n`, 'latin1'),
      body.subarray(0, small),
    ])
    tcp(pair, 1, 0x18, answer, 0, answer.length)
    yield
    tcp(pair, 0, 0x10, body, 0, 0)
    yield
    for (let segment = 0; segment < segments; segment++) {
      tcp(pair, 1, 0x10, body, segment, 1300)
      yield
      tcp(pair, 0, 0x10, body, 0, 0)
      yield
    }
    if (random() < 0.3) {
      tcp(pair, 0, 0x11, body, 0, 0)
      yield
      tcp(pair, 1, 0x11, body, 0, 0)
      yield
      tcp(pair, 0, 0x10, body, 0, 0)
    }
  }
}

/** Starts an exchange of a pair that has none under way; low-numbered pairs are the popular ones. */
function start() {
  let pair
  do {
    const u = random()
    pair = pairs[Math.floor(u * u * PAIRS)]
  } while (pair.busy)
  pair.busy = true
  return { pair, steps: exchange(pair) }
}

fileHeader()
const active = Array.from({ length: Math.min(256, PAIRS >> 1 || 1) }, start)
while (written + used < TARGET) {
  const slot = below(active.length)
  if (active[slot].steps.next().done) {
    active[slot].pair.busy = false
    active[slot] = start()
  }
}
flush()
closeSync(fd)
console.error(`${records} records, ${written} bytes, ${(written / records).toFixed(1)} bytes a record`)
