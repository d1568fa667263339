/** What the command gives the viewer: what to show, and the words for it that the printed list has too. */
import type { Copies } from '../../analysis/copies.ts'
import type { Overview } from '../../analysis/overview.ts'
import type { Dissector } from '../../dissect/dissector.ts'
import type { Filter } from '../../filter/filter.ts'
import type { CaptureView } from '../../findings/scene.ts'
import type { Names } from '../../names/names.ts'
import type { Dissection } from '../../packet/dissection.ts'
import type { FlowNames } from '../../render/flows.ts'
import type { ListRow } from '../../render/list.ts'
import type { NameStyle } from '../../render/name-style.ts'
import type { Wording } from '../../render/wording.ts'

export interface ViewInput {
  /** Paths, '-' for standard input. */
  readonly files: readonly string[]
  readonly dissector: Dissector
  readonly names: Names | undefined
  readonly nameStyle: NameStyle
  readonly relativeSequence: boolean
  /** What is known of each file's machine. */
  readonly places: readonly CaptureView[]
  /** Whether copies are folded at first. */
  readonly isFolded: boolean
  /** Of `-Y`. */
  readonly filter: string
  /** Cells of the time column, and of short names of files. */
  readonly timeWidth: number
  readonly labelWidth: number
  /** @throws UsageError for what is no filter */
  readonly compile: (text: string) => Filter
  /** A row of the list; `copies` has just seen its original and it, if it is a copy. */
  readonly row: (packet: Dissection, copies: Copies | undefined) => ListRow
  /** Where a copy was seen, in words, by its row; and a row that has them. */
  readonly copyPlace: (row: ListRow, copies: Copies) => string
  readonly withCopies: (row: ListRow, places: readonly string[]) => ListRow
  readonly wording: (overview: Overview) => Wording | undefined
  readonly flowNames: FlowNames | undefined
}
