/** Requests and answers of one HTTP/1 connection, in the order in which they were first seen. */
import { decimalText, difference, type Instant } from '../../bytes/time.ts'
import type { HttpNotes } from '../../dissect/notes.ts'

interface Exchange {
  readonly frame: number
  readonly time: Instant
  readonly uri: string
  readonly method: string
}

const passed = (method: string): Exchange => ({ frame: 0, time: { seconds: 0, nanoseconds: 0 }, uri: '', method })
const [HEAD, CONNECT, OTHER] = [passed('HEAD'), passed('CONNECT'), passed('GET')] as const

/** Requests that are kept for answers still to come. */
const KEPT = 64

export class HttpExchanges {
  private requests = 0
  private answers = 0
  private readonly waiting: Exchange[] = []

  /** The method of the request that the next answer is for, if it was seen: it decides whether the answer has a body. */
  get nextMethod(): string | undefined {
    return this.waiting[0]?.method
  }

  request(frame: number, time: Instant, uri: string, method: string): HttpNotes {
    this.requests++
    if (this.waiting.length === KEPT) this.waiting.shift()
    this.waiting.push({ frame, time: { seconds: time.seconds, nanoseconds: time.nanoseconds }, uri, method })
    return { ordinal: this.requests, of: this.requests }
  }

  /** Like `request`, of which only the method will be asked. */
  passRequest(method: string): void {
    this.requests++
    if (this.waiting.length === KEPT) this.waiting.shift()
    this.waiting.push(method === 'HEAD' ? HEAD : method === 'CONNECT' ? CONNECT : OTHER)
  }

  /** Like `answer`, of which nothing will be asked. */
  passAnswer(): void {
    this.answers++
    this.waiting.shift()
  }

  answer(time: Instant): HttpNotes {
    this.answers++
    const request = this.waiting.shift()
    const of = Math.max(this.requests, this.answers)
    if (request === undefined) return { ordinal: this.answers, of }
    return {
      ordinal: this.answers,
      of,
      requestFrame: request.frame,
      responseTime: decimalText(difference(time, request.time)),
      requestUri: request.uri,
    }
  }
}
