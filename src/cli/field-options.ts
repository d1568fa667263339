/** tshark's -E: how the lines of -T fields are laid out. */
import { UsageError } from '../errors.ts'
import type { FieldLineOptions } from '../render/field-line.ts'

export interface FieldOptions extends FieldLineOptions {
  readonly header: boolean
}

type Mutable = { -readonly [Key in keyof FieldOptions]: FieldOptions[Key] }

const NAMED: Readonly<Record<string, string>> = { '/t': '\t', '/s': ' ' }
const QUOTES: Readonly<Record<string, FieldOptions['quote']>> = { d: '"', s: "'", n: '' }

export function parseFieldOptions(texts: readonly string[]): FieldOptions {
  const options: Mutable = { header: false, separator: '\t', occurrence: 'a', aggregator: ',', quote: '' }
  for (const text of texts) {
    const at = text.indexOf('=')
    apply(options, text, text.slice(0, at), text.slice(at + 1))
  }
  return options
}

function apply(options: Mutable, text: string, name: string, value: string): void {
  const quote = QUOTES[value]
  if (name === 'header' && /^[yn]$/.test(value)) options.header = value === 'y'
  else if (name === 'separator' && value !== '') options.separator = NAMED[value] ?? value
  else if (name === 'aggregator' && value !== '') options.aggregator = NAMED[value] ?? value
  else if (name === 'occurrence' && /^[fla]$/.test(value)) options.occurrence = value as FieldOptions['occurrence']
  else if (name === 'quote' && quote !== undefined) options.quote = quote
  else
    throw new UsageError(
      `-E ${text}: known are header=y|n, separator=/t|/s|CHARACTER, occurrence=f|l|a, aggregator=,|/s|CHARACTER, quote=d|s|n`,
    )
}
