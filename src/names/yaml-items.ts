/** Lists in YAML: several documents in one text, and the items of a `List` each on its own, so that one is in memory. */
import type { parseAllDocuments as Parser } from 'yaml'
import { UsageError } from '../errors.ts'
import type { JsonVisitor } from './json-items.ts'
import { at, isObject, listAt, textAt } from './unknown.ts'

/** @throws UsageError for what is no YAML, or uses its aliases to grow beyond measure. */
export async function yamlItems(text: string, origin: string, visitor: JsonVisitor): Promise<void> {
  const { parseAllDocuments } = await import('yaml')
  const parsed = (part: string) => readBy(part, origin, parseAllDocuments)
  for (const document of documentsOf(text)) {
    const [shell, items] = itemsOf(document)
    const kind = /^kind:\s*(\w+)List\s*$/m.exec(shell)?.[1]
    for (const item of items) {
      for (const value of listAt({ value: parsed(item) }, 'value')) if (isObject(value)) visitor.item(value, kind)
    }
    const value = parsed(shell)
    for (const item of listAt(value, 'items')) if (isObject(item)) visitor.item(item, kind)
    if (isObject(value) && (textAt(value, 'kind') !== undefined || at(value, 'metadata') !== undefined))
      visitor.document(value)
  }
}

type Parse = typeof Parser

function readBy(text: string, origin: string, parseAllDocuments: Parse): unknown {
  try {
    for (const document of parseAllDocuments(text)) {
      if (document.errors[0] !== undefined) throw document.errors[0]
      return document.toJS({ maxAliasCount: 100 })
    }
    return undefined
  } catch (cause) {
    const reason = (cause as Error).message.split('\n')[0]
    throw new UsageError(`${origin}: looks like YAML, but cannot be read: ${reason}`, { cause })
  }
}

const documentsOf = (text: string) => text.split(/^---.*$/m).filter((document) => document.trim() !== '')

/** The document without its items, and each item as a list of one. kubectl indents items by nothing or by two. */
function itemsOf(document: string): readonly [string, string[]] {
  const head = /^items:[ \t]*\n( *)- /m.exec(document)
  if (head === null) return [document, []]
  const indent = head[1] as string
  const start = head.index + head[0].length - indent.length - 2
  const end = endOfItems(document, start, indent)
  const items = document.slice(start, end).split(new RegExp(`^(?=${indent}- )`, 'm'))
  return [`${document.slice(0, head.index)}${document.slice(end)}`, items.filter((item) => item.trim() !== '')]
}

/** Items end where a key stands that is indented less than they are, or as much and without a dash. */
function endOfItems(document: string, start: number, indent: string): number {
  const key = new RegExp(`^ {0,${indent.length}}[A-Za-z]`, 'gm')
  key.lastIndex = start
  return key.exec(document)?.index ?? document.length
}
