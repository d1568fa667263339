/** What the doors of the package export, and the doc comments of it, read from the sources. */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export const DOORS = ['index', 'core', 'matchers', 'vitest', 'jest', 'assert']

export interface PublicSymbol {
  readonly name: string
  /** Where it is declared: `src/packet/read.ts`. */
  readonly file: string
  /** Its doc comment without the stars; empty where there is none. */
  readonly comment: string
}

/** Every symbol of every door, each once. */
export function publicSymbols(): PublicSymbol[] {
  const found = new Map<string, PublicSymbol>()
  for (const door of DOORS)
    for (const symbol of symbolsOf(`src/${door}.ts`)) found.set(`${symbol.file} ${symbol.name}`, symbol)
  return [...found.values()]
}

function symbolsOf(file: string): PublicSymbol[] {
  const text = readFileSync(file, 'utf8')
  const passedOn = [...text.matchAll(/^export (?:type )?\{([^}]*)\} from '([^']+)'/gm)].flatMap((found) =>
    namesIn(found[1] as string).map((name) => declared(name, join(dirname(file), found[2] as string))),
  )
  const own = [...text.matchAll(/^export (?:const|function|class|interface|type) (\w+)/gm)].map((found) =>
    declared(found[1] as string, file),
  )
  return [...passedOn, ...own]
}

function namesIn(list: string): string[] {
  return list
    .split(',')
    .map((name) => name.trim().replace(/^type /, ''))
    .filter((name) => name !== '')
}

function declared(name: string, file: string): PublicSymbol {
  const text = readFileSync(file, 'utf8')
  const at = new RegExp(
    `^export (?:abstract )?(?:async )?(?:const|function\\*?|class|interface|type) ${name}\\b`,
    'm',
  ).exec(text)
  if (at === null) throw new Error(`${file} does not declare ${name}`)
  return { name, file, comment: commentBefore(text.slice(0, at.index)) }
}

/** The comment that ends right before a declaration. */
function commentBefore(text: string): string {
  if (!text.endsWith('*/\n')) return ''
  return text
    .slice(text.lastIndexOf('/**') + 3, -3)
    .split('\n')
    .map((line) => line.replace(/^ *\* ?/, '').trimEnd())
    .join('\n')
    .trim()
}

/** The code of a comment's examples. */
export function examplesIn(comment: string): string[] {
  return [...comment.matchAll(/@example\s*\n```js\n([\s\S]*?)\n```/g)].map((found) => found[1] as string)
}
