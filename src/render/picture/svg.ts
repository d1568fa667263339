/**
 * A picture as SVG that needs nothing beside it. Nodes stand in two columns; every line runs in the gap between them,
 * where its words find a place that no other words have.
 */
import { cutMiddle, widthOf } from '../width.ts'
import { type Box, type Line, labelOf, type Picture } from './picture.ts'

const MARGIN = 24
const PADDING = 12
const LINE_HEIGHT = 15
const POD_GAP = 10
const BOX_GAP = 28
const BOX_WIDTH = 330
const GAP = 520
/** Width of a character of the small font, at most. */
const CHARACTER = 6.1
const LABEL_HEIGHT = 14
/** Characters of a pod's line. */
const POD_CHARACTERS = 44

interface Rectangle {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

interface Placed extends Rectangle {
  readonly isLeft: boolean
}

export function svgText(picture: Picture): string {
  const { boxes, pods, height } = layOut(picture.boxes)
  const width = MARGIN * 2 + BOX_WIDTH * 2 + GAP
  const taken: Rectangle[] = []
  const drawn = picture.lines.flatMap((line) => lineParts(line, pods, taken))
  const footer = picture.folded === undefined ? [] : [text(MARGIN, height - 8, picture.folded, 'class="small"')]
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    '<title>Overlay topology</title>',
    STYLE,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...boxes,
    ...drawn.map(({ path }) => path),
    ...drawn.map(({ label }) => label),
    ...footer,
    '</svg>',
  ].join('\n')
}

const STYLE = `<style>text{font:11px sans-serif;fill:#1d2733}.node{font-weight:bold;font-size:13px}.small{font-size:10px;fill:#4a5868}.label{font-size:10px;paint-order:stroke;stroke:#fff;stroke-width:4px}</style>
<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0 0L8 4L0 8z" fill="#41618a"/></marker></defs>`

function layOut(boxes: readonly Box[]): { boxes: string[]; pods: Map<string, Placed>; height: number } {
  const parts: string[] = []
  const pods = new Map<string, Placed>()
  const ends = [MARGIN, MARGIN]
  for (const box of boxes) {
    const column = (ends[0] as number) <= (ends[1] as number) ? 0 : 1
    const x = column === 0 ? MARGIN : MARGIN + BOX_WIDTH + GAP
    const y = ends[column] as number
    let at = y + PADDING + box.lines.length * LINE_HEIGHT + 4
    const inside: string[] = []
    for (const pod of box.pods) {
      const height = pod.lines.length * LINE_HEIGHT + PADDING
      const placed = { x: x + PADDING, y: at, width: BOX_WIDTH - 2 * PADDING, height, isLeft: column === 0 }
      pods.set(pod.id, placed)
      inside.push(rectangle(placed, 'fill="#fff" stroke="#9fb2c8"'))
      pod.lines.forEach((line, index) => {
        inside.push(
          text(
            placed.x + 8,
            at + 16 + index * LINE_HEIGHT,
            cutMiddle(line, POD_CHARACTERS),
            index > 0 ? 'class="small"' : '',
          ),
        )
      })
      at += height + POD_GAP
    }
    const height = at - y
    parts.push(rectangle({ x, y, width: BOX_WIDTH, height }, 'fill="#eaf1fa" stroke="#7a9cc6"'))
    box.lines.forEach((line, index) => {
      parts.push(
        text(
          x + PADDING,
          y + 18 + index * LINE_HEIGHT,
          cutMiddle(line, POD_CHARACTERS),
          index === 0 ? 'class="node"' : 'class="small"',
        ),
      )
    })
    parts.push(...inside)
    ends[column] = y + height + BOX_GAP
  }
  return { boxes: parts, pods, height: Math.max(...ends) + MARGIN }
}

/** A curve between two pods, with its words where there is room along it. */
function lineParts(
  line: Line,
  pods: ReadonlyMap<string, Placed>,
  taken: Rectangle[],
): { path: string; label: string }[] {
  const [from, to] = [pods.get(line.from), pods.get(line.to)]
  if (from === undefined || to === undefined) return []
  const start = endpoint(from)
  const end = endpoint(to)
  const reach = from.isLeft === to.isLeft ? GAP * 0.45 : GAP * 0.4
  const c1 = { x: start.x + (from.isLeft ? reach : -reach), y: start.y }
  const c2 = { x: end.x + (to.isLeft ? reach : -reach), y: end.y }
  const label = labelOf(line, ...arrows(from, to))
  const width = widthOf(label) * CHARACTER
  let best: Rectangle | undefined
  for (const t of [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.2, 0.8]) {
    const at = pointAt(t, start, c1, c2, end)
    const place = { x: clamp(at.x - width / 2, width), y: at.y - LABEL_HEIGHT / 2, width, height: LABEL_HEIGHT }
    best ??= place
    if (taken.some((other) => overlap(place, other))) continue
    best = place
    break
  }
  const place = best as Rectangle
  taken.push(place)
  const d = `M${round(start.x)} ${round(start.y)}C${round(c1.x)} ${round(c1.y)} ${round(c2.x)} ${round(c2.y)} ${round(end.x)} ${round(end.y)}`
  const back = line.back !== undefined ? ' marker-start="url(#arrow)"' : ''
  return [
    {
      path: `<path d="${d}" fill="none" stroke="#6c8cb5" stroke-width="1.2" marker-end="url(#arrow)"${back}/>`,
      label: text(place.x, place.y + 11, label, 'class="label"'),
    },
  ]
}

/** Arrows as the line runs: across, or within a column. */
function arrows(from: Placed, to: Placed): [string, string] {
  if (from.isLeft !== to.isLeft) return from.isLeft ? ['→', '←'] : ['←', '→']
  return from.y < to.y ? ['↓', '↑'] : ['↑', '↓']
}

/** Words stay between the columns. */
function clamp(x: number, width: number): number {
  const left = MARGIN + BOX_WIDTH + 6
  return Math.max(left, Math.min(x, left + GAP - 12 - width))
}

interface Point {
  readonly x: number
  readonly y: number
}

function endpoint({ x, y, width, height, isLeft }: Placed): Point {
  return { x: isLeft ? x + width : x, y: y + height / 2 }
}

function pointAt(t: number, a: Point, b: Point, c: Point, d: Point): Point {
  const u = 1 - t
  const of = (p: number, q: number, r: number, s: number) =>
    u * u * u * p + 3 * u * u * t * q + 3 * u * t * t * r + t * t * t * s
  return { x: of(a.x, b.x, c.x, d.x), y: of(a.y, b.y, c.y, d.y) }
}

function overlap(a: Rectangle, b: Rectangle): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
}

const round = (value: number) => Math.round(value * 10) / 10

function rectangle({ x, y, width, height }: Rectangle, attributes: string): string {
  return `<rect x="${round(x)}" y="${round(y)}" width="${width}" height="${height}" rx="6" ${attributes}/>`
}

function text(x: number, y: number, words: string, attributes: string): string {
  return `<text x="${round(x)}" y="${round(y)}" ${attributes}>${escaped(words)}</text>`
}

/** XML's own characters as entities; control characters, which XML cannot have at all, are written out before. */
function escaped(words: string): string {
  return words.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
