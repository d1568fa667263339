/** The report's table as text. */

/** One thing that is held or not, and how that was found. */
export interface Line {
  readonly what: string
  readonly measured: string
  readonly isHeld: boolean
  /** What went wrong, in words. */
  readonly failures: readonly string[]
}

/** One run of bench/hostile.mjs; memory in MiB. */
export interface Limit {
  readonly what: string
  readonly mebibytes: number
  readonly limit: number
  readonly status: number | string
  readonly isHeld: boolean
}

/** Failures that are shown of one thing. */
const SHOWN = 5

export function lines(found: readonly Line[]): string[] {
  const width = Math.max(...found.map(({ what }) => what.length))
  const missed = found.filter(({ isHeld }) => !isHeld).length
  return [
    ...found.flatMap(({ what, measured, isHeld, failures }) => [
      `${isHeld ? 'held  ' : 'MISSED'}  ${what.padEnd(width)}  ${measured}`,
      ...failures.slice(0, SHOWN).map((failure) => `          ${failure}`),
      ...(failures.length > SHOWN ? [`          and ${failures.length - SHOWN} more`] : []),
    ]),
    missed === 0 ? `all ${found.length} held` : `${missed} of ${found.length} missed`,
  ]
}
