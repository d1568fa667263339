/** Captures that are damaged, cut too short, or not in the order of time. */

import { Stop } from '../dissect/stop.ts'
import { RoleNumber } from '../dissect/tables.ts'
import type { CaptureError } from '../errors.ts'
import type { Finding, FindingKind } from './finding.ts'
import { at, type FrameAt, Frames } from './frames.ts'
import type { Family, Scene, Watcher } from './scene.ts'
import type { Sighting } from './sighting.ts'
import { counted, span } from './speaker.ts'

export const damagedCapture: FindingKind = {
  code: 'OVL901',
  title: 'capture damaged',
  severity: 'warning',
  meaning:
    'The file ends in the middle of a packet, or cannot be read on from some place. What comes before is judged; what comes after is not known.',
  likely: 'the capturing program was killed, the disk was full, or the file was not copied whole',
  next: [
    'capture again with tcpdump -U, which writes every packet at once',
    'compare the size of the file with that on the machine that captured',
  ],
}

export const cutHeaders: FindingKind = {
  code: 'OVL902',
  title: 'packets cut before their inner headers end',
  severity: 'warning',
  meaning:
    'The snap length of the capture is so small that inner headers are cut: ports, flags or sequence numbers are not there, and findings about connections cannot be told.',
  likely: 'the capture was made with a small -s',
  next: ['capture with -s 0, or at least -s 160 for headers alone'],
}

export const timeGoesBack: FindingKind = {
  code: 'OVL903',
  title: 'time goes back',
  severity: 'warning',
  meaning:
    'Records are not in the order of their times. A little is usual: tcpdump on any and dumpcap on several interfaces write what each interface gives them in turn (info). More than a second within one interface means that the clock was set.',
  likely: 'several interfaces were captured at once, or the clock of the machine was set',
  next: ['put it in order with reordercap, which comes with Wireshark: reordercap in.pcap out.pcap'],
}

const SECOND = 1e9

/** One capture's own troubles. */
interface Troubles {
  error: CaptureError | undefined
  readonly cut: Frames
  /** Bytes that the longest header would have needed. */
  needed: number
  snapLength: number
  readonly back: Frames
  /** How far (ns) time went back at most. */
  largest: number
  latest: number
  lastOf: Float64Array
  largestOfOne: number
}

export const damage: Family = {
  kinds: [damagedCapture, cutHeaders, timeGoesBack],
  begin: (scene) => new DamageWatcher(scene),
}

class DamageWatcher implements Watcher {
  private readonly scene: Scene
  private readonly troubles: Troubles[] = []

  constructor(scene: Scene) {
    this.scene = scene
  }

  watch(seen: Sighting): void {
    const here = this.of(seen.file)
    const { record, walk } = seen
    if (!seen.isWhole && isHeaderCut(seen)) {
      here.cut.add(
        at(seen),
        () =>
          `cut in ${walk.tables.layers[walk.stopLayer]?.label ?? 'a header'}, ${record.end - record.start} of ${record.originalLength} bytes`,
      )
      here.needed = Math.max(here.needed, walk.stopAt - record.start + walk.needed)
      here.snapLength = record.end - record.start
    }
    const { now } = seen
    if (now < here.latest) {
      const back = here.latest - now
      here.largest = Math.max(here.largest, back)
      here.back.add(at(seen), () => `${span(back)} before the frames before it`)
    } else if (now > here.latest) here.latest = now
    const last = here.lastOf[seen.interface] as number
    if (now < last) here.largestOfOne = Math.max(here.largestOfOne, last - now)
    else here.lastOf[seen.interface] = now
  }

  *findings() {
    for (const [file, error] of this.scene.errors) this.of(file).error = error
    for (const [file, one] of this.troubles.entries()) {
      if (one === undefined) continue
      if (one.error !== undefined) yield this.damaged(file, one.error)
      if (one.cut.count > 0) yield this.cut(file, one)
      if (one.back.count > 0) yield this.back(file, one)
    }
  }

  private of(file: number): Troubles {
    let known = this.troubles[file]
    if (known === undefined) {
      const never = Number.NEGATIVE_INFINITY
      known = {
        ...{ error: undefined, cut: new Frames(), needed: 0, snapLength: 0, back: new Frames(), largest: 0 },
        ...{ latest: never, lastOf: new Float64Array(32).fill(never), largestOfOne: 0 },
      }
      this.troubles[file] = known
    }
    return known
  }

  private name(file: number): string {
    return this.scene.captures[file]?.path ?? this.scene.speak.capture(file)
  }

  private damaged(file: number, error: CaptureError): Finding {
    const frames = new Frames()
    const last: FrameAt = { frame: this.scene.frames[file] ?? 0, file }
    if (last.frame > 0) frames.add(last, () => 'the last whole packet')
    return this.scene.finding(damagedCapture, {
      sentence: `${this.name(file)} cannot be read to its end, after ${counted(last.frame, 'packet')}: ${error.message}`,
      frames,
      shows: '',
      values: { reason: error.code, ...(error.offset !== undefined && { offset: error.offset }) },
    })
  }

  private cut(file: number, { cut, needed, snapLength }: Troubles): Finding {
    return this.scene.finding(cutHeaders, {
      sentence: `${counted(cut.count, 'packet')} of ${this.name(file)} ${cut.count === 1 ? 'is' : 'are'} cut at ${snapLength} bytes, in the middle of inner headers, which need ${needed}`,
      next: [`capture with -s 0, or with -s ${Math.max(160, needed)} or more for headers alone`],
      frames: cut,
      shows: 'header cut',
      values: { packets: cut.count, snapLength, needed },
    })
  }

  private back(file: number, { back, largest, largestOfOne }: Troubles): Finding {
    const isSet = largestOfOne > SECOND
    return this.scene.finding(timeGoesBack, {
      severity: isSet ? 'warning' : 'info',
      sentence: `${counted(back.count, 'packet')} of ${this.name(file)} ${back.count === 1 ? 'is' : 'are'} older than what comes before, by up to ${span(largest)}`,
      likely: isSet
        ? 'the clock of the machine was set while it captured'
        : 'several interfaces were captured at once, and each wrote when it had something',
      frames: back,
      shows: 'time goes back',
      values: { packets: back.count, nanoseconds: largest },
    })
  }
}

/** Whether the walk ended in a header that the capture cut, and not in what an application says. */
function isHeaderCut({ walk }: Sighting): boolean {
  if (walk.isListed === false || walk.stop !== Stop.Truncated) return false
  return walk.tables.roles[walk.stopLayer] !== RoleNumber.application
}
