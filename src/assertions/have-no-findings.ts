/** `toHaveNoFindings`: a diagnosis of the capture finds nothing that should not be so. */
import { UsageError } from '../errors.ts'
import { Diagnosis } from '../findings/diagnosis.ts'
import { type Finding, isAtLeast, type Severity } from '../findings/finding.ts'
import { FINDING_KINDS, findingKind } from '../findings/registry.ts'
import type { LoadedCapture } from './loaded-capture.ts'
import { messageOf, plural, type Verdict } from './verdict.ts'

/**
 * What a diagnosis may find all the same.
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 * import { toHaveNoFindings } from 'ovl-dissect/matchers'
 *
 * const capture = await loadCapture('vxlan.pcap')
 * console.log(toHaveNoFindings(capture, { atLeast: 'info', except: ['OVL106'] }).pass) // true
 * ```
 */
export interface NoFindingsOptions {
  /** Codes of findings that are expected here, such as `OVL106`. */
  readonly except?: readonly string[]
  /** The least severity that counts: `warning` (default), `error`, or `info` for all. */
  readonly atLeast?: Severity
}

/** Findings that a message tells of. */
const SHOWN = 5
const FRAMES = 8

/** @throws UsageError for codes that do not exist. */
export function haveNoFindings(capture: LoadedCapture, options: NoFindingsOptions = {}): Verdict {
  const { except = [], atLeast = 'warning' } = options
  for (const code of except) {
    if (findingKind(code) !== undefined) continue
    throw new UsageError(
      `toHaveNoFindings: there is no finding ${code}; known are ${FINDING_KINDS.map((kind) => kind.code).join(', ')}`,
    )
  }
  const expected = new Set(except.map((code) => findingKind(code)?.code))
  const found = findingsOf(capture).filter(({ code, severity }) => isAtLeast(severity, atLeast) && !expected.has(code))
  return {
    pass: found.length === 0,
    message() {
      const besides = except.length === 0 ? '' : ` but ${except.join(', ')}`
      if (found.length === 0)
        return messageOf([`expected ${capture.name} to have findings${besides}`, 'but there are none'])
      return messageOf([
        `expected ${capture.name} to have no findings${besides}`,
        `but there ${found.length === 1 ? 'is' : 'are'} ${plural(found.length, 'finding')}:`,
        ...found.slice(0, SHOWN).flatMap(linesOf),
        found.length > SHOWN ? `  and ${found.length - SHOWN} more` : undefined,
        capture.path === undefined ? undefined : `see them with: ovl-dissect diagnose ${capture.path}`,
      ])
    },
  }
}

function findingsOf(capture: LoadedCapture): readonly Finding[] {
  const { dissector, names, path, damage } = capture
  const diagnosis = new Diagnosis({ tables: dissector.tables, names, captures: [{ path }] })
  capture.each(({ record, walk }) => {
    diagnosis.add(record, walk)
    return undefined
  }, false)
  if (damage !== undefined) diagnosis.fail(damage)
  return diagnosis.result().findings
}

function linesOf({ code, severity, sentence, evidence, packets, likely }: Finding): string[] {
  const frames = evidence.slice(0, FRAMES).map(({ frame }) => frame)
  const more = packets > frames.length ? ', …' : ''
  const where = frames.length === 0 ? '' : ` (frame${frames.length === 1 ? '' : 's'} ${frames.join(', ')}${more})`
  return [`  ${code} ${severity}: ${sentence}${where}`, `    likely ${likely}`]
}
