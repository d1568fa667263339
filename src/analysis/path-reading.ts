/** Reading captures for the ways of packets: first their clocks are compared, then all are read as one, by the right time. */
import type { Source } from '../bytes/source.ts'
import type { Instant } from '../bytes/time.ts'
import { scanMerged } from '../capture/merge.ts'
import { scanRecords } from '../capture/read-records.ts'
import type { CaptureRecord } from '../capture/record.ts'
import type { Dissector } from '../dissect/dissector.ts'
import { skimPacket, type Walk } from '../dissect/walk.ts'
import { CaptureError } from '../errors.ts'
import { ClockSamples } from './clock-samples.ts'
import { type CaptureClock, compareClocks } from './clocks.ts'
import { KernelFinder } from './kernel-finder.ts'
import type { PacketFinder } from './packet-finder.ts'
import type { Coverage, PathTable } from './path-table.ts'

/** What is known of several captures before they are read as one. */
export interface Preparation {
  /** The second from which times count. */
  readonly began: number
  readonly clocks: readonly CaptureClock[]
  readonly coverage: readonly Coverage[]
  /** By how much times of two captures may still be wrong against each other, in nanoseconds. */
  readonly uncertainty: number
}

export interface PathReadingOptions {
  readonly dissector: Dissector
  /** Walks (or skims) a frame and says whether it is selected; without it all are. */
  readonly select?: ((record: CaptureRecord, walk: Walk) => boolean) | undefined
  readonly prepared?: Preparation | undefined
  /** Captures that cannot be read on: what came before counts, the others go on. Without it that is thrown at the end. */
  readonly onError?: ((error: CaptureError, file: number) => void) | undefined
  /** Awaited now and then. */
  readonly onPause?: (() => Promise<void>) | undefined
  /** Ends the reading when it says so. */
  readonly isEnough?: (() => boolean) | undefined
}

/** Whether a source gives the same bytes when it is read again. */
export function isReadableAgain(source: Source): boolean {
  return (
    (typeof source === 'string' && source !== '-') ||
    source instanceof URL ||
    source instanceof Uint8Array ||
    source instanceof ArrayBuffer
  )
}

/** Reads all captures once and compares their clocks; undefined where there is nothing to compare, or no frame. */
export async function prepare(sources: readonly Source[], dissector: Dissector): Promise<Preparation | undefined> {
  if (sources.length < 2 || !sources.every(isReadableAgain)) return undefined
  const walk = dissector.walk()
  const samples: (ClockSamples | undefined)[] = sources.map(() => undefined)
  let began: number | undefined
  for (const [file, source] of sources.entries()) {
    try {
      await scanRecords(source, (record) => {
        if (!record.hasTime) return
        began ??= record.seconds
        samples[file] ??= new ClockSamples(began)
        skimPacket(walk, record.view, record.start, record.end, record.originalLength, record.linkType)
        samples[file]?.observe(record, walk)
      })
    } catch (error) {
      // It is told of when the packets are read.
      if (!(error instanceof CaptureError)) throw error
    }
  }
  if (began === undefined) return undefined
  const from = began
  const all = samples.map((one) => one ?? new ClockSamples(from))
  const clocks = compareClocks(all)
  const coverage = all.map(({ coverage: seen }, file) => {
    const { at, offset } = clocks[file] as CaptureClock
    const right = (time: number) => time - at(time - offset)
    return { first: right(seen?.first ?? Number.NaN), last: right(seen?.last ?? Number.NaN) }
  })
  return { began, clocks, coverage, uncertainty: clocks.reduce((sum, one) => Math.max(sum, one.uncertainty), 0) }
}

/**
 * Which finder costs least for a table that is told of all packets of these captures, and keeps nothing of their bytes;
 * undefined: the usual one.
 */
export function fastFinder(sources: readonly Source[], prepared: Preparation | undefined): PacketFinder | undefined {
  return sources.length === 1 ? new KernelFinder(prepared?.began) : undefined
}

/** Reads captures into a table, all of them as one; what is still waited for at the end is told of. */
export async function readPaths(
  sources: readonly Source[],
  table: PathTable<unknown>,
  options: PathReadingOptions,
): Promise<void> {
  const { dissector, select, prepared, onError, onPause, isEnough } = options
  const walk = dissector.walk()
  walk.rehearse()
  const visit = (record: CaptureRecord, file: number): undefined | false => {
    let isSelected = true
    if (select !== undefined) isSelected = select(record, walk)
    else skimPacket(walk, record.view, record.start, record.end, record.originalLength, record.linkType)
    table.observe(record, walk, file, isSelected)
    return isEnough?.() === true ? false : undefined
  }
  const [only] = sources
  try {
    if (sources.length === 1 && only !== undefined && onPause === undefined) {
      const runs = select === undefined ? table.runs(dissector.tables, () => isEnough?.() !== true) : undefined
      await scanRecords(only, (record) => visit(record, 0), { runs })
    } else await scanMerged(sources, visit, { ahead: aheadOf(prepared), onPause, ...(onError && { onError }) })
  } catch (error) {
    if (!(error instanceof CaptureError) || onError === undefined) throw error
    onError(error, 0)
  } finally {
    table.finish()
  }
}

/** For each capture, how far its clock is ahead at a time, in nanoseconds. */
export function aheadOf(prepared: Preparation | undefined): ((time: Instant) => number)[] | undefined {
  if (prepared === undefined) return undefined
  const { began, clocks } = prepared
  return clocks.map(
    ({ at, offset }) =>
      (time) =>
        at((time.seconds - began) * 1e9 + time.nanoseconds - offset),
  )
}
