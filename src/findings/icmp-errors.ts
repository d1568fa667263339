/** ICMP errors: packets that are too big, whose TTL ran out, that cannot be delivered. */

import { innerEnds } from './end-text.ts'
import type { FindingKind } from './finding.ts'
import { at, Frames } from './frames.ts'
import { type Quoted, quotedOf } from './quoted.ts'
import type { Family, Scene, Watcher } from './scene.ts'
import type { Sighting } from './sighting.ts'
import { counted, listed } from './speaker.ts'
import { Subjects } from './subjects.ts'

export const tooBig: FindingKind = {
  code: 'OVL301',
  title: 'packet too big for the way',
  severity: 'error',
  meaning:
    'A router says that a packet is larger than the next link takes (ICMP "fragmentation needed", ICMPv6 "packet too big"), and that it dropped it. The MTU it names is for the packet that it quotes; of a packet in a tunnel the inner one must be smaller by what the tunnel adds, which is taken from the very packet that is quoted.',
  likely: 'the MTU of the pods (or of the tunnel device) is larger than the underlay takes, after what the tunnel adds',
  next: ['cilium-dbg status --verbose | grep -i mtu', 'ip link show cilium_vxlan, and on a pod: ip link show eth0'],
}

export const ttlExceeded: FindingKind = {
  code: 'OVL205',
  title: 'TTL ran out on the way',
  severity: 'warning',
  meaning:
    'A router dropped a packet because its TTL (hop limit) had run out, and said so by ICMP. traceroute does this on purpose.',
  likely: 'a routing loop, or somebody ran traceroute',
  next: ['traceroute to the destination: do two routers take turns?'],
}

export const unreachable: FindingKind = {
  code: 'OVL206',
  title: 'destination unreachable',
  severity: 'warning',
  meaning:
    'A machine answered a packet with ICMP "destination unreachable": no program listens on a UDP port, no route, no neighbour, or a filter that says so. "Fragmentation needed" is OVL301.',
  likely: 'nothing listens there, or the route or the neighbour is missing',
  next: ['on the machine that says so: ip route get <destination>; ip neigh; ss -lunp'],
}

const IPV4_REASONS: Readonly<Record<number, string>> = {
  0: 'network unreachable',
  1: 'host unreachable',
  2: 'protocol unreachable',
  3: 'port unreachable',
  5: 'source route failed',
  9: 'network administratively prohibited',
  10: 'host administratively prohibited',
  13: 'administratively prohibited',
}
const IPV6_REASONS: Readonly<Record<number, string>> = {
  0: 'no route',
  1: 'administratively prohibited',
  2: 'beyond the scope of the source address',
  3: 'address unreachable',
  4: 'port unreachable',
  5: 'source address failed policy',
  6: 'route rejected',
}
const FRAGMENTATION_NEEDED = 4
const PORT_UNREACHABLE = 'port unreachable'
const MAX_PORTS = 20

type What = 'too big' | 'ttl' | 'unreachable'

interface Errors {
  readonly what: What
  readonly reporter: string
  readonly quoted: Quoted
  readonly reason: string
  /** Undefined unless the packet was too big. */
  readonly mtu: number | undefined
  largest: number
  /** UDP ports that nobody listens on, the first ones. */
  readonly ports: Set<number>
  readonly frames: Frames
}

export const icmpErrors: Family = {
  kinds: [tooBig, ttlExceeded, unreachable],
  begin: (scene) => new IcmpErrorWatcher(scene),
}

class IcmpErrorWatcher implements Watcher {
  private readonly subjects: Subjects<Errors>
  private readonly scene: Scene

  constructor(scene: Scene) {
    this.scene = scene
    this.subjects = new Subjects(scene)
  }

  watch(seen: Sighting): void {
    const { marks } = seen.walk
    if ((marks.protocol !== 1 && marks.protocol !== 58) || marks.inner < 0 || seen.isCopy) return
    if (marks.transportLayer === 0 || marks.end - marks.transport < 8) return
    const isIpv4 = marks.protocol === 1
    const type = seen.view.getUint8(marks.transport)
    const code = seen.view.getUint8(marks.transport + 1)
    if (isIpv4) {
      if (type === 3)
        this.take(
          seen,
          code === FRAGMENTATION_NEEDED ? 'too big' : 'unreachable',
          IPV4_REASONS[code] ?? `code ${code}`,
          seen.view.getUint16(marks.transport + 6),
        )
      else if (type === 11) this.take(seen, 'ttl', code === 0 ? 'in transit' : 'while waiting for fragments', 0)
    } else if (type === 2) this.take(seen, 'too big', '', seen.view.getUint32(marks.transport + 4))
    else if (type === 1) this.take(seen, 'unreachable', IPV6_REASONS[code] ?? `code ${code}`, 0)
    else if (type === 3) this.take(seen, 'ttl', code === 0 ? 'in transit' : 'while waiting for fragments', 0)
  }

  *findings() {
    for (const one of this.subjects) {
      const { source, destination } = one.quoted.inner
      const kind = one.what === 'too big' ? tooBig : one.what === 'ttl' ? ttlExceeded : unreachable
      this.scene.explain(source, destination, kind.code)
      if (one.what === 'too big') yield this.tooBig(one)
      else yield this.other(one)
    }
  }

  private take(seen: Sighting, what: What, reason: string, mtu: number): void {
    const quoted = quotedOf(seen)
    if (quoted === undefined) return
    const { source: reporter } = innerEnds(seen)
    const { inner } = quoted
    const key = `${what} ${reason} ${mtu} ${reporter} ${quoted.source} ${quoted.destination} ${inner.source} ${inner.destination}`
    const subject = this.subjects.of(key, () => ({
      what,
      reporter,
      quoted,
      reason,
      mtu: what === 'too big' ? mtu : undefined,
      largest: 0,
      ports: new Set(),
      frames: new Frames(),
    }))
    if (subject === undefined) return
    subject.largest = Math.max(subject.largest, quoted.length)
    const isPort = reason === PORT_UNREACHABLE && inner.end - inner.transport >= 4
    if (isPort && subject.ports.size < MAX_PORTS) subject.ports.add(seen.view.getUint16(inner.transport + 2))
    subject.frames.add(at(seen), () =>
      what === 'too big'
        ? `ICMP: ${quoted.length} bytes do not fit, MTU ${mtu}`
        : `ICMP: ${what === 'ttl' ? 'TTL exceeded ' : ''}${reason}`,
    )
  }

  private tooBig({ reporter, quoted, mtu = 0, largest, frames }: Errors) {
    const { speak } = this.scene
    const { inner, overhead } = quoted
    const fits = mtu - overhead
    const says = `${speak.end(reporter)} drops packets of up to ${largest} bytes from ${speak.end(quoted.source)} to ${speak.end(quoted.destination)}`
    // RFC 1191 section 5: routers older than it name no MTU.
    const limit = mtu === 0 ? ', and names no MTU' : `: its next link takes ${mtu}`
    const inside =
      overhead === 0
        ? ''
        : `; inside are ${speak.end(inner.source)} → ${speak.end(inner.destination)}, and the tunnel adds ${overhead} bytes${mtu === 0 ? '' : `, so inner packets of at most ${fits} bytes fit`}`
    return this.scene.finding(tooBig, {
      sentence: `${says}${limit}${inside}`,
      ...(mtu !== 0 && {
        likely:
          overhead === 0
            ? `the sender's MTU is above ${mtu}, or it ignores what ICMP says`
            : `the pods' MTU is above ${fits}, which is what ${mtu} leaves after the tunnel's ${overhead} bytes`,
        next: [
          overhead === 0
            ? `ip route get ${quoted.destination} on ${speak.end(quoted.source)}: which MTU is cached?`
            : `set the MTU of the pods to ${fits} at most (Cilium: mtu in cilium-config is the underlay's, so ${mtu}), or raise the link's`,
          ...tooBig.next,
        ],
      }),
      frames,
      shows: 'ICMP error',
      values: {
        reporter,
        source: quoted.source,
        destination: quoted.destination,
        innerSource: inner.source,
        innerDestination: inner.destination,
        mtu,
        size: largest,
        overhead,
        ...(mtu !== 0 && { fits }),
      },
    })
  }

  private other({ what, reporter, quoted, reason, ports, frames }: Errors) {
    const { speak } = this.scene
    const { source, destination } = quoted.inner
    const ends = `${speak.end(source)} → ${speak.end(destination)}`
    const kind = what === 'ttl' ? ttlExceeded : unreachable
    const which = ports.size === 0 ? reason : `UDP port ${listed([...ports].map(String))} unreachable`
    return this.scene.finding(kind, {
      sentence:
        what === 'ttl'
          ? `${ends}: the TTL of ${counted(frames.count, 'packet')} ran out at ${speak.end(reporter)} (${reason})`
          : `${ends}: ${speak.end(reporter)} says ${which}, to ${counted(frames.count, 'packet')}`,
      ...(ports.size > 0 && {
        likely: `no program on ${speak.end(destination)} listens there`,
      }),
      next: [
        ...(what === 'ttl'
          ? kind.next
          : ports.size > 0
            ? [`on ${speak.end(destination)}: ss -lunp`]
            : [`on ${speak.end(reporter)}: ip route get ${destination}; ip neigh show ${destination}`]),
      ],
      frames,
      shows: reason,
      values: { reporter, source, destination, reason, ...(ports.size > 0 && { ports: [...ports] }) },
    })
  }
}
