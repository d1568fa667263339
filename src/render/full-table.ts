/** What a table that is bounded has no rows for. */

/** `37856 frames of further conversations were not told apart: the table was full`. */
export function fullTableText(count: number, what: string): string {
  return `${count} ${what} were not told apart: the table was full`
}
