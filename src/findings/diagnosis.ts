/** A diagnosis: takes frames in, one after another, and says at the end what was found. Its memory is bounded. */
import { Clock } from '../analysis/span.ts'
import type { CaptureRecord } from '../capture/record.ts'
import type { Walk } from '../dissect/walk.ts'
import type { CaptureError } from '../errors.ts'
import { compareSeverities, type Finding } from './finding.ts'
import { FAMILIES } from './registry.ts'
import { Scene, type SceneOptions, type Watcher } from './scene.ts'
import { Sighting } from './sighting.ts'

/** Findings of one code that are told. */
const MOST_OF_A_CODE = 50

/** What goes unanswered follows from other things; how well the capture was made comes last. */
const rankOf = (code: string) => (code.startsWith('OVL1') ? 1 : code.startsWith('OVL9') ? 2 : 0)

/**
 * What a diagnosis found.
 * @example
 * ```js
 * import { diagnose } from 'ovl-dissect'
 *
 * const { findings, frames, packets } = await diagnose('vxlan-4789.pcap')
 * console.log(findings.length, frames, packets) // 0 28 14
 * ```
 */
export interface DiagnosisResult {
  /** The worst first; of equal severity causes before what follows from them, then by code, then the most packets first. */
  readonly findings: readonly Finding[]
  /** For each code, how many more there were than are told. */
  readonly omitted: Readonly<Record<string, number>>
  /** How often ends were seen that no finding tells of, since there were too many to tell them apart. */
  readonly untold: number
  readonly frames: number
  /** Without copies that further interfaces saw. */
  readonly packets: number
}

/**
 *     const diagnosis = new Diagnosis({ tables: dissector.tables, captures: [{ path }] })
 *     await scan(path, (record, walk) => diagnosis.add(record, walk))
 *     for (const finding of diagnosis.result().findings) …
 */
export class Diagnosis {
  private readonly scene: Scene
  private readonly watchers: readonly Watcher[]
  private readonly watching: readonly Required<Pick<Watcher, 'watch'>>[]
  private readonly clock: Clock
  private seen: Sighting | undefined
  private told: DiagnosisResult | undefined

  constructor(options: SceneOptions) {
    this.scene = new Scene(options)
    this.clock = new Clock(options.prepared?.began)
    this.watchers = FAMILIES.map((family) => family.begin(this.scene))
    this.watching = this.watchers.filter((one): one is Required<Watcher> => one.watch !== undefined)
  }

  /** Takes a frame of capture `file` in. Record and walk are not kept. */
  add(record: CaptureRecord, walk: Walk, file = 0): void {
    this.seen ??= new Sighting(walk)
    const { seen, scene } = this
    seen.record = record
    seen.file = file
    seen.frame = (scene.frames[file] ?? 0) + 1
    scene.frames[file] = seen.frame
    seen.now = this.clock.at(record)
    if (seen.frame === 1) scene.began[file] = seen.now
    if (!(seen.now <= (scene.ended[file] ?? Number.NEGATIVE_INFINITY))) scene.ended[file] = seen.now
    const { copies } = scene
    const before = copies.packets
    scene.paths.observe(record, walk, file, true)
    seen.isCopy = copies.packets === before
    seen.isRepeat = seen.isCopy && copies.isKnownPair
    seen.pair = scene.pairs.find(record.view, walk)
    scene.interfaces.place(seen)
    scene.sights.watch(seen)
    scene.requests.watch(seen)
    for (const watcher of this.watching) watcher.watch(seen)
  }

  /** A capture could not be read on; what was seen of it counts. */
  fail(error: CaptureError, file = 0): void {
    this.scene.errors.set(file, error)
  }

  /** What was found; no frames may come after. */
  result(): DiagnosisResult {
    this.told ??= this.conclude()
    return this.told
  }

  private conclude(): DiagnosisResult {
    const { copies, paths } = this.scene
    paths.finish()
    this.scene.requests.unanswered()
    const worst = new Worst()
    for (const watcher of this.watchers) for (const finding of watcher.findings()) worst.add(finding)
    return {
      findings: worst.findings(),
      omitted: worst.omitted(),
      untold: this.scene.untold + this.scene.requests.untold + paths.overflow,
      frames: copies.frames,
      packets: copies.packets,
    }
  }
}

/** The worst findings of each code; of very many the others are only counted. */
class Worst {
  private readonly kept = new Map<string, Finding[]>()
  private readonly counts = new Map<string, number>()

  add(finding: Finding): void {
    const { code } = finding
    const kept = this.kept.get(code) ?? []
    this.kept.set(code, kept)
    this.counts.set(code, (this.counts.get(code) ?? 0) + 1)
    kept.push(finding)
    // Sorting now and then is cheaper than finding its place for each.
    if (kept.length >= MOST_OF_A_CODE * 4) cut(kept)
  }

  findings(): Finding[] {
    for (const kept of this.kept.values()) cut(kept)
    return [...this.kept.values()].flat().sort(inOrder)
  }

  omitted(): Record<string, number> {
    const more = [...this.counts].filter(([, count]) => count > MOST_OF_A_CODE)
    return Object.fromEntries(more.map(([code, count]) => [code, count - MOST_OF_A_CODE]))
  }
}

function cut(findings: Finding[]): void {
  findings.sort(inOrder).splice(MOST_OF_A_CODE)
}

function inOrder(a: Finding, b: Finding): number {
  return (
    compareSeverities(a.severity, b.severity) ||
    rankOf(a.code) - rankOf(b.code) ||
    (a.code < b.code ? -1 : a.code > b.code ? 1 : b.packets - a.packets)
  )
}
