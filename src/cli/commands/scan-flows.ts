/** Reads one capture into a table of flows, with a progress bar for a person and an end when he has seen enough. */
import { statSync } from 'node:fs'
import type { FlowCapture } from '../../analysis/flow-capture.ts'
import { type ScanRecordsOptions, scanRecords } from '../../capture/read-records.ts'
import type { Dissector } from '../../dissect/dissector.ts'
import type { Filter } from '../../filter/filter.ts'
import type { Names } from '../../names/names.ts'
import { FrameFilter } from '../frame-filter.ts'
import { Interrupt } from '../interrupts.ts'
import { isTerminal } from '../is-terminal.ts'
import { LaterHalf, type SplitOptions } from './split-flows.ts'

export interface ScanFlowsOptions {
  readonly filter: Filter | undefined
  /** For filters that ask for names. */
  readonly names: Names | undefined
  readonly split: SplitOptions
}

/** A second without a sign of life is long. */
const PATIENCE = 1000
const REDRAW = 250
/** Frames between two looks at the clock. */
const FRAMES = 65_536

/** Takes the frames of `file` that the filter selects into `capture`. */
export async function scanFlows(
  file: string,
  dissector: Dissector,
  capture: FlowCapture,
  { filter, names, split }: ScanFlowsOptions,
): Promise<void> {
  const walk = dissector.walk()
  const frames = filter && new FrameFilter(filter, dissector.tables, names)
  const later = frames === undefined ? LaterHalf.begin(file, capture, split) : undefined
  const progress = new Progress(file, later === undefined ? 1 : 2)
  const interrupt = new Interrupt()
  const goesOn = (offset: number) => {
    progress.at(offset)
    return !interrupt.isStopped
  }
  const runs = frames === undefined ? capture.runs(dissector.tables, goesOn) : undefined
  let next: ScanRecordsOptions['from']
  const take = (end: number) => {
    capture.endAt(end)
    const from = next
    next = undefined
    return scanRecords(
      file,
      (record) => {
        if (record.offset >= end) {
          next = { offset: record.offset, number: record.number - 1 }
          return false
        }
        if (frames === undefined) capture.addFrame(record, walk)
        else if (frames.takes(record, walk)) capture.add(record, walk)
        return record.number % FRAMES !== 0 || goesOn(record.offset) ? undefined : false
      },
      { runs, from },
    )
  }
  try {
    await take(later?.seam ?? Number.POSITIVE_INFINITY)
    if (later === undefined || next === undefined || (await later.addTo(capture, next.offset))) return
    await take(Number.POSITIVE_INFINITY)
  } finally {
    interrupt.release()
    progress.end()
    await later?.end()
  }
}

/** `[████····] 42 %` on a terminal's standard error. */
export class Progress {
  private readonly began = Date.now()
  private drawn = 0
  private readonly size: number
  private readonly isSeen = isTerminal('stderr')

  /** Of `parts` equal parts of the file the first is told of. */
  constructor(file: string, parts: number) {
    this.size = this.isSeen && file !== '-' ? (statSync(file, { throwIfNoEntry: false })?.size ?? 0) / parts : 0
  }

  at(offset: number): void {
    if (this.size === 0) return
    const now = Date.now()
    if (now - this.began < PATIENCE || now - this.drawn < REDRAW) return
    this.drawn = now
    const part = Math.min(offset / this.size, 1)
    const bar = '█'.repeat(Math.round(part * 30)).padEnd(30, '·')
    process.stderr.write(`\r[${bar}] ${Math.floor(part * 100)} %`)
  }

  end(): void {
    if (this.drawn !== 0) process.stderr.write('\r\x1b[K')
  }
}
