/** Lines of a page, some of which lead to a packet. */
import type { Line } from '../line.ts'

export interface Targeted {
  readonly lines: readonly Line[]
  /** By line: the packet (from 0) that it leads to. */
  readonly targets: readonly (number | undefined)[]
}

export class TargetedLines {
  readonly lines: Line[] = []
  readonly targets: (number | undefined)[] = []

  add(line: Line, target?: number): void {
    this.lines.push(line)
    this.targets.push(target)
  }
}
