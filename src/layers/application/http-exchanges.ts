/** Requests and answers of one HTTP/1 connection, in the order in which they were first seen. */
import { decimalText, difference, type Instant } from '../../bytes/time.ts'
import type { HttpNotes } from '../../dissect/notes.ts'

interface Exchange {
  readonly frame: number
  readonly time: Instant
  readonly uri: string
  readonly method: string
  /** Memory that it takes. */
  readonly bytes: number
}

/** Without its URI. */
const COST = 192
/** In the list of those that wait. */
const PLACE = 8

const passed = (method: string): Exchange => ({
  frame: 0,
  time: { seconds: 0, nanoseconds: 0 },
  uri: '',
  method,
  bytes: PLACE,
})
const [HEAD, CONNECT, OTHER] = [passed('HEAD'), passed('CONNECT'), passed('GET')] as const

/** Requests that are kept for answers still to come. */
const KEPT = 64
/** Characters kept of a URI until its answer comes. */
const KEPT_URI = 1024

export class HttpExchanges {
  private requests = 0
  private answers = 0
  private readonly waiting: Exchange[] = []
  /** Memory that the requests take that wait for their answers. */
  bytes = 0

  /** The method of the request that the next answer is for, if it was seen: it decides whether the answer has a body. */
  get nextMethod(): string | undefined {
    return this.waiting[0]?.method
  }

  request(frame: number, time: Instant, uri: string, method: string): HttpNotes {
    const { seconds, nanoseconds } = time
    // What is cut off a text stays in memory with the rest of it.
    const bytes = COST + uri.length
    this.wait({ frame, time: { seconds, nanoseconds }, uri: uri.slice(0, KEPT_URI), method, bytes })
    return { ordinal: this.requests, of: this.requests }
  }

  /** Like `request`, of which only the method will be asked. */
  passRequest(method: string): void {
    this.wait(method === 'HEAD' ? HEAD : method === 'CONNECT' ? CONNECT : OTHER)
  }

  /** Like `answer`, of which nothing will be asked. */
  passAnswer(): void {
    this.answers++
    this.next()
  }

  answer(time: Instant): HttpNotes {
    this.answers++
    const request = this.next()
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

  private wait(request: Exchange): void {
    this.requests++
    if (this.waiting.length === KEPT) this.next()
    this.waiting.push(request)
    this.bytes += request.bytes
  }

  private next(): Exchange | undefined {
    const request = this.waiting.shift()
    this.bytes -= request?.bytes ?? 0
    return request
  }
}
