/** What the command reads: the captures one after another, or all of them as one. */
import { scanMerged } from '../capture/merge.ts'
import { type CaptureInfo, scanRecords } from '../capture/read-records.ts'
import type { CaptureInterface, CaptureRecord } from '../capture/record.ts'
import type { CaptureError } from '../errors.ts'
import type { Settings } from './settings.ts'

/** `neighbours`: the interfaces of its section that are known so far; undefined where sections are mixed. */
export type Visit = (
  record: CaptureRecord,
  file: string,
  neighbours: readonly CaptureInterface[] | undefined,
) => undefined | false

export interface Input {
  /** How people know it. */
  readonly name: string
  /** Visits every record; `fail` gets what cannot be read on. */
  scan(visit: Visit, fail: (error: CaptureError, file: string) => void): Promise<void>
}

export function inputsOf({ files, isMerged }: Settings): Input[] {
  return isMerged && files.length > 1 ? [merged(files)] : files.map(single)
}

function single(file: string): Input {
  return {
    name: file === '-' ? 'standard input' : file,
    async scan(visit) {
      let info: CaptureInfo | undefined
      const onOpen = (opened: CaptureInfo) => {
        info = opened
      }
      const neighbours = (section: number) => info?.sections[Math.max(section - 1, 0)]?.interfaces
      await scanRecords(file, (record) => visit(record, file, neighbours(record.section)), { onOpen })
    },
  }
}

function merged(files: readonly string[]): Input {
  return {
    name: `${files.length} captures merged`,
    async scan(visit, fail) {
      await scanMerged(files, (record, index) => visit(record, files[index] as string, undefined), {
        onError: (error, index) => fail(error, files[index] as string),
      })
    },
  }
}
