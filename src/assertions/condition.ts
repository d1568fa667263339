/** One condition of a pattern: a question to a frame, and how to talk about it. */
import { UsageError } from '../errors.ts'
import type { Frame } from './frame.ts'

export interface Condition {
  /** Where it stands in the pattern: `inner.from`. */
  readonly label: string
  /** What was asked for, in words. */
  readonly expected: string
  /** The same as a display filter, where there is one; asked after a capture has been gone through. */
  filter(): string | undefined
  /** Whether it takes what other packets tell. */
  readonly isTold: boolean
  test(frame: Frame): boolean
  /** How near a frame is that does not pass, 0 to 1: whether it has another value of what was asked for; default 0. */
  nearness?(frame: Frame): number
  /** What the frame has instead, in words. */
  actual(frame: Frame): string
}

/** A place in a pattern, for errors: `['inner', 'from']`. */
export type Place = readonly (string | number)[]

/** A pattern that makes no sense, and where. */
export class PatternError extends UsageError {
  readonly place: Place
  /** The message without its place. */
  readonly reason: string

  constructor(place: Place, message: string) {
    const words = placeWords(place)
    super(words === '' ? message : `${words}: ${message}`)
    this.place = place
    this.reason = message
  }
}

export const placeWords = (place: Place) =>
  place.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`
    return text === '' ? step : `${text}.${step}`
  }, '')

/** How a condition is called in messages: its side and its key. */
export function labelOf(place: Place): string {
  const words = place.filter((step) => typeof step === 'string')
  const side = words.at(-2)
  return side === 'outer' || side === 'inner' || side === 'fields'
    ? `${side}.${words.at(-1)}`
    : String(words.at(-1) ?? '')
}
