/** Findings as text: the worst first, each with its packets, its likely cause and what to check next. */
import type { DiagnosisResult } from '../findings/diagnosis.ts'
import { type Evidence, type Finding, type FindingKind, SEVERITIES, type Severity } from '../findings/finding.ts'
import { escapeText } from './escape.ts'
import type { Paint, Style } from './style.ts'
import { widthOf } from './width.ts'

export interface FindingsLayout {
  readonly files: readonly string[]
  /** Where lines are broken; infinite: nowhere. */
  readonly width: number
  readonly style: Style
  /** Whether lists of names were given. */
  readonly hasNames: boolean
}

/** Frames that are listed in a line. */
const FRAMES = 12
/** Findings of one code that are shown. */
const SHOWN = 20
const SHOWN_INFOS = 5
const LABEL = 8
const INDENT = '  '

export function findingsText(result: DiagnosisResult, layout: FindingsLayout): string {
  const { findings, omitted, untold } = result
  const told = new Map<string, number>()
  const blocks: string[] = []
  for (const finding of findings) {
    const count = (told.get(finding.code) ?? 0) + 1
    told.set(finding.code, count)
    if (count <= shownOf(finding)) blocks.push(blockOf(finding, layout))
  }
  const left = leftOut(findings, told, omitted)
  if (left.length > 0)
    blocks.push(...wrapped(`not shown (-T json has more): ${left.join(', ')}`, layout.width, '', INDENT))
  if (untold > 0) blocks.push(...wrapped(untoldText(untold), layout.width, '', INDENT))
  const hint = layout.hasNames ? [] : [layout.style.dim(wrapped(NAMES_HINT, layout.width, '', '').join('\n'))]
  return [headLine(result, layout), ...blocks, ...hint].join('\n\n')
}

/** What did not fit tables that are bounded. */
export function untoldText(untold: number): string {
  return `${untold} times ends were seen that no finding tells of: there were too many to tell them apart`
}

/** How many findings of one code are shown: of what is only good to know, a few. */
const shownOf = ({ severity }: Finding) => (severity === 'info' ? SHOWN_INFOS : SHOWN)

/** `47 more OVL106`. */
function leftOut(
  findings: readonly Finding[],
  told: ReadonlyMap<string, number>,
  omitted: DiagnosisResult['omitted'],
): string[] {
  return [...told].flatMap(([code, count]) => {
    const last = findings.findLast((finding) => finding.code === code)
    const more = Math.max(count - (last === undefined ? 0 : shownOf(last)), 0) + (omitted[code] ?? 0)
    return more === 0 ? [] : [`${more} more ${code}`]
  })
}

const NAMES_HINT =
  'Lists of nodes and pods (--names) would tell more: who is behind addresses, whose VNIs these are, wrong ways out.'

/** `vxlan.pcap: 116 frames = 58 packets: 1 error, 2 infos`. */
function headLine({ findings, frames, packets }: DiagnosisResult, { files, style }: FindingsLayout): string {
  const names = files.map((file) => (file === '-' ? 'standard input' : escapeText(file))).join(', ')
  const seen =
    frames === packets ? counted(frames, 'packet') : `${counted(frames, 'frame')} = ${counted(packets, 'packet')}`
  const counts = SEVERITIES.map((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length
    return count === 0 ? undefined : paintOf(severity, style)(counted(count, severity))
  }).filter((words) => words !== undefined)
  return `${names}: ${seen}: ${counts.length === 0 ? 'nothing found' : counts.join(', ')}`
}

function blockOf(finding: Finding, { width, style, files }: FindingsLayout): string {
  const { code, severity, title, sentence, likely, next } = finding
  const head = `${paintOf(severity, style)(severity.padEnd(LABEL - 1))} ${style.bold(code)} ${escapeText(title)}`
  const lines = [head, ...wrapped(escapeText(sentence), width, INDENT, INDENT)]
  lines.push(...labelled('seen', framesText(finding, files.length > 1), width, style.dim))
  // What is only good to know needs nobody to get up at night.
  if (severity !== 'info') {
    lines.push(...labelled('likely', escapeText(likely), width, style.dim))
    next.forEach((line, index) => {
      lines.push(...labelled(index === 0 ? 'check' : '', escapeText(line), width, style.dim))
    })
  }
  return lines.join('\n')
}

function labelled(label: string, text: string, width: number, paint: Paint): string[] {
  const lines = wrapped(text, width, INDENT + ' '.repeat(LABEL), INDENT + ' '.repeat(LABEL))
  const [first = '', ...others] = lines
  return [`${INDENT}${paint(label)}${' '.repeat(LABEL - label.length)}${first.trimStart()}`, ...others]
}

/** `frames 13, 50, 93`, `w0.pcap 13, 50; ctr.pcap 7`; of many the first ones. */
function framesText({ evidence, packets }: Finding, hasFiles: boolean): string {
  if (evidence.length === 0) return 'in no single packet'
  const shown = evidence.slice(0, FRAMES)
  const more = packets > shown.length ? `, … (${packets} in all)` : ''
  if (!hasFiles) {
    const numbers = shown.map(({ frame }) => frame)
    return `frame${evidence.length > 1 ? 's' : ''} ${numbers.join(', ')}${more}${single(evidence)}`
  }
  const byFile = new Map<string, number[]>()
  for (const { file = '', frame } of shown) byFile.set(file, [...(byFile.get(file) ?? []), frame])
  const parts = [...byFile].map(([file, numbers]) => `${escapeText(file)} ${numbers.join(', ')}`)
  return `${parts.join('; ')}${more}${single(evidence)}`
}

/** What the packets show, if that is one thing. */
function single(evidence: readonly Evidence[]): string {
  const texts = new Set(evidence.map(({ text }) => text))
  const [text] = texts
  return texts.size === 1 && text !== undefined && text !== '' ? `: ${escapeText(text)}` : ''
}

/** Text broken at blanks, so that no line has more than `width` cells; a word that is longer stays whole. */
export function wrapped(text: string, width: number, first: string, other: string): string[] {
  const lines: string[] = []
  let line = first
  let isEmpty = true
  for (const word of text.split(' ')) {
    if (!isEmpty && widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line)
      line = other
      isEmpty = true
    }
    line += isEmpty ? word : ` ${word}`
    isEmpty = false
  }
  lines.push(line)
  return lines
}

/** All kinds, a line each. */
export function kindsText(kinds: readonly FindingKind[]): string {
  return kinds.map(({ code, severity, title }) => `${code}  ${severity.padEnd(LABEL)}${title}`).join('\n')
}

/** What one kind means. */
export function kindText({ code, title, severity, meaning, likely, next }: FindingKind, width: number): string {
  const plain: Paint = (text) => text
  return [
    `${code} ${title} (${severity} at worst)`,
    '',
    ...wrapped(meaning, width, INDENT, INDENT),
    '',
    ...labelled('likely', likely, width, plain),
    ...next.flatMap((line, index) => labelled(index === 0 ? 'check' : '', line, width, plain)),
  ].join('\n')
}

function paintOf(severity: Severity, style: Style): Paint {
  return severity === 'error' ? style.error : severity === 'warning' ? style.warning : style.dim
}

const counted = (count: number, one: string) => `${count} ${one}${count === 1 ? '' : 's'}`
