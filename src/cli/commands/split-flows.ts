/**
 * A large capture in two halves at once. Where records begin in the middle of a file can only be guessed: a thread guesses,
 * reads the stretch before the seam to know what copies may come, and then takes in all that lies behind it. This thread
 * reads what is before the seam, and so knows where the next record begins and what is remembered there. If both agree, the
 * halves are added up; else this thread goes on reading, and the other's work is thrown away.
 */
import { statSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import type { Worker } from 'node:worker_threads'
import type { Detail, FlowCapture } from '../../analysis/flow-capture.ts'
import type { FlowPart } from '../../analysis/flow-parts.ts'
import { likelyRecord, type PcapHead, pcapHead } from '../../capture/record-boundary.ts'
import type { DissectorOptions } from '../../dissect/dissector.ts'

/** Below that a second thread costs more than it saves. */
const WORTHWHILE = 900 * 1024 * 1024
/** With --threads 2, for smaller captures too; there must be something to guess from. */
const SMALLEST = 1024 * 1024
/** Packets before the seam that are read twice: more than are remembered. */
const PACKETS_BEFORE = 65_536
const MOST_BEFORE = 96 * 1024 * 1024
/** The other thread makes little garbage. */
const YOUNG_MIB = 2

/** What the other thread is told. */
export interface LaterPart {
  readonly file: string
  /** A likely record, and the place from which on records are counted. */
  readonly from: number
  readonly seam: number
  readonly options: DissectorOptions
  readonly detail: Detail
  readonly began: number
  readonly isMerged: boolean
}

/** Where its first record begins, and all it has counted; undefined: it found none, or could not read on. */
export type PartAnswer = { readonly start: number; readonly part: FlowPart } | undefined

export interface SplitOptions {
  /** Undefined: as many as are worthwhile. */
  readonly threads: number | undefined
  readonly options: DissectorOptions
  readonly detail: Detail
  readonly isMerged: boolean
}

/** The later half of a capture, being read on another thread. */
export class LaterHalf {
  readonly seam: number
  private readonly worker: Worker
  private readonly answer: Promise<PartAnswer>

  private constructor(part: LaterPart) {
    this.seam = part.seam
    // Most captures are too small for a second thread: what it takes is loaded for those that are not.
    const threads = process.getBuiltinModule('node:worker_threads')
    this.worker = new threads.Worker(new URL('./flow-worker.cjs', import.meta.url), {
      workerData: part,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MIB },
    })
    this.answer = new Promise((done) => {
      this.worker.once('message', done)
      this.worker.once('error', () => done(undefined))
      this.worker.once('exit', () => done(undefined))
    })
  }

  /** Begins to read, if the file can be split and it is worthwhile. */
  static begin(file: string, capture: FlowCapture, split: SplitOptions): LaterHalf | undefined {
    if (file === '-') return undefined
    const stats = statSync(file, { throwIfNoEntry: false })
    if (stats?.isFile() !== true || stats.size < (split.threads === undefined ? WORTHWHILE : SMALLEST)) return undefined
    const { threads = availableParallelism() } = split
    if (threads < 2) return undefined
    const head = pcapHead(file)
    const seam = Math.floor(stats.size / 2)
    const from = head && placeBefore(file, seam, head)
    if (head === undefined || from === undefined) return undefined
    const began = capture.frames > 0 ? capture.began : head.firstSecond
    return new LaterHalf({ file, from, seam, began, ...split })
  }

  /** Adds it to what was read before, up to the record at `offset`; false: it is of no use. */
  async addTo(capture: FlowCapture, offset: number): Promise<boolean> {
    const answer = await this.answer
    return answer !== undefined && answer.start === offset && capture.addPart(answer.part)
  }

  async end(): Promise<void> {
    await this.worker.terminate()
  }
}

/** A likely record so far before the seam that all copies of what comes behind it will be known. */
function placeBefore(file: string, seam: number, head: PcapHead): number | undefined {
  const size = likelyRecord(file, seam, head)?.size
  if (size === undefined) return undefined
  const before = Math.min(size * PACKETS_BEFORE, MOST_BEFORE, seam / 2)
  return likelyRecord(file, Math.floor(seam - before), head)?.offset
}
