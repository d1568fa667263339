/** A rules file: YAML (or JSON, which is YAML too) → its value, and the line and column of each place in it. */
import { readFileSync } from 'node:fs'
import type { Document, Node } from 'yaml'
import type { Place } from '../assertions/condition.ts'
import { UsageError } from '../errors.ts'

export interface RulesFile {
  readonly path: string
  readonly value: unknown
  /** Line and column, from 1. */
  position(place: Place): { readonly line: number; readonly column: number }
}

/** @throws UsageError for what cannot be read, or is no YAML, with line and column. */
export async function readRulesFile(path: string): Promise<RulesFile> {
  let text: string
  try {
    text = readFileSync(path === '-' ? 0 : path, 'utf8')
  } catch (cause) {
    throw new UsageError(
      `${path}: ${(cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'no such file' : (cause as Error).message}`,
      { cause },
    )
  }
  const { LineCounter, parseDocument } = await import('yaml')
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const [error] = document.errors
  if (error !== undefined) throw new UsageError(`${placeText(path, at(error.pos[0]))}: ${error.message}`)
  try {
    return { path, value: document.toJS({ maxAliasCount: 100 }), position: (place) => at(offsetOf(document, place)) }
  } catch (cause) {
    throw new UsageError(`${path}: ${(cause as Error).message}`, { cause })
  }
}

export const placeText = (path: string, { line, column }: { readonly line: number; readonly column: number }) =>
  `${path}:${line}:${column}`

/** Where a place begins; of one that is not there, the nearest around it. */
function offsetOf(document: Document, place: Place): number {
  for (let length = place.length; length > 0; length--) {
    const node = document.getIn(place.slice(0, length), true) as Node | undefined
    if (node?.range) return node.range[0]
  }
  return 0
}
