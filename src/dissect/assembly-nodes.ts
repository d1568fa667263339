/** What was put together of several packets, as Wireshark's tree lists it: the parts with their frames, then the whole. */
import { bytesText } from '../bytes/address.ts'
import { type Field, nodeOf, standingFor, varying } from './field.ts'
import type { Node } from './node.ts'
import type { Assembly, AssemblyPart } from './notes.ts'
import type { Reading } from './reading.ts'

/** tshark shortens what a line shows; the field itself keeps every byte. */
const SHOWN = 36

/** Names and words, which differ from protocol to protocol. */
export interface AssemblyWords {
  /** `ip.fragment`: of one part, and the beginning of the names of what is said about it. */
  readonly part: string
  /** `ip.fragments`, and whether its value is the bytes. */
  readonly parts: string
  readonly hasBytes: boolean
  /** `ip.reassembled`, and the name of the frame that completes the whole. */
  readonly whole: string
  readonly wholeIn: string
  /** `IPv4 Fragments`, `Reassembled TCP Segments`. */
  readonly heading: string
  /** `Fragment`, `Segment`. */
  readonly unit: string
  /** `Reassembled IPv4`; the label of its bytes where tshark spells it otherwise. */
  readonly title: string
  readonly dataLabel?: string
  readonly inLabel?: string
  readonly partLabel: string
  readonly errorLabel: string
}

const none = () => []

/** The field that shows a layer's assemblies, with all that lies beneath. */
export function assemblyField(words: AssemblyWords): Field {
  const { part, unit, title } = words
  const said = (name: string, label: string) => varying('boolean', `${part}.${name}`, label, none, { generated: true })
  const fields = {
    part: varying('uint32', part, words.partLabel, none, { generated: true }),
    /** In place of `part` for one that contradicts others. */
    error: varying('uint32', `${part}.error`, words.errorLabel, none, { generated: true }),
    overlap: said('overlap', `${unit} overlap`),
    conflict: said('overlap.conflict', `Conflicting data in ${unit.toLowerCase()} overlap`),
    tails: said('multipletails', `Multiple tail ${unit.toLowerCase()}s found`),
    tooLong: said('toolongfragment', `${unit} too long`),
    count: varying('uint32', `${part}.count`, `${unit} count`, none, { generated: true }),
    whole: varying('uint32', words.wholeIn, words.inLabel ?? `${title} in frame`, none, { generated: true }),
    length: varying('uint32', `${words.whole}.length`, `${title} length`, none, { generated: true }),
    data: varying('bytes', `${words.whole}.data`, words.dataLabel ?? `${title} data`, none, { generated: true }),
  }
  const heading = varying(words.hasBytes ? 'bytes' : 'none', words.parts, words.heading, none, {
    members: Object.values(fields),
  })
  const partNode = ({ start, end }: Assembly, one: AssemblyPart): Node => {
    // A part that is too long goes on where nothing was put together.
    const from = Math.min(start + one.start, end)
    const to = Math.min(start + one.end, end)
    const truths = [
      ...(one.overlaps === true ? [fields.overlap] : []),
      ...(one.conflicts === true ? [fields.conflict] : []),
      ...(one.isOtherTail === true ? [fields.tails] : []),
      ...(one.isTooLong === true ? [fields.tooLong] : []),
    ]
    const place = `, payload: ${one.start}-${one.end - 1} (${bytes(one.end - one.start)})`
    const text = `[Frame: ${one.frame}${one.end > one.start ? place : ' (no data)'}]`
    const children = truths.map((field) =>
      nodeOf(field, { value: 1, start: from, end: from, text: `[${field.label}: True]` }),
    )
    const isWrong = one.conflicts === true || one.isOtherTail === true || one.isTooLong === true
    return nodeOf(isWrong ? fields.error : fields.part, { value: one.frame, start: from, end: to, text, children })
  }
  const nodes = (r: Reading): Node[] =>
    (r.notes?.assemblies ?? []).map((whole) => {
      const { start, end, parts } = whole
      const length = end - start
      const value = bytesText(r.view, start, length)
      const shown = bytesText(r.view, start, Math.min(length, SHOWN)) + (length > SHOWN ? '…' : '')
      const children = [
        ...parts.map((one) => partNode(whole, one)),
        nodeOf(fields.count, { value: parts.length, start, end: start }),
        nodeOf(fields.length, { value: length, start, end: start }),
        nodeOf(fields.data, { value, start, end, text: `[${fields.data.label}: ${shown}]` }),
      ]
      const text = headingText(words.heading, whole)
      return nodeOf(heading, { value: words.hasBytes ? value : undefined, start, end, text, children })
    })
  return standingFor(heading, nodes)
}

const bytes = (count: number) => `${count} byte${count === 1 ? '' : 's'}`

/** Frames that a heading names. */
const NAMED = 64

/** `[2 IPv4 Fragments (1530 bytes): #1(1480), #3(50)]`. */
function headingText(heading: string, { start, end, parts }: Assembly): string {
  const named = parts.slice(0, NAMED).map((one) => `#${one.frame}(${one.end - one.start})`)
  const rest = parts.length > NAMED ? ', …' : ''
  return `[${parts.length} ${heading} (${bytes(end - start)}): ${named.join(', ')}${rest}]`
}
