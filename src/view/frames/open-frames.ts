/** Opens what the user named: a plain file is indexed where it lies, everything else is kept in a temporary file. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { isCompressed } from '../../bytes/uncompressed.ts'
import { scanMerged } from '../../capture/merge.ts'
import { type CaptureInfo, scanRecords } from '../../capture/read-records.ts'
import type { CaptureError } from '../../errors.ts'
import { FileIndexer } from './file-indexer.ts'
import type { FrameStore } from './frame-reader.ts'
import { Spool } from './spool.ts'

export interface OpenedFrames {
  readonly store: FrameStore
  /** Sections and interfaces, as soon as they are known. */
  readonly info: () => CaptureInfo | undefined
  /** Goes on reading until `deadline` (performance.now()); false when nothing is left to do here. */
  readonly step: (deadline: number) => boolean
  /** How much of the file has been read, 0 to 1; undefined where nobody knows how long it is. */
  readonly progress: () => number | undefined
  readonly isDone: () => boolean
  /** Why reading ended early. */
  readonly failure: () => CaptureError | undefined
  close(): void
}

const STANDARD_INPUT = 0

/** @throws CaptureError where a single file cannot even be opened as a capture */
export function openFrames(files: readonly string[], onPacket: () => void): OpenedFrames {
  const [file] = files
  if (files.length === 1 && file !== undefined) {
    const descriptor = plainFile(file)
    if (descriptor !== undefined) return new FileIndexer(descriptor, file)
  }
  return spooled(files, onPacket)
}

/** A descriptor of a regular file that is not compressed. */
function plainFile(file: string): number | undefined {
  let descriptor: number
  try {
    descriptor = file === '-' ? STANDARD_INPUT : openSync(file, 'r')
  } catch {
    // Opened once more by who words the error.
    return undefined
  }
  const first = new Uint8Array(4)
  const isPlain = () => readSync(descriptor, first, 0, first.length, 0) > 1 && !isCompressed(first)
  if (fstatSync(descriptor).isFile() && isPlain()) return descriptor
  if (file !== '-') closeSync(descriptor)
  return undefined
}

/** Pipes, compressed and merged captures. */
function spooled(files: readonly string[], onPacket: () => void): OpenedFrames {
  const spool = new Spool()
  let info: CaptureInfo | undefined
  let isDone = false
  let failure: CaptureError | undefined
  const fail = (error: CaptureError) => {
    failure ??= error
  }
  const take = (record: Parameters<Spool['add']>[0], file: string) => {
    if (spool.isClosed) return false
    spool.add(record, file)
    onPacket()
    return undefined
  }
  const [only] = files
  const reading =
    files.length === 1 && only !== undefined
      ? scanRecords(only, (record) => take(record, only), {
          onOpen: (opened) => {
            info = opened
          },
        })
      : scanMerged(files, (record, index) => take(record, files[index] as string), { onError: fail })
  reading.catch(fail).finally(() => {
    isDone = true
    onPacket()
  })
  return {
    store: spool,
    info: () => info,
    step: () => false,
    progress: () => undefined,
    isDone: () => isDone,
    failure: () => failure,
    close: () => spool.close(),
  }
}
