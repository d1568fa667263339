/** What is wrong in the capture, as `diagnose` has it: each finding with the packets that show it, to go there. */
import { skimPacket } from '../../dissect/walk.ts'
import { Diagnosis, type DiagnosisResult } from '../../findings/diagnosis.ts'
import { type Finding, SEVERITIES } from '../../findings/finding.ts'
import { escapeText } from '../../render/escape.ts'
import { untoldText, wrapped } from '../../render/findings.ts'
import { span } from '../line.ts'
import type { Role } from '../theme.ts'
import { CaptureNumbers } from './capture-numbers.ts'
import type { Job } from './jobs.ts'
import { Pass } from './pass.ts'
import { type Targeted, TargetedLines } from './targeted.ts'
import type { ViewedCapture } from './viewed-capture.ts'

/** Packets of a finding that are listed. */
const EVIDENCE = 12
const INDENT = '  '
const LABEL = 10

export class FindingsPage implements Job {
  private readonly capture: ViewedCapture
  private readonly diagnosis: Diagnosis
  private readonly numbers: CaptureNumbers
  private readonly pass: Pass
  private result: DiagnosisResult | undefined

  constructor(capture: ViewedCapture) {
    this.capture = capture
    const { dissector, names, nameStyle, places, files } = capture.input
    const { store } = capture.frames
    this.diagnosis = new Diagnosis({ tables: dissector.tables, names, nameStyle, captures: places })
    this.numbers = new CaptureNumbers(files, store.pages)
    const walk = dissector.walk()
    walk.rehearse()
    // A capture that goes on is judged as far as it is there now: what is told does not change while it is read.
    const until = store.pages.count
    const visit: ConstructorParameters<typeof Pass>[1] = (record, index) => {
      skimPacket(walk, record.view, record.start, record.end, record.originalLength, record.linkType)
      this.diagnosis.add(record, walk, this.numbers.take(index))
    }
    this.pass = new Pass(store, visit, () => (capture.frames.isDone() ? store.pages.count : until))
  }

  run(deadline: number): boolean {
    if (this.pass.run(deadline)) return true
    if (this.result === undefined) {
      const failure = this.capture.frames.failure()
      if (failure !== undefined) this.diagnosis.fail(failure)
      this.result = this.diagnosis.result()
    }
    return false
  }

  /** Changes when there is more to show. */
  get state(): string {
    return this.result === undefined ? `reading ${this.pass.at}` : 'told'
  }

  /** `2 errors, 3 infos`; undefined while it is not known. */
  get words(): string | undefined {
    return this.result && countsOf(this.result)
  }

  lines(columns: number): Targeted {
    const page = new TargetedLines()
    const { result } = this
    if (result === undefined) {
      page.add([span(`reading packet ${this.pass.at} of ${this.capture.total}`, 'hint')])
      return page
    }
    page.add([span(summaryOf(result), 'header')])
    for (const finding of result.findings) {
      page.add([])
      this.addFinding(page, finding, columns)
    }
    const omitted = Object.entries(result.omitted).map(([code, count]) => `${count} more ${code}`)
    if (omitted.length > 0) page.add([span(omitted.join(', '), 'hint')])
    if (result.untold > 0) page.add([span(untoldText(result.untold), 'hint')])
    if (this.capture.input.names === undefined) {
      page.add([])
      page.add([span('Lists of nodes and pods (--names) would tell more.', 'hint')])
    }
    return page
  }

  private addFinding(page: TargetedLines, finding: Finding, columns: number): void {
    const { code, severity, title, sentence, likely, next, evidence, packets } = finding
    const role: Role = severity === 'error' ? 'bad' : severity === 'warning' ? 'header' : 'hint'
    const [first] = evidence
    const target = first === undefined ? undefined : this.packetOf(first)
    page.add([span(severity.padEnd(LABEL), role), span(`${code} ${escapeText(title)}`, 'header')], target)
    const add = (text: string) => {
      for (const line of wrapped(text, columns, INDENT, INDENT)) page.add([span(line)], target)
    }
    add(escapeText(sentence))
    if (severity !== 'info') {
      add(`likely: ${escapeText(likely)}`)
      for (const line of next) add(`check: ${escapeText(line)}`)
    }
    for (const one of evidence.slice(0, EVIDENCE)) {
      const file = one.file === undefined || this.capture.input.files.length < 2 ? '' : `${escapeText(one.file)} `
      const words = one.text === '' ? '' : `  ${escapeText(one.text)}`
      page.add([span(`${INDENT}→ ${file}frame ${one.frame}`, 'key'), span(words)], this.packetOf(one))
    }
    if (packets > Math.min(evidence.length, EVIDENCE)) page.add([span(`${INDENT}… ${packets} packets in all`, 'hint')])
  }

  private packetOf({ file, frame }: Finding['evidence'][number]): number | undefined {
    const { files } = this.capture.input
    return this.numbers.indexOf(file === undefined ? 0 : Math.max(files.indexOf(file), 0), frame)
  }
}

/** `116 frames = 58 packets: 1 error, 2 infos`. */
function summaryOf({ findings, frames, packets }: DiagnosisResult): string {
  const seen = frames === packets ? `${frames} packets` : `${frames} frames = ${packets} packets`
  return `${seen}: ${countsOf({ findings })}`
}

function countsOf({ findings }: Pick<DiagnosisResult, 'findings'>): string {
  const counts = SEVERITIES.flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length
    return count === 0 ? [] : [`${count} ${severity}${count === 1 ? '' : 's'}`]
  })
  return counts.length === 0 ? 'nothing found' : counts.join(', ')
}
