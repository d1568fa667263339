/** Numbers that options take. */
import { UsageError } from '../errors.ts'

/** @throws UsageError unless `text` is a whole number of at least `least`. */
export function wholeNumber(option: string, text: string, least: number): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < least)
    throw new UsageError(`${option} ${text}: should be a whole number, at least ${least}`)
  return value
}
