/** `ovl-dissect diagnose`: what is wrong in captures. Exit status 1: worse than `--fail-on` allows, 2: it cannot be told. */

import { prepare } from '../../analysis/path-reading.ts'
import type { CapturePoint } from '../../analysis/paths.ts'
import { SameFiles } from '../../bytes/same-files.ts'
import { UsageError } from '../../errors.ts'
import { captureView, readInto } from '../../findings/diagnose.ts'
import { Diagnosis, type DiagnosisResult } from '../../findings/diagnosis.ts'
import { isAtLeast } from '../../findings/finding.ts'
import { FINDING_KINDS, findingKind } from '../../findings/registry.ts'
import { createDissector } from '../../layers/create-dissector.ts'
import { findingsText, kindsText, kindText } from '../../render/findings.ts'
import { jsonText } from '../../render/json-text.ts'
import { createStyle } from '../../render/style.ts'
import { capturePointsOf } from '../capture-points.ts'
import { wholeNumber } from '../count.ts'
import { dissectorOptions } from '../decode-as.ts'
import { Interrupt } from '../interrupts.ts'
import { isTerminal } from '../is-terminal.ts'
import { namesFor } from '../names-for.ts'
import type { Output } from '../output.ts'
import { keepHeapSmall } from '../small-heap.ts'
import { terminalWidth, wantsColor } from '../terminal.ts'
import type { DiagnoseOptions, ExplainOptions } from './diagnose-options.ts'
import { printFindings, printKinds } from './finding-rows.ts'
import { isListFormat } from './list-formats.ts'
import { Progress } from './scan-flows.ts'

const FINDINGS_VERSION = 1

/** Prints what is found in the captures, read as one; returns the exit status. */
export async function diagnose(
  files: readonly string[],
  options: DiagnoseOptions,
  output: Output,
  say: (text: string) => void,
): Promise<number> {
  const points = capturePointsOf(files, options)
  const sources = points.map(({ source }) => source as string)
  const taken = sources.includes('-') ? 'the capture' : options.links.includes('-') ? '--links' : undefined
  const width = widthOf(options.width)
  const names = await namesFor(options, say, taken)
  const dissector = createDissector(dissectorOptions(options))
  keepHeapSmall(sources)
  const same = new SameFiles(sources)
  const prepared = await prepare(sources, dissector)
  same.check()
  const { nameStyle } = options
  const captures = points.map((point) => captureView(isNamed(point, options) ? point : { ...point, name: undefined }))
  const diagnosis = new Diagnosis({ tables: dissector.tables, names, captures, nameStyle, prepared })
  const progress = new Progress(sources.length === 1 ? (sources[0] as string) : '-', 1)
  const interrupt = new Interrupt()
  try {
    await readInto(diagnosis, sources, {
      dissector,
      prepared,
      isStopped(offset) {
        progress.at(offset)
        return interrupt.isStopped
      },
    })
  } finally {
    interrupt.release()
    progress.end()
  }
  const result = diagnosis.result()
  if (options.format === 'json') output.line(jsonText({ version: FINDINGS_VERSION, captures: sources, ...result }, 2))
  else if (isListFormat(options.format)) printFindings(result.findings, options.format, (line) => output.line(line))
  else {
    const style = createStyle(wantsColor(options.color, isTerminal('stdout'), process.env))
    output.line(findingsText(result, { files: sources, width, style, hasNames: names !== undefined }))
  }
  output.flush()
  return statusOf(result, options)
}

/** Labels that only tell files apart are no names of machines. */
function isNamed({ name }: CapturePoint, { capturePoint }: DiagnoseOptions): boolean {
  return name !== undefined && capturePoint.some((text) => text.startsWith(`${name}=`) || text.startsWith(`${name}/`))
}

function statusOf({ findings }: DiagnosisResult, { failOn }: DiagnoseOptions): number {
  // As every other command: what cannot be read on is 2.
  if (findings.some(({ code }) => code === 'OVL901')) return 2
  return failOn !== undefined && findings.some(({ severity }) => isAtLeast(severity, failOn)) ? 1 : 0
}

/** Prints what codes mean. @throws UsageError for a code that does not exist */
export function explain(codes: readonly string[], options: ExplainOptions, output: Output): void {
  const kinds = codes.map((code) => {
    const kind = findingKind(code)
    if (kind === undefined) throw new UsageError(`there is no finding ${code}: ovl-dissect explain lists all of them`)
    return kind
  })
  const width = widthOf(options.width)
  const { format } = options
  const listed = kinds.length === 0 ? FINDING_KINDS : kinds
  if (isListFormat(format)) printKinds(listed, format, (line) => output.line(line))
  else if (format === 'json') output.line(jsonText(listed, 2))
  else if (kinds.length === 0) output.line(kindsText(FINDING_KINDS))
  else output.line(kinds.map((kind) => kindText(kind, width)).join('\n\n'))
  output.flush()
}

/** Lines are broken where somebody looks; in a pipe a sentence stays one line. */
function widthOf(width: string | undefined): number {
  if (width !== undefined) return wholeNumber('--width', width, 40)
  return isTerminal('stdout') ? Math.max(terminalWidth(), 40) : Number.POSITIVE_INFINITY
}
