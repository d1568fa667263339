/** `ovl-dissect assert`: asks the rules of a file of captures. Exit status 0: all hold, 1: one does not, 2: it cannot be told. */
import { PatternError } from '../../assertions/condition.ts'
import { loadCapture } from '../../assertions/load-capture.ts'
import { type Rule, rulesOf } from '../../assertions/rules.ts'
import { UsageError } from '../../errors.ts'
import { escapeText } from '../../render/escape.ts'
import { type RuleResult, reportOf } from '../../render/test-reports.ts'
import { dissectorOptions } from '../decode-as.ts'
import { namesFor } from '../names-for.ts'
import type { Output } from '../output.ts'
import { placeText, type RulesFile, readRulesFile } from '../rules-file.ts'
import type { AssertOptions } from './assert-options.ts'

export async function assertRules(
  path: string,
  files: readonly string[],
  options: AssertOptions,
  output: Output,
  say: (text: string) => void,
): Promise<number> {
  if (path === '-' && files.includes('-'))
    throw new UsageError('standard input can be the rules or a capture, not both')
  const file = await readRulesFile(path)
  const rules = located(file, () => rulesOf(file.value))
  const names = await namesFor(
    options,
    say,
    path === '-' ? 'the rules' : files.includes('-') ? 'the capture' : undefined,
  )
  const results: RuleResult[] = []
  let isDamaged = false
  for (const one of files) {
    const capture = await loadCapture(one, {
      ...dissectorOptions(options),
      ...(names !== undefined && { names }),
      onDamage(error) {
        isDamaged = true
        say(`ovl-dissect: ${escapeText(error.path ?? one)}: ${escapeText(error.message)}`)
      },
    })
    for (const rule of rules) results.push(resultOf(rule, file, capture))
  }
  output.line(reportOf(results, options.reporter))
  output.flush()
  if (isDamaged) return 2
  return results.every(({ pass }) => pass) ? 0 : 1
}

function resultOf(rule: Rule, file: RulesFile, capture: Awaited<ReturnType<typeof loadCapture>>): RuleResult {
  const { pass, message } = located(file, () => rule.check(capture))
  const text = pass ? '' : message()
  return { name: rule.name, pass, message: text, path: file.path, ...file.position(rule.place), capture: capture.name }
}

/** Errors in rules with their line and column. */
function located<Result>(file: RulesFile, work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    if (error instanceof PatternError)
      throw new UsageError(`${placeText(file.path, file.position(error.place))}: ${error.message}`, { cause: error })
    throw error
  }
}
