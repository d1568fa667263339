/** Checksums that do not fit, and whether that means anything. RFC 1071; Linux's CHECKSUM_PARTIAL. */

import { onesComplementSum } from '../bytes/checksum.ts'
import { finalDestination } from '../dissect/final-destination.ts'
import { innerEnds, isIpv4Layer, wayEnds } from './end-text.ts'
import type { FindingKind } from './finding.ts'
import { Frames } from './frames.ts'
import type { Family, Scene, Watcher } from './scene.ts'
import { Direction, type Sighting } from './sighting.ts'
import { counted } from './speaker.ts'
import { Subjects } from './subjects.ts'

export const wrongChecksum: FindingKind = {
  code: 'OVL401',
  title: 'checksum wrong',
  severity: 'error',
  meaning:
    'A checksum of a received packet (outer or inner; IPv4, UDP or TCP) does not fit its bytes: the receiver drops it silently. Packets that were captured on their way out are not meant, nor those whose field has only the sum over addresses and lengths: there the network card fills in the rest (OVL402). Where a capture does not say which way a packet went, it is a warning.',
  likely: 'bytes were changed on the way, or a checksum offload of a network card or virtual switch is broken',
  next: ['on the sender, the tunnel device first: ethtool -K <interface> tx-checksum-ip-generic off; is it gone then?'],
}

export const offloadedChecksum: FindingKind = {
  code: 'OVL402',
  title: 'checksum left to the network card',
  severity: 'info',
  meaning:
    'A checksum does not fit because nobody has worked it out yet: the packet was captured before the network card did so, or it never leaves the machine. Nothing is wrong.',
  likely: 'checksum offload is on where this was captured, or on the virtual machine or container that sent it',
  next: ['ethtool -k <interface> | grep checksum'],
}

/** Which checksum. */
const KINDS = ['outer IPv4', 'outer UDP', 'inner IPv4', 'inner UDP', 'inner TCP', 'IPv4', 'UDP', 'TCP'] as const
const TCP = 6
const UDP = 17
const IPV6_HEADER = 40
/** Bytes of both addresses. */
const IPV4_ADDRESS = 4
const IPV6_ADDRESS = 16

/** So many pairs of ends with the same trouble are told together. */
const MANY = 8

type Verdict = 'wrong' | 'unclear' | 'offload'

interface Wrong {
  readonly what: string
  readonly verdict: Verdict
  readonly source: string
  readonly destination: string
  readonly frames: Frames
}

export const checksums: Family = {
  kinds: [wrongChecksum, offloadedChecksum],
  begin: (scene) => new ChecksumWatcher(scene),
}

class ChecksumWatcher implements Watcher {
  private readonly scene: Scene
  private readonly subjects: Subjects<Wrong>

  constructor(scene: Scene) {
    this.scene = scene
    this.subjects = new Subjects(scene)
  }

  watch(seen: Sighting): void {
    if (seen.isRepeat) return
    const { walk, view } = seen
    const { marks } = walk
    const isInside = marks.tunnel >= 0
    if (marks.outer >= 0) {
      if (isIpv4Layer(walk, marks.outerLayer)) this.header(seen, 0, marks.outer)
      if (marks.tunnelPort >= 0) this.outerUdp(seen)
    }
    if (marks.inner < 0 || seen.isCopy) return
    const isIpv4 = isIpv4Layer(walk, marks.innerLayer)
    if (isIpv4) this.header(seen, isInside ? 2 : 5, marks.inner)
    // Of fragments and of what is cut only a part is there.
    if (marks.transportLayer === 0 || marks.end < marks.claim || marks.innerEnd < marks.end) return
    if (isIpv4 && (view.getUint16(marks.inner + 6) & 0x3fff) !== 0) return
    // What the inner header claims may be in another fragment of the outer packet; offloads leave the length 0.
    const length = isIpv4 ? view.getUint16(marks.inner + 2) : view.getUint16(marks.inner + 4)
    if (length === 0 || marks.inner + length + (isIpv4 ? 0 : IPV6_HEADER) > marks.innerEnd) return
    const isTcp = marks.transportLayer === walk.tables.tcp
    if (!isTcp && marks.transportLayer !== walk.tables.udp) return
    if (marks.end - marks.transport < (isTcp ? 20 : 8)) return
    if (!isIpv4 && marks.transport !== marks.innerBody) return
    const what = (isTcp ? 4 : 3) + (isInside ? 0 : 3)
    this.transport(seen, what, marks.inner, isIpv4, isTcp ? TCP : UDP, marks.transport, marks.end)
  }

  *findings() {
    const kinds = new Map<string, Wrong[]>()
    for (const one of this.subjects) {
      const key = `${one.what} ${one.verdict}`
      const known = kinds.get(key)
      if (known === undefined) kinds.set(key, [one])
      else known.push(one)
    }
    // So many ends have one cause: a card, or a link.
    for (const group of kinds.values())
      for (const together of group.length < MANY ? group.map((one) => [one]) : [group]) yield this.finding(together)
  }

  private finding(group: readonly Wrong[]) {
    const { speak } = this.scene
    const [{ what, verdict, source, destination }] = group as readonly [Wrong]
    const isOne = group.length === 1
    const ends = isOne ? `${speak.end(source)} → ${speak.end(destination)}` : `${group.length} pairs of ends`
    const frames = new Frames()
    for (const one of group) frames.addAll(one.frames)
    const values = {
      checksum: what,
      packets: frames.count,
      ...(isOne ? { source, destination } : { pairs: group.length }),
    }
    const many = counted(frames.count, 'packet')
    if (verdict === 'offload')
      return this.scene.finding(offloadedChecksum, {
        sentence: `${ends}: the ${what} checksum of ${many} was left to the network card`,
        frames,
        shows: `${what} checksum not filled in`,
        values,
      })
    return this.scene.finding(wrongChecksum, {
      severity: verdict === 'wrong' ? 'error' : 'warning',
      sentence:
        verdict === 'wrong'
          ? `${ends}: the ${what} checksum of ${counted(frames.count, 'received packet')} is wrong`
          : `${ends}: the ${what} checksum of ${many} is wrong, and the capture does not say whether this machine sent or received`,
      ...(verdict === 'unclear' && {
        likely: 'offload if this machine sent them; else bytes were changed on the way',
      }),
      frames,
      shows: `${what} checksum does not fit`,
      values,
    })
  }

  private header(seen: Sighting, what: number, start: number): void {
    const { view } = seen
    const length = (view.getUint8(start) & 0x0f) * 4
    if (start + length > seen.record.end || onesComplementSum(view, start, length) === 0xffff) return
    this.note(seen, what, view.getUint16(start + 10) === 0)
  }

  private outerUdp(seen: Sighting): void {
    const { walk, view } = seen
    const { outer, outerLayer, tunnel } = walk.marks
    const isIpv4 = isIpv4Layer(walk, outerLayer)
    const start = isIpv4 ? outer + (view.getUint8(outer) & 0x0f) * 4 : outer + 40
    if (!isIpv4 && view.getUint8(outer + 6) !== UDP) return
    if (isIpv4 && (view.getUint16(outer + 6) & 0x3fff) !== 0) return
    // Behind nested tunnels the first one's header is not the last's.
    if (start + 8 > tunnel || view.getUint16(start + 6) === 0) return
    const end = start + view.getUint16(start + 4)
    if (end > seen.record.end || end < start + 8) return
    this.transport(seen, 1, outer, isIpv4, UDP, start, end)
  }

  private transport(
    seen: Sighting,
    what: number,
    ip: number,
    isIpv4: boolean,
    protocol: number,
    start: number,
    end: number,
  ): void {
    const { view } = seen
    const field = view.getUint16(start + (protocol === TCP ? 16 : 6))
    // A UDP checksum of 0 is none.
    if (protocol === UDP && field === 0) return
    const size = isIpv4 ? IPV4_ADDRESS : IPV6_ADDRESS
    const destination = isIpv4 ? ip + 16 : finalDestination(view, ip, start)
    const bare = onesComplementSum(
      view,
      destination,
      size,
      onesComplementSum(view, ip + (isIpv4 ? 12 : 8), size, protocol),
    )
    const pseudo = onesComplementSum(view, 0, 0, bare + (end - start))
    if (onesComplementSum(view, start, end - start, pseudo) === 0xffff) return
    this.note(seen, what, field === pseudo || field === bare)
  }

  private note(seen: Sighting, what: number, isPartial: boolean): void {
    const isSent = seen.direction === Direction.Out
    const verdict = isPartial || isSent ? 'offload' : seen.direction === Direction.Unknown ? 'unclear' : 'wrong'
    const name = KINDS[what] as string
    const { source, destination } = what < 2 ? wayEnds(seen) : innerEnds(seen)
    const key = `${name} ${verdict} ${source} ${destination}`
    const subject = this.subjects.of(key, () => ({ what: name, verdict, source, destination, frames: new Frames() }))
    if (subject === undefined) return
    subject.frames.see(seen)
  }
}
