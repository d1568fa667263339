/** Pages about the capture as a whole: what it is made of, and what its file says. */

import { statSync } from 'node:fs'
import { clockText, dateText, decimalText, difference, type Instant } from '../../bytes/time.ts'
import { linkTypeName } from '../../capture/link-type.ts'
import { escapeText } from '../../render/escape.ts'
import { sizeText } from '../../render/size.ts'
import { fitTo } from '../../render/width.ts'
import { type Line, span } from '../line.ts'
import type { ViewedCapture } from './viewed-capture.ts'

const LABELS = 24

const fact = (label: string, text: string): Line => [
  span(`  ${fitTo(escapeText(label), LABELS)}`, 'hint'),
  span(escapeText(text)),
]
const head = (text: string): Line => [span(text, 'header')]
const nothing: Line = [span('')]

const when = (time: Instant) => `${dateText(time, true)} ${clockText(time, true, 6)} UTC`

/** Counts and rates of the frames that have been taken in so far. */
export function statisticsLines({ analysis, input }: ViewedCapture): Line[] {
  const { overview } = analysis
  const { copies, census, bytes, tunnelled } = overview
  const times = overview.times()
  const span1 = times === undefined ? undefined : difference(times.last, times.first)
  const seconds = span1 === undefined ? 0 : span1.seconds + span1.nanoseconds / 1e9
  const protocols = census.protocols(input.dissector.tables)
  const all = Math.max(
    protocols.reduce((sum, { packets }) => sum + packets, 0),
    1,
  )
  return [
    head('Frames'),
    fact('frames', String(copies.frames)),
    fact('packets without copies', String(copies.packets)),
    fact('inside tunnels', `${tunnelled} frames`),
    fact('truncated, malformed', `${census.truncated}, ${census.malformed}`),
    fact('bytes on the wire', sizeText(bytes)),
    fact('average length', copies.frames === 0 ? '–' : `${Math.round(bytes / copies.frames)} bytes`),
    ...(times === undefined || span1 === undefined
      ? []
      : [
          fact('first', when(times.first)),
          fact('last', when(times.last)),
          fact('time', `${decimalText(span1, 6)} s`),
          ...(seconds > 0
            ? [fact('rate', `${(copies.frames / seconds).toFixed(1)} frames/s, ${sizeText(bytes / seconds)}/s`)]
            : []),
        ]),
    nothing,
    head('Packets by protocol'),
    ...protocols.map(({ name, packets }) => bar(name, packets, all)),
    nothing,
    head('Tunnels'),
    ...overview.ports
      .seen(input.dissector.tables)
      .map(({ type, port }) => fact(type.toUpperCase(), port === undefined ? 'IP' : `udp/${port}`)),
    ...overview.ports
      .guesses()
      .map(({ type, port }) =>
        fact(`looks like ${type.toUpperCase()}`, `udp/${port}: --port ${port} --proto ${type} decodes it`),
      ),
  ]
}

const BAR = 30

function bar(name: string, packets: number, all: number): Line {
  const part = packets / all
  const filled = '█'.repeat(Math.max(Math.round(part * BAR), 1))
  return [
    span(`  ${fitTo(name, LABELS)}`),
    span(fitTo(filled, BAR), 'inner'),
    span(` ${String(packets).padStart(9)}  ${(part * 100).toFixed(1).padStart(5)} %`),
  ]
}

/** What the file says about itself. */
export function propertiesLines({ frames, input, total, analysis }: ViewedCapture): Line[] {
  const info = frames.info()
  const lines: Line[] = [head('File')]
  for (const file of input.files) {
    const size = file === '-' ? undefined : statSync(file, { throwIfNoEntry: false })?.size
    lines.push(fact('name', file === '-' ? 'standard input' : file))
    if (size !== undefined) lines.push(fact('size', sizeText(size)))
  }
  if (info !== undefined) lines.push(fact('format', `${info.format}${info.compressed ? ', compressed' : ''}`))
  lines.push(fact('packets', String(total)))
  const times = analysis.overview.times()
  if (times !== undefined) lines.push(fact('first', when(times.first)), fact('last', when(times.last)))
  const failure = frames.failure()
  if (failure !== undefined) lines.push(fact('cannot be read on', failure.message))
  for (const [at, section] of (info?.sections ?? []).slice(0, SECTIONS).entries()) {
    lines.push(nothing, head(info?.format === 'pcapng' ? `Section ${at + 1}` : 'Link'))
    const { hardware, system, application, comment, byteOrder, version } = section
    lines.push(fact('version', `${version}, ${byteOrder}`))
    for (const [label, text] of [
      ['hardware', hardware],
      ['system', system],
      ['written by', application],
      ['comment', comment],
    ] as const)
      if (text !== undefined) lines.push(fact(label, text))
    for (const one of section.interfaces.slice(0, INTERFACES)) {
      const words = [
        linkTypeName(one.linkType),
        one.snapLength === 0 ? 'whole packets' : `at most ${one.snapLength} bytes`,
        one.description,
        one.filter && `filter ${one.filter}`,
      ]
      lines.push(fact(`interface ${one.name ?? one.id}`, words.filter((word) => word !== undefined).join(', ')))
    }
  }
  return lines
}

/** Of files with many. */
const SECTIONS = 20
const INTERFACES = 100
