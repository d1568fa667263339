/** The engine of regular expressions that never goes back: time is that of the text's length, whatever the pattern. */
import { createRequire } from 'node:module'

/** Asked for when a filter has a pattern, and not before: few have. A filter is compiled at once, so `import()` is too late. */
const load = createRequire(import.meta.url)

export interface TextTest {
  test(text: string): boolean
}

/**
 * @param pattern in RE2's words
 * @param flags `i`, `s`, `m`
 * @returns undefined where there is no such engine
 * @throws SyntaxError for what RE2 does not know
 */
export function linearRegex(pattern: string, flags: ReadonlySet<string>): TextTest | undefined {
  const { RE2JS } = load('re2js') as typeof import('re2js')
  let bits = 0
  if (flags.has('i')) bits |= RE2JS.CASE_INSENSITIVE
  if (flags.has('s')) bits |= RE2JS.DOTALL
  if (flags.has('m')) bits |= RE2JS.MULTILINE
  try {
    return RE2JS.compile(pattern, bits)
  } catch (error) {
    throw new SyntaxError((error as Error).message.replace(/^error parsing regexp: /, ''))
  }
}
