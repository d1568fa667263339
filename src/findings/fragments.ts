/** Tunnel packets that were cut into IP fragments, and fragments that are missing. RFC 791 section 2.3, RFC 8200 section 4.5. */
import { BoundedMap } from '../streams/bounded-map.ts'
import { isIpv4Layer, wayEnds } from './end-text.ts'
import type { FindingKind } from './finding.ts'
import { at, type FrameAt, Frames } from './frames.ts'
import type { Family, Scene, Watcher } from './scene.ts'
import type { Sighting } from './sighting.ts'
import { counted } from './speaker.ts'
import { Subjects } from './subjects.ts'
import { Waiting } from './waiting.ts'

export const outerFragments: FindingKind = {
  code: 'OVL302',
  title: 'tunnel packets are fragmented',
  severity: 'warning',
  meaning:
    'The outer packet, with the tunnel in it, was too large for its link and was cut into fragments. It arrives, but at a price: if one fragment is lost the whole packet is, later fragments have no ports for filters and load balancers, and reassembly costs the receiver time.',
  likely: 'the MTU of the pods leaves no room for what the tunnel adds (50 bytes over IPv4, 70 over IPv6)',
  next: [
    'cilium-dbg status --verbose | grep -i mtu',
    'on a pod: ip link show eth0 should be 1450 or less on a 1500 underlay',
  ],
}

export const missingFragments: FindingKind = {
  code: 'OVL303',
  title: 'later fragments are missing',
  severity: 'warning',
  meaning:
    "First fragments of tunnel packets are in the capture, and later ones are not. If none is there, it is the capture filter's doing: only the first fragment has ports, so that 'udp port 8472' does not match the others. Then inner packets look cut, and are not. If only some are missing, they were lost.",
  likely: 'the capture filter keeps first fragments only, or later ones were lost on the way',
  next: ["capture with: tcpdump -i any -w FILE 'udp port 8472 or (ip[6:2] & 0x1fff != 0) or icmp'"],
}

interface Fragmented {
  readonly source: string
  readonly destination: string
  readonly first: Frames
  readonly missing: Frames
  later: number
  largest: number
}

interface First {
  readonly subject: Fragmented
  readonly at: FrameAt
  readonly now: number
}

const MAX_WAITING = 16_384
const MORE_FRAGMENTS = 0x2000
const OFFSET = 0x1fff
const FRAGMENT_HEADER = 44
const UDP = 17
/** Fragments of one packet follow each other; what is not there at the end may still be on its way. */
const PATIENCE = 100e6

export const fragments: Family = {
  kinds: [outerFragments, missingFragments],
  begin: (scene) => new FragmentWatcher(scene),
}

class FragmentWatcher implements Watcher {
  private readonly scene: Scene
  private readonly subjects: Subjects<Fragmented>
  private readonly waiting = new Waiting<First>(MAX_WAITING, ({ subject, at }) => subject.missing.add(at))

  /** Later fragments that came before the first one. */
  private readonly early = new BoundedMap<string, true>(MAX_WAITING)

  constructor(scene: Scene) {
    this.scene = scene
    this.subjects = new Subjects(scene)
  }

  watch(seen: Sighting): void {
    const { view, walk } = seen
    const { outer, outerLayer, inner, innerLayer, tunnel } = walk.marks
    if (seen.isRepeat) return
    if (tunnel >= 0) {
      if (outer < 0) return
      if (isIpv4Layer(walk, outerLayer)) {
        if ((view.getUint16(outer + 6) & MORE_FRAGMENTS) !== 0) this.begin(seen, view.getUint16(outer + 4), outer)
      } else if (view.getUint8(outer + 6) === FRAGMENT_HEADER && (view.getUint16(outer + 42) & 1) !== 0)
        this.begin(seen, view.getUint32(outer + 44), outer)
    } else if (inner >= 0) {
      if (isIpv4Layer(walk, innerLayer)) {
        const isLater = (view.getUint16(inner + 6) & OFFSET) !== 0 && view.getUint8(inner + 9) === UDP
        if (isLater) this.goOn(seen, view.getUint16(inner + 4))
      } else if (view.getUint8(inner + 6) === FRAGMENT_HEADER && walk.marks.transport - inner >= 48) {
        const isLater = (view.getUint16(inner + 42) & 0xfff8) !== 0 && view.getUint8(inner + 40) === UDP
        if (isLater) this.goOn(seen, view.getUint32(inner + 44))
      }
    }
  }

  *findings() {
    const { ended } = this.scene
    for (const { subject, at, now } of this.waiting.values())
      if (subject.later === 0 || !((ended[at.file] ?? 0) - now < PATIENCE)) subject.missing.add(at)
    for (const subject of this.subjects) {
      yield this.fragmented(subject)
      if (subject.missing.count > 0) yield this.missing(subject)
    }
  }

  private begin(seen: Sighting, id: number, outer: number): void {
    const ends = wayEnds(seen)
    const name = `${ends.source} ${ends.destination}`
    const subject = this.subjects.of(name, () => ({
      ...ends,
      first: new Frames(),
      missing: new Frames(),
      later: 0,
      largest: 0,
    }))
    if (subject === undefined) return
    const { walk, view } = seen
    const size = isIpv4Layer(walk, walk.marks.outerLayer) ? view.getUint16(outer + 2) : view.getUint16(outer + 4) + 40
    subject.largest = Math.max(subject.largest, size)
    subject.first.add(at(seen), () => `first fragment, ${size} bytes`)
    const key = `${name} ${id}`
    if (this.early.get(key) === true) {
      this.early.delete(key)
      subject.later++
      return
    }
    const known = this.waiting.get(key)
    if (known !== undefined) subject.missing.add(known.at)
    this.waiting.delete(key)
    this.waiting.set(key, { subject, at: at(seen), now: seen.now })
  }

  private goOn(seen: Sighting, id: number): void {
    const { source, destination } = wayEnds(seen)
    const key = `${source} ${destination} ${id}`
    const first = this.waiting.get(key)
    if (first === undefined) {
      this.early.set(key, true)
      return
    }
    first.subject.later++
    this.waiting.delete(key)
  }

  private fragmented({ source, destination, first, largest }: Fragmented) {
    const { speak } = this.scene
    return this.scene.finding(outerFragments, {
      sentence: `${speak.end(source)} → ${speak.end(destination)}: ${counted(first.count, 'tunnel packet was', 'tunnel packets were')} cut into fragments (first ones of ${largest} bytes)`,
      frames: first,
      shows: 'first fragment',
      values: { source, destination, packets: first.count, largest },
    })
  }

  private missing({ source, destination, first, missing, later }: Fragmented) {
    const { speak } = this.scene
    const own = this.scene.interfaces.all.find((one) => one.interface.filter !== undefined)?.interface.filter
    const ends = `${speak.end(source)} → ${speak.end(destination)}`
    const isFiltered = later === 0
    const filter = `'${own ?? 'udp port 8472'}'`
    return this.scene.finding(missingFragments, {
      severity: isFiltered ? 'info' : 'warning',
      sentence: isFiltered
        ? `${ends}: of ${counted(first.count, 'fragmented packet')} only the first fragments are here, since later ones have no ports for a capture filter like ${filter}; inner packets look cut, and are not`
        : `${ends}: the later fragments of ${missing.count} of ${counted(first.count, 'fragmented packet')} are missing, so these packets are lost`,
      ...(isFiltered && {
        likely: `the capture filter ${filter} keeps first fragments only`,
        next: ["capture again with: tcpdump -i any -w FILE 'udp port 8472 or (ip[6:2] & 0x1fff != 0) or icmp'"],
      }),
      ...(!isFiltered && {
        likely: 'later fragments were lost on the way',
        next: [`on ${speak.end(destination)}: nstat -az IpReasmFails IpReasmTimeout, and which filter drops fragments`],
      }),
      frames: missing,
      shows: 'first fragment, the rest is not there',
      values: { source, destination, packets: first.count, missing: missing.count, filtered: isFiltered },
    })
  }
}
