/** Lines of `-T fields`, laid out as tshark's -E asks. */

export interface FieldLineOptions {
  readonly separator: string
  readonly occurrence: 'f' | 'l' | 'a'
  readonly aggregator: string
  readonly quote: '' | '"' | "'"
}

/** One packet's fields: all occurrences of each, joined. tshark does not escape here; control characters are. */
export function fieldLine(
  values: readonly (readonly string[])[],
  options: FieldLineOptions,
  escaped: (text: string) => string,
): string {
  return values
    .map((occurrences) => {
      const text = pick(occurrences, options.occurrence).map(escaped).join(options.aggregator)
      return text === '' ? '' : `${options.quote}${text}${options.quote}`
    })
    .join(options.separator)
}

function pick(occurrences: readonly string[], which: 'f' | 'l' | 'a'): readonly string[] {
  if (which === 'a' || occurrences.length <= 1) return occurrences
  return which === 'f' ? occurrences.slice(0, 1) : occurrences.slice(-1)
}
