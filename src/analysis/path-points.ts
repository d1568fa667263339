/** The points that packets pass: a capture, an interface and a direction; numbered in the order of first sight. */

import type { CaptureRecord } from '../capture/record.ts'
import { type PlaceDirection, placeOf } from '../packet/place.ts'

export interface PathPoint {
  /** Which of the captures, from 0. */
  readonly file: number
  /** As the capture or the user says; `if3` where an index is all that is known; undefined where nothing is. */
  readonly interface: string | undefined
  /** Undefined but in cooked captures. */
  readonly direction: PlaceDirection | undefined
}

/** Told apart at most; what is seen at further ones counts as seen at the last. */
export const MAX_POINTS = 1024

export class PathPoints {
  private readonly points: PathPoint[] = []
  private readonly numbers = new Map<number, number>()
  private readonly linksOf: (file: number) => ReadonlyMap<number, string>
  /** The places seen last, since looking into a Map for each frame would cost too much. */
  private readonly recentPlaces = new Int32Array(RECENT)
  private readonly recentNumbers = new Int32Array(RECENT).fill(-1)

  /** `linksOf`: names of a capture's interfaces by their index. */
  constructor(linksOf: (file: number) => ReadonlyMap<number, string>) {
    this.linksOf = linksOf
  }

  /** The number of the point where a frame was seen, below MAX_POINTS. */
  of(record: CaptureRecord, place: number, file: number): number {
    const known = this.known(place)
    if (known >= 0) return known
    const number = Math.min(this.points.length, MAX_POINTS - 1)
    const { name, direction } = placeOf(record, this.linksOf(file))
    if (this.points.length < MAX_POINTS) this.points.push({ file, interface: name, direction })
    if (this.numbers.size < MAX_POINTS) this.numbers.set(place, number)
    return number
  }

  /** The number of the point at a place, as `sightingPlace` numbers it; -1: no frame was seen there. */
  known(place: number): number {
    const slot = (place ^ (place >>> 21)) & (RECENT - 1)
    const recent = this.recentNumbers[slot] as number
    if (this.recentPlaces[slot] === place && recent >= 0) return recent
    const number = this.numbers.get(place)
    if (number === undefined) return -1
    this.recentPlaces[slot] = place
    this.recentNumbers[slot] = number
    return number
  }

  /** The point behind a number. */
  at(number: number): PathPoint {
    return this.points[number] as PathPoint
  }
}

const RECENT = 64
