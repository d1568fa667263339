/** The way of one packet: everywhere it was seen, with TTL, tunnel and the time since the place before. */
import { PathTable, type SeenPacket } from '../../analysis/path-table.ts'
import { describer, type PacketPath, type PathAbout, type PathHop, packetPath } from '../../analysis/paths.ts'
import { durationText } from '../../bytes/time.ts'
import { skimPacket } from '../../dissect/walk.ts'
import { escapeText } from '../../render/escape.ts'
import { fitTo } from '../../render/width.ts'
import { FrameReader } from '../frames/frame-reader.ts'
import { span } from '../line.ts'
import { CaptureNumbers } from './capture-numbers.ts'
import type { Job } from './jobs.ts'
import { type Targeted, TargetedLines } from './targeted.ts'
import type { ViewedCapture } from './viewed-capture.ts'

/** Copies come within a second; records may come a little late. In seconds. */
const WINDOW = 1.5
/** Frames before and behind that are looked at, however much time they take. */
const MOST = 300_000
const STRIDE = 64

interface Hop {
  readonly hop: PathHop
  /** The packet (from 0). */
  readonly index: number | undefined
}

export class PathPage implements Job {
  private readonly capture: ViewedCapture
  private readonly table: PathTable<PathAbout>
  private readonly numbers: CaptureNumbers
  private readonly reader: FrameReader
  private readonly until: number
  private readonly walk
  private at: number
  private found: PacketPath | undefined
  private hops: readonly Hop[] = []
  private isDone = false

  /** `index`: the packet, from 0. */
  constructor(capture: ViewedCapture, index: number) {
    this.capture = capture
    const { dissector, places, files } = capture.input
    const { store } = capture.frames
    const { pages } = store
    this.numbers = new CaptureNumbers(files, pages)
    this.reader = new FrameReader(store, 1024 * 1024)
    this.walk = dissector.walk()
    const time = (at: number) => pages.seconds(at) + pages.nanoseconds(at) / 1e9
    const isNear = (at: number) => !pages.hasTime(at) || Math.abs(time(at) - time(index)) <= WINDOW
    let from = index
    while (from > 0 && index - from < MOST && isNear(from - 1)) from--
    let until = index + 1
    while (until < pages.count && until - index < MOST && isNear(until)) until++
    this.at = from
    this.until = until
    this.table = new PathTable<PathAbout>({
      linksOf: (file) => places[file]?.links ?? new Map(),
      describe: describer(dissector),
      onPacket: (seen) => this.told(seen, index),
    })
  }

  run(deadline: number): boolean {
    const { walk, reader, numbers, table } = this
    while (this.at < this.until) {
      const stop = Math.min(this.at + STRIDE, this.until)
      for (; this.at < stop; this.at++) {
        const record = reader.at(this.at)
        skimPacket(walk, record.view, record.start, record.end, record.originalLength, record.linkType)
        table.observe(record, walk, numbers.take(this.at), true)
      }
      if (performance.now() >= deadline) return true
    }
    if (!this.isDone) table.finish()
    this.isDone = true
    return false
  }

  get state(): string {
    return this.isDone ? 'told' : `reading ${this.at}`
  }

  lines(): Targeted {
    const page = new TargetedLines()
    const { found } = this
    if (!this.isDone) page.add([span('looking for its copies', 'hint')])
    else if (found === undefined) page.add([span('this packet has no IP header: nothing tells its copies', 'hint')])
    else this.addPath(page, found)
    return page
  }

  private addPath(
    page: TargetedLines,
    { info, protocol, source, destination, kind, of, lostBefore }: PacketPath,
  ): void {
    const ends = `${this.ownerText(source)} → ${this.ownerText(destination)}`
    page.add([span(`${ends}  ${escapeText(protocol)}  ${escapeText(info)}`, 'header')])
    if (kind !== 'packet') page.add([span(`a ${kind}${of === undefined ? '' : ` of frame ${of.frame}`}`, 'bad')])
    page.add([])
    for (const { hop, index } of this.hops) {
      const { frame, interface: name, direction, ttl, sincePrevious, tunnel } = hop
      const place = [hop.point, name, direction].filter((word) => word !== undefined).join(' ')
      const since = sincePrevious === undefined ? '' : sinceText(sincePrevious)
      const way =
        tunnel === undefined
          ? 'in no tunnel'
          : `${tunnel.type} ${tunnel.vni}  ${this.ownerText(tunnel.source)} → ${this.ownerText(tunnel.destination)}`
      const cells = [
        fitTo(String(frame), 9, 'right'),
        fitTo(escapeText(place), 16),
        fitTo(`TTL ${ttl}`, 7),
        fitTo(since, 12, 'right'),
      ]
      page.add([span(`${cells.join('  ')}  `), span(escapeText(way), tunnel === undefined ? 'inner' : 'outer')], index)
    }
    if (lostBefore === undefined) return
    const { interface: name = '', direction = '' } = lostBefore
    page.add([
      span(
        `           lost before ${escapeText(`${name} ${direction}`.trim())}, where others of its flow went on`,
        'bad',
      ),
    ])
  }

  private ownerText(address: string): string {
    const owner = this.capture.input.names?.address(address)
    return owner === undefined ? address : `${address} (${escapeText(owner.name)})`
  }

  private told(seen: SeenPacket<PathAbout>, index: number): void {
    const { sightings } = seen
    const indexes = sightings.map(({ point, frame }) => this.numbers.indexOf(point.file, frame))
    if (!indexes.includes(index)) return
    const { dissector, files, places } = this.capture.input
    const points = files.map((source, file) => ({ source, links: places[file]?.links }))
    const path = packetPath(seen, this.table, points, dissector.tables, undefined)
    this.found = path
    // Frames of the window are numbered anew; the list's numbers are those of the capture.
    this.hops = path.hops.map((hop, at) => ({ hop: { ...hop, frame: (indexes[at] ?? 0) + 1 }, index: indexes[at] }))
  }
}

function sinceText(seconds: number): string {
  const size = Math.abs(seconds)
  const whole = Math.floor(size)
  const text = durationText({ seconds: whole, nanoseconds: Math.round((size - whole) * 1e9) })
  return `${seconds < 0 ? '−' : '+'}${text}`
}
