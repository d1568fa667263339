/** Long work in slices, so that a key press never waits for more than one of them. */

/** Work that goes on where it stopped. `run` works until `deadline` (performance.now()); false: there is nothing to do. */
export interface Job {
  run(deadline: number): boolean
}

/** Milliseconds of a slice. A frame is painted in about five, and both together must stay below sixteen. */
const SLICE = 4

export class Jobs {
  private readonly jobs: readonly Job[]
  private readonly afterSlice: () => void
  private isScheduled = false
  private isStopped = false

  /** Those that come first are done first; `afterSlice` hears of every slice of work. */
  constructor(jobs: readonly Job[], afterSlice: () => void) {
    this.jobs = jobs
    this.afterSlice = afterSlice
  }

  /** To be called when there may be something to do. */
  wake(): void {
    if (this.isScheduled || this.isStopped) return
    this.isScheduled = true
    setImmediate(() => this.slice())
  }

  stop(): void {
    this.isStopped = true
  }

  private slice(): void {
    this.isScheduled = false
    if (this.isStopped) return
    const deadline = performance.now() + SLICE
    let isBusy = false
    for (const job of this.jobs) {
      if (performance.now() >= deadline) {
        isBusy = true
        break
      }
      if (job.run(deadline)) {
        isBusy = true
        break
      }
    }
    this.afterSlice()
    if (isBusy) this.wake()
  }
}
