/** Records that are taken in many at a time, by somebody who reads them himself. */

/** How the records of a classic capture file are written. */
export interface RecordShape {
  readonly isBigEndian: boolean
  /** Units of the second half of a time stamp: 1e6 or 1e9. */
  readonly fractionsPerSecond: number
  /** LINKTYPE_ number. */
  readonly linkType: number
}

export interface RecordRuns {
  /** Files are read into this; nobody else writes to it while they are. */
  readonly buffer: Uint8Array
  /** Records that the last `run` took in. */
  readonly taken: number
  /**
   * Takes in records that lie whole in `buffer[from]` to `buffer[to - 1]`, from the first on; returns the position of
   * the first that it leaves, which is then read and visited as usual. `offset`: the place of `buffer[from]` in the file.
   */
  run(from: number, to: number, shape: RecordShape, offset: number): number
  /** Called now and then with the place in the file; false: it is enough. */
  goesOn(offset: number): boolean
}
