/** The packets that a filter shows, as they are found: numbers in pages, four bytes each. */

const PAGE = 1 << 14

export class Matches {
  count = 0
  private readonly pages: Uint32Array[] = []

  /** In growing order. */
  add(index: number): void {
    const at = this.count % PAGE
    if (at === 0) this.pages.push(new Uint32Array(PAGE))
    ;(this.pages[this.pages.length - 1] as Uint32Array)[at] = index
    this.count++
  }

  /** The packet in row `row`, from 0. */
  at(row: number): number {
    return (this.pages[Math.floor(row / PAGE)] as Uint32Array)[row % PAGE] as number
  }

  /** The row of the first packet that is not before `index`; `count` if there is none. */
  rowOf(index: number): number {
    let from = 0
    let to = this.count
    while (from < to) {
      const middle = (from + to) >> 1
      if (this.at(middle) < index) from = middle + 1
      else to = middle
    }
    return from
  }
}
