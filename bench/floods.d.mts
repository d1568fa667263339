/** A capture that floods a table. */
export interface Flood {
  /** Packets at full size. */
  readonly full: number
  /** A classic capture of `count` of its packets, in chunks. */
  packets(count: number): Iterable<Uint8Array>
}
export const FLOODS: Readonly<Record<string, Flood>>
