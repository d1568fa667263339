/** Patterns of packets, as people write them in a test or in a rules file. */

import type { AddressOwner } from '../names/names.ts'
import type { Packet } from '../packet/packet.ts'

/**
 * `expect.any(Number)` and the like, of any runner.
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 * import * as assert from 'ovl-dissect/assert'
 *
 * const capture = await loadCapture('vxlan.pcap')
 * const even = { asymmetricMatch: (value) => value % 2 === 0 }
 * assert.toCarry(capture, { vni: even })
 * ```
 */
export interface AsymmetricMatcher {
  /** Whether a value is as the test wants it. */
  asymmetricMatch(actual: unknown): boolean
}

/** One of several is enough. */
type OneOrMore<One> = One | readonly One[]

/**
 * A number, a regular expression for its decimal digits, a function, an asymmetric matcher; of a list one is enough.
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 * import * as assert from 'ovl-dissect/assert'
 *
 * const capture = await loadCapture('vxlan.pcap')
 * assert.toCarry(capture, { vni: [3258, (vni) => vni > 65_535] })
 * ```
 */
export type NumberPattern = OneOrMore<number | RegExp | ((actual: number) => boolean) | AsymmetricMatcher>

/**
 * A text, in which `*` stands for anything, a regular expression, a function, an asymmetric matcher.
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 * import * as assert from 'ovl-dissect/assert'
 *
 * const capture = await loadCapture('vxlan.pcap')
 * assert.toCarry(capture, { dns: ['webpod.*', /\.local$/] })
 * ```
 */
export type TextPattern = OneOrMore<string | RegExp | ((actual: string) => boolean) | AsymmetricMatcher>

/**
 * What a function is told of one end of a packet.
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 * import * as assert from 'ovl-dissect/assert'
 *
 * const capture = await loadCapture('vxlan.pcap', { names: 'k8s' })
 * assert.toCarry(capture, { to: ({ address, port, name, labels }) =>
 *   address === '172.20.2.115' && port === 80 && name.node === 'k8s-w0' && labels.app === 'webpod' })
 * ```
 */
export interface PacketEnd {
  /** IPv4 or IPv6, as tshark writes it. */
  readonly address: string
  /** TCP and UDP only. */
  readonly port: number | undefined
  /** Whose the address is, if the capture was loaded with names and they say. */
  readonly name: AddressOwner | undefined
  /** Labels of its security identity: `{ app: 'webpod' }`. */
  readonly labels: Readonly<Record<string, string>>
}

/**
 * One end of a packet:
 * - an address or a prefix: `172.20.0.158`, `172.20.0.0/24`, `fd00::/64`
 * - a name: `default/curl-pod`, `curl-pod`, a node, a service; `*` stands for anything: `webpod-*`
 * - either of them with a port: `172.20.2.115:80`, `[fd00::2]:80`, `webpod:80`
 * - labels that it must have: `{ app: 'webpod' }`
 * - a regular expression for its address or one of its names, a function, an asymmetric matcher for the address
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 * import * as assert from 'ovl-dissect/assert'
 *
 * const capture = await loadCapture('vxlan.pcap', { names: 'k8s' })
 * assert.toCarry(capture, { from: '172.20.0.0/24', to: 'default/webpod-*:80' })
 * assert.toCarry(capture, { to: { app: 'webpod' } })
 * assert.toCarry(capture, { from: ({ port }) => port === 53 })
 * ```
 */
export type EndPattern = OneOrMore<
  string | RegExp | Readonly<Record<string, string>> | ((end: PacketEnd) => boolean) | AsymmetricMatcher
>

/**
 * One side of a packet. All that is said must be so.
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 * import * as assert from 'ovl-dissect/assert'
 *
 * const capture = await loadCapture('vxlan.pcap')
 * assert.toCarry(capture, { outer: { between: ['192.168.10.100', '192.168.20.100'], destinationPort: 8472 } })
 * ```
 */
export interface SidePattern {
  /** Who sent it. */
  readonly from?: EndPattern
  /** Who it is sent to. */
  readonly to?: EndPattern
  /** Either way round. */
  readonly between?: readonly [EndPattern, EndPattern]
  /** TCP or UDP port of either end. */
  readonly port?: NumberPattern
  /** 0 to 65535. */
  readonly sourcePort?: NumberPattern
  /** 0 to 65535. */
  readonly destinationPort?: NumberPattern
  /** A layer that is there: `tcp`, `udp`, `icmp`, `http`, `dns`, `tls`, `arp` … */
  readonly protocol?: OneOrMore<string>
}

/**
 * A packet. All that is said must be so; `from`, `to` and the like at this level are of the innermost IP header.
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 * import * as assert from 'ovl-dissect/assert'
 *
 * const capture = await loadCapture('vxlan.pcap')
 * assert.toCarry(capture, {
 *   tunnel: 'vxlan',
 *   vni: 3258,
 *   outer: { from: '192.168.10.100' },
 *   inner: { to: '172.20.2.115', http: 'GET /' },
 *   fields: { 'ip.ttl': 64 },
 *   where: (packet) => packet.stopped === undefined,
 * })
 * ```
 */
export interface PacketPattern extends SidePattern {
  /** The kind of tunnel; true: any, false: none. */
  readonly tunnel?: 'vxlan' | 'geneve' | boolean
  /** VNI of the innermost tunnel; in Cilium the security identity of the packet's source. */
  readonly vni?: NumberPattern
  /** What is before the first tunnel: the nodes. Only packets in a tunnel have it. */
  readonly outer?: SidePattern
  /** What is behind the last tunnel: the pods. Only packets in a tunnel have it. */
  readonly inner?: SidePattern & MessagePattern
  /** Names of all layers, outermost first. */
  readonly layers?: readonly string[]
  /** Values of fields by Wireshark's names; of several occurrences one must fit. True: there is one, false: none. */
  readonly fields?: Readonly<Record<string, string | number | boolean | RegExp | AsymmetricMatcher>>
  /** A display filter. */
  readonly filter?: string
  /** Anything else. The packet stays valid when it is kept. */
  readonly where?: (packet: Packet) => boolean
  /** As in `inner`, of packets in no tunnel too; likewise below. */
  readonly http?: TextPattern
  readonly dns?: TextPattern
  readonly info?: TextPattern
}

/**
 * What a packet says.
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 * import * as assert from 'ovl-dissect/assert'
 *
 * const capture = await loadCapture('vxlan.pcap')
 * assert.toCarry(capture, { dns: 'webpod.*' })
 * assert.toCarry(capture, { inner: { http: /^HTTP\/1\.1 2/ } })
 * assert.toCarry(capture, { info: 'Echo (ping) reply' })
 * ```
 */
export interface MessagePattern {
  /** First line of an HTTP request or answer, or how it begins: `GET /`, `HTTP/1.1 200`. */
  readonly http?: TextPattern
  /** A name that is looked up. */
  readonly dns?: TextPattern
  /** What tshark's Info column says, or a part of it. */
  readonly info?: TextPattern
}

/**
 * A pattern, or a display filter.
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 * import * as assert from 'ovl-dissect/assert'
 *
 * const capture = await loadCapture('vxlan.pcap')
 * assert.toCarry(capture, { protocol: 'dns' })
 * assert.not.toCarry(capture, 'dns.flags.rcode == 5')
 * ```
 */
export type Pattern = PacketPattern | string
