/** Records larger than any packet on a wire: segmentation offload. */
import { innerEnds } from './end-text.ts'
import type { FindingKind } from './finding.ts'
import { at, Frames } from './frames.ts'
import type { Family, Scene, Watcher } from './scene.ts'
import type { Sighting } from './sighting.ts'
import { counted } from './speaker.ts'
import { Subjects } from './subjects.ts'

export const segmentationOffload: FindingKind = {
  code: 'OVL304',
  title: 'records larger than packets',
  severity: 'info',
  meaning:
    'Records are larger than any link takes: the kernel hands the network card many TCP segments as one (TSO, GSO), or puts segments together on arrival (GRO), and the capture sees them so. Nothing is wrong; but sizes and packet counts are not those of the wire, and an MTU problem cannot be seen here.',
  likely: 'segmentation offload is on where this was captured',
  next: [
    'ethtool -k eth1 | grep -E "segmentation|receive-offload"',
    'to see what is on the wire, capture on another machine',
  ],
}

/** No link has larger frames. */
const JUMBO = 9216
/** Larger than an Ethernet with tags. */
const LARGE = 1600

interface Large {
  readonly source: string
  readonly destination: string
  largest: number
  readonly frames: Frames
}

export const offload: Family = {
  kinds: [segmentationOffload],
  begin: (scene) => new OffloadWatcher(scene),
}

class OffloadWatcher implements Watcher {
  private readonly scene: Scene
  private readonly subjects: Subjects<Large>

  constructor(scene: Scene) {
    this.scene = scene
    this.subjects = new Subjects(scene)
  }

  watch(seen: Sighting): void {
    const { originalLength } = seen.record
    if (originalLength <= LARGE || seen.isCopy || seen.walk.marks.inner < 0) return
    const { source, destination } = innerEnds(seen)
    const key = `${source} ${destination}`
    const subject = this.subjects.of(key, () => ({ source, destination, largest: 0, frames: new Frames() }))
    if (subject === undefined) return
    subject.largest = Math.max(subject.largest, originalLength)
    subject.frames.add(at(seen), () => `${originalLength} bytes`)
  }

  *findings() {
    const { speak } = this.scene
    for (const { source, destination, largest, frames } of this.subjects) {
      if (largest <= JUMBO) continue
      yield this.scene.finding(segmentationOffload, {
        sentence: `${speak.end(source)} → ${speak.end(destination)}: ${counted(frames.count, 'record')} of up to ${largest} bytes that never were packets of this size on a wire`,
        frames,
        shows: 'larger than a packet',
        values: { source, destination, largest, records: frames.count },
      })
    }
  }
}
