/** Pings and their answers. An answer names the latest request that no answer has been seen for. */
import { difference, type Instant } from '../bytes/time.ts'
import { BoundedMap } from './bounded-map.ts'

const CAPACITY = 16_384

interface Request {
  readonly frame: number
  readonly time: Instant
}

export interface Answer {
  readonly requestFrame: number
  /** Milliseconds as tshark writes them: three digits. */
  readonly responseTime: string
}

export class Echoes {
  private readonly pending = new BoundedMap<string, Request>(CAPACITY)

  request(key: string, frame: number, time: Instant): void {
    this.pending.set(key, { frame, time: { seconds: time.seconds, nanoseconds: time.nanoseconds } })
  }

  answer(key: string, time: Instant): Answer | undefined {
    const request = this.pending.get(key)
    if (request === undefined) return undefined
    this.pending.delete(key)
    const passed = difference(time, request.time)
    const milliseconds = passed.seconds * 1000 + passed.nanoseconds / 1_000_000
    return { requestFrame: request.frame, responseTime: milliseconds.toFixed(3) }
  }
}
