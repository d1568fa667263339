/** Bodies of HTTP messages by their media type (RFC 9110 section 8.3): text, JSON (RFC 8259), forms, anything else. */
import { bytesText } from '../../bytes/address.ts'
import { type Field, nodeOf, remark, standingFor, varying } from '../../dissect/field.ts'
import { shown, shownBytes, utf8Text } from '../../dissect/format-text.ts'
import { defineLayer, type Layer } from '../../dissect/layer.ts'
import type { Node } from '../../dissect/node.ts'
import { type Reading, readingAt } from '../../dissect/reading.ts'
import { truncated, type Walk } from '../../dissect/walk.ts'
import { lineEnd, mediaTypeEnd } from './http-head.ts'
import { firstLineInfo, headerValue } from './http-lines.ts'

const AMPERSAND = 0x26
const EQUALS = 0x3d

/** A body is all that is left; what the capture lacks of it is missed. */
function bodyStep(_view: DataView, at: number, end: number, walk: Walk): number {
  return walk.claim > end ? truncated(walk, walk.claim - at) : end
}

/** The message whose body this is: the layer before. */
function messageOf(r: Reading): Reading | undefined {
  return r.depth === 0 ? undefined : readingAt(r.walk, r.depth - 1, r.view, r.bytes)
}

/** The media type as the message names it, in lower case and without parameters. */
function mediaType(r: Reading): string {
  const message = messageOf(r)
  const value = message === undefined ? undefined : headerValue(message, 'content-type')
  if (value === undefined) return ''
  const bytes = new TextEncoder().encode(value)
  const end = mediaTypeEnd(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length)
  return shownBytes(bytes, 0, end).toLowerCase()
}

/** The message's line for the Info column. */
function messageInfo(r: Reading): string {
  const message = messageOf(r)
  return message === undefined ? '' : firstLineInfo(message)
}

const infoWithType = (r: Reading) => `${messageInfo(r)} (${mediaType(r)})`

/** Most lines that are shown of one body. */
const MAX_LINES = 2000

/** The lines of a text, each with what ends it. */
function lineNodes(r: Reading): Node[] {
  const nodes: Node[] = []
  for (let at = r.start; at < r.body; ) {
    if (nodes.length === MAX_LINES) {
      nodes.push(remark(`[${r.body - at} more bytes]`, at, r.body))
      break
    }
    const found = lineEnd(r.view, at, r.body)
    const after = found < 0 ? r.body : found
    nodes.push(remark(shownBytes(r.bytes, at, after), at, after))
    at = after
  }
  return nodes
}

function lineCount(r: Reading): number {
  let count = 0
  for (let at = r.start; at < r.body; count++) {
    const found = lineEnd(r.view, at, r.body)
    at = found < 0 ? r.body : found
  }
  return count
}

/** A field that stands for nodes without a name. */
const unnamed = (label: string, nodes: (r: Reading) => Node[], members: readonly Field[] = []): Field =>
  standingFor(
    varying('none', '', label, () => [], { members }),
    nodes,
  )

export const textLines = defineLayer({
  name: 'data-text-lines',
  title: 'Line-based text data',
  label: 'HTTP',
  role: 'application',
  fields: { lines: unnamed('Lines', lineNodes) },
  attach: [
    ['media', 'text/'],
    ['media', 'application/x-javascript'],
  ],
  step: bodyStep,
  heading: (r) => `Line-based text data: ${mediaType(r)} (${lineCount(r)} lines)`,
  info: infoWithType,
})

export const json = defineLayer({
  name: 'json',
  title: 'JavaScript Object Notation',
  label: 'HTTP/JSON',
  role: 'application',
  fields: { lines: unnamed('Lines', lineNodes) },
  attach: [
    ['media', 'application/json'],
    ['media', 'application/problem+json'],
    ['media', 'application/json-patch+json'],
    ['media', 'application/merge-patch+json'],
    ['media', 'application/jsonrequest'],
    ['media', 'application/x-ndjson'],
  ],
  step: bodyStep,
  heading: (r) => `JavaScript Object Notation: ${mediaType(r)}`,
  info: (r) => `${messageInfo(r)}, JavaScript Object Notation (${mediaType(r)})`,
})

const key = varying('string', 'urlencoded-form.key', 'Key', () => [])
const value = varying('string', 'urlencoded-form.value', 'Value', () => [])

/** `%41+c` as `A c`; a `%` that no two digits follow stays. */
function formText(r: Reading, start: number, end: number): string {
  const spaced = utf8Text(r.bytes, start, end).replaceAll('+', ' ')
  return spaced.replace(/(?:%[0-9A-Fa-f]{2})+/g, (run) => {
    const bytes = Buffer.from(run.replaceAll('%', ''), 'hex')
    return utf8Text(bytes, 0, bytes.length)
  })
}

function indexIn(r: Reading, byte: number, start: number, end: number): number {
  const found = r.bytes.subarray(start, end).indexOf(byte)
  return found < 0 ? end : start + found
}

function formNodes(r: Reading): Node[] {
  const nodes: Node[] = []
  for (let at = r.start; at < r.body && nodes.length < MAX_LINES; ) {
    const end = indexIn(r, AMPERSAND, at, r.body)
    const equals = indexIn(r, EQUALS, at, end)
    const valueStart = Math.min(equals + 1, end)
    const name = formText(r, at, equals)
    const content = formText(r, valueStart, end)
    nodes.push(
      remark(`Form item: "${shown(name)}" = "${shown(content)}"`, at, end, [
        nodeOf(key, { value: name, start: at, end: equals, text: `Key: ${shown(name)}` }),
        nodeOf(value, { value: content, start: valueStart, end, text: `Value: ${shown(content)}` }),
      ]),
    )
    at = end + 1
  }
  return nodes
}

export const urlencodedForm = defineLayer({
  name: 'urlencoded-form',
  title: 'HTML Form URL Encoded',
  label: 'HTTP',
  role: 'application',
  fields: { items: unnamed('Form items', formNodes, [key, value]) },
  attach: [['media', 'application/x-www-form-urlencoded']],
  step: bodyStep,
  heading: (r) => `HTML Form URL Encoded: ${mediaType(r)}`,
  info: infoWithType,
})

/** Any other type: named, not gone into. */
export const media = defineLayer({
  name: 'media',
  title: 'Media Type',
  label: 'HTTP',
  role: 'application',
  fields: {
    type: varying('bytes', 'media.type', 'Media type', (r) => {
      const length = r.body - r.start
      if (length <= 0) return []
      const text = `Media type: ${mediaType(r)} (${length} byte${length === 1 ? '' : 's'})`
      return [{ value: bytesText(r.view, r.start, length), start: r.start, end: r.body, text }]
    }),
  },
  attach: ['application/', 'image/', 'audio/', 'video/', 'font/'].map((family) => ['media', family] as const),
  step: bodyStep,
  info: infoWithType,
})

/** In the order in which media types are looked up: families come last. */
export const HTTP_BODIES: readonly Layer[] = [json, urlencodedForm, textLines, media]
