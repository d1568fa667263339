/** Results of rules as reports: for people, and as JUnit XML, TAP and GitHub's annotations for those that collect them. */
import { escapeText } from './escape.ts'

export const REPORTERS = ['text', 'junit', 'tap', 'github'] as const
export type Reporter = (typeof REPORTERS)[number]

export interface RuleResult {
  readonly name: string
  readonly pass: boolean
  /** Lines; empty for a rule that holds. */
  readonly message: string
  /** Where the rule stands. */
  readonly path: string
  readonly line: number
  readonly column: number
  /** What it was asked of. */
  readonly capture: string
}

/** The whole report, without a line's end after its last line. */
export function reportOf(results: readonly RuleResult[], reporter: Reporter): string {
  return REPORTS[reporter](results)
}

const REPORTS: Readonly<Record<Reporter, (results: readonly RuleResult[]) => string>> = { text, junit, tap, github }

const failedOf = (results: readonly RuleResult[]) => results.filter(({ pass }) => !pass)

function text(results: readonly RuleResult[]): string {
  const isOfOne = results.every(({ capture }) => capture === results[0]?.capture)
  const lines = results.flatMap(({ pass, name, message, path, line, capture }) => {
    const shown = escapeText(isOfOne ? name : `${capture}: ${name}`)
    if (pass) return [`ok    ${shown}`]
    return [`FAIL  ${shown}  (${escapeText(path)}:${line})`, ...message.split('\n').map((one) => `      ${one}`)]
  })
  const failed = failedOf(results).length
  return [
    ...lines,
    `${results.length} ${results.length === 1 ? 'rule' : 'rules'}: ${results.length - failed} passed, ${failed} failed`,
  ].join('\n')
}

/** The dialect that Jenkins and GitLab read. */
function junit(results: readonly RuleResult[]): string {
  const head = `tests="${results.length}" failures="${failedOf(results).length}" errors="0"`
  const cases = results.flatMap(({ pass, name, message, path, line, capture }) => {
    const start = `    <testcase name="${xml(name)}" classname="${xml(capture)}" file="${xml(path)}" line="${line}"`
    if (pass) return [`${start}/>`]
    const [first = ''] = message.split('\n')
    return [`${start}>`, `      <failure message="${xml(first)}">${xml(message)}</failure>`, '    </testcase>']
  })
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${head}>`,
    `  <testsuite name="ovl-dissect" ${head}>`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
  ].join('\n')
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
}

/** Characters that XML 1.0 does not have are written out before. */
const xml = (value: string) =>
  value
    .split('\n')
    .map(escapeText)
    .join('\n')
    .replace(/[&<>"\n]/g, (character) => ENTITIES[character] as string)

/** TAP version 13, testanything.org. */
function tap(results: readonly RuleResult[]): string {
  const lines = results.flatMap(({ pass, name, message, path, line }, index) => {
    // A number sign would begin a directive.
    const shown = `${index + 1} - ${escapeText(name).replaceAll('#', '\\#')}`
    if (pass) return [`ok ${shown}`]
    return [
      `not ok ${shown}`,
      '  ---',
      `  at: ${JSON.stringify(`${escapeText(path)}:${line}`)}`,
      '  message: |-',
      ...message.split('\n').map((one) => `    ${one}`),
      '  ...',
    ]
  })
  return ['TAP version 13', `1..${results.length}`, ...lines].join('\n')
}

/** Workflow commands: an annotation at each rule that failed, and a line for people. */
function github(results: readonly RuleResult[]): string {
  const annotations = failedOf(results).map(({ name, message, path, line, column }) => {
    const property = (value: string) => data(value).replaceAll(':', '%3A').replaceAll(',', '%2C')
    return `::error file=${property(escapeText(path))},line=${line},col=${column},title=${property(escapeText(name))}::${data(message)}`
  })
  const failed = annotations.length
  return [...annotations, `${results.length} rules: ${results.length - failed} passed, ${failed} failed`].join('\n')
}

const data = (value: string) => value.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
