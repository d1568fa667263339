/** The times that a packet's own is told against. */
import type { Instant } from '../bytes/time.ts'
import type { CaptureRecord } from '../capture/record.ts'

/** First, previous and previously shown arrival; refilled for every packet. */
export class RunningClock {
  first: Instant = { seconds: 0, nanoseconds: 0 }
  readonly previous = { seconds: 0, nanoseconds: 0 }
  readonly previousShown = { seconds: 0, nanoseconds: 0 }
  private readonly now = { seconds: 0, nanoseconds: 0 }
  private readonly lastShown = { seconds: 0, nanoseconds: 0 }
  private hasBegun = false
  private hasShown = false

  tick(record: CaptureRecord): void {
    if (!this.hasBegun) {
      this.hasBegun = true
      this.first = { seconds: record.seconds, nanoseconds: record.nanoseconds }
      copy(record, this.now)
    }
    copy(this.now, this.previous)
    copy(this.hasShown ? this.lastShown : record, this.previousShown)
    copy(record, this.now)
  }

  shown(record: CaptureRecord): void {
    this.hasShown = true
    copy(record, this.lastShown)
  }
}

function copy(from: Instant, to: { seconds: number; nanoseconds: number }): void {
  to.seconds = from.seconds
  to.nanoseconds = from.nanoseconds
}
