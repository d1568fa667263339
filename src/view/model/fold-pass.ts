/** The packets of the list without copies of others, as far as it is known which are copies. */
import type { PacketPages } from '../frames/packet-pages.ts'
import type { Job } from './jobs.ts'
import { Matches } from './matches.ts'

const STRIDE = 1024

export class FoldPass implements Job {
  readonly matches = new Matches()
  private row = 0
  private readonly pages: PacketPages
  private readonly rows: () => number
  private readonly indexOf: (row: number) => number
  private readonly judged: () => number

  /** `rows` and `indexOf`: the list with copies; `judged`: before which packet it is known which are copies. */
  constructor(pages: PacketPages, rows: () => number, indexOf: (row: number) => number, judged: () => number) {
    this.pages = pages
    this.rows = rows
    this.indexOf = indexOf
    this.judged = judged
  }

  run(deadline: number): boolean {
    const [rows, judged] = [this.rows(), this.judged()]
    for (let count = 0; this.row < rows; this.row++, count++) {
      if (count === STRIDE && performance.now() >= deadline) return true
      if (count === STRIDE) count = 0
      const index = this.indexOf(this.row)
      if (index >= judged) return false
      if (this.pages.originalOf(index) < 0) this.matches.add(index)
    }
    return false
  }
}
