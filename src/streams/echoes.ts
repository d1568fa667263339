/** Pings and their answers. An answer names the latest request that no answer has been seen for. */
import { difference, type Instant } from '../bytes/time.ts'
import { ConversationTable } from './conversation-table.ts'

const CAPACITY = 16_384

interface Request {
  readonly frame: number
  readonly seconds: number
  readonly nanoseconds: number
}

export interface Answer {
  readonly requestFrame: number
  /** Milliseconds as tshark writes them: three digits. */
  readonly responseTime: string
}

export class Echoes {
  private readonly pending = new ConversationTable<Request>(CAPACITY)

  /**
   * Turns to a ping, which `request`, `take` and `answer` then mean. `at`: the IP header, `start`: that of ICMP, whole. A
   * ping inside a tunnel and the same one outside are two, each with its own answer.
   */
  turnTo(
    view: DataView,
    layer: number,
    isIpv6: boolean,
    at: number,
    start: number,
    isRequest: boolean,
    isTunnelled: boolean,
  ): void {
    this.pending.turnToEcho(view, layer, isIpv6, at, start, isRequest, isTunnelled ? 1 : 0)
  }

  request(frame: number, { seconds, nanoseconds }: Instant): void {
    this.pending.set({ frame, seconds, nanoseconds })
  }

  /** The request, which is answered now. */
  take(): Request | undefined {
    const request = this.pending.get()
    if (request !== undefined) this.pending.delete()
    return request
  }

  answer(time: Instant): Answer | undefined {
    const request = this.take()
    if (request === undefined) return undefined
    const passed = difference(time, request)
    const milliseconds = passed.seconds * 1000 + passed.nanoseconds / 1_000_000
    return { requestFrame: request.frame, responseTime: milliseconds.toFixed(3) }
  }
}
