/** Reading one capture for the list: as `readCapture`, the short way wherever a row does not need more. */
import type { Overview } from '../../analysis/overview.ts'
import { CaptureRecord } from '../../capture/record.ts'
import { payloadLayer } from '../../dissect/payload-layer.ts'
import { skimPacket, type Walk } from '../../dissect/walk.ts'
import type { CaptureError } from '../../errors.ts'
import type { Dissection } from '../../packet/dissection.ts'
import { Conversations, REFUSED } from '../../streams/conversations.ts'
import type { Input, Visit } from '../input.ts'
import { RunningClock } from '../running-clock.ts'
import type { Settings } from '../settings.ts'
import type { ListPrinter } from './list.ts'
import { canBeSought, scanSought, type Visitor } from './scan-sought.ts'

/** Whether a filter, if there is one, needs no more of a packet than its headers, and no row waits for another. */
export const isQuick = ({ filter, copies }: Settings): boolean =>
  (filter === undefined || filter.isHeaderOnly) && copies !== 'fold'

/**
 * Reads `input`; `overview` gets the packets that match the filter, and of the others the ports of tunnels, for hints. Only
 * where `isQuick`. `fail` is told of captures that cannot be read on, where others can.
 */
export async function readRows(
  input: Input,
  settings: Settings,
  overview: Overview,
  list: ListPrinter,
  fail: (error: CaptureError, file: string) => void,
): Promise<void> {
  const visitor = rowVisitor(settings, overview, list)
  if (canBeSought(settings)) await scanSought(input, settings, overview, visitor, fail)
  else await input.scan(visitor.visit, fail)
}

/** A packet as a filter of headers sees it, refilled for each. */
type Probe = { -readonly [Key in keyof Dissection]: Dissection[Key] }

/** Visits the packets of one capture. */
function rowVisitor(settings: Settings, overview: Overview, list: ListPrinter): Visitor {
  const { dissector, packets, count, filter, names, copies } = settings
  const walk = dissector.walk()
  walk.rehearse()
  const conversations = new Conversations(dissector.tables, settings)
  const clock = new RunningClock()
  const last = Math.min(count, packets?.last ?? Number.POSITIVE_INFINITY)
  const probe: Probe = { dissector, record: new CaptureRecord(), walk, notes: undefined, clock, file: '', names }
  const before = new Before()
  const visit: Visit = (record, file, neighbours) => {
    const { view } = record
    skimPacket(walk, view, record.start, record.end, record.originalLength, record.linkType)
    const isCommon = !walk.isListed
    if (record.hasTime) clock.tick(record)
    probe.record = record
    probe.file = file
    const part = walk.isFragment ? conversations.observe(record, walk) : undefined
    if (part !== undefined) Object.assign(probe, { record: part.record, sources: part.sources, notes: part.notes })
    const isMatch = filter === undefined || filter.matches(probe)
    probe.sources = undefined
    probe.notes = undefined
    const isCopy = isMatch && overview.add(record, walk)
    if (!isMatch) overview.ports.add(record, walk)
    const isShown = isMatch && !(isCopy && copies === 'hide') && (packets === undefined || packets.has(record.number))
    const { bytes } = list
    const place = isCommon && isShown && bytes !== undefined ? bytes.pairPlace(record, walk, overview.pair) : -1
    let layer = REFUSED
    if (isCommon && isCopy && place >= 0 && before.isRepeatedBy(record, walk, overview)) layer = before.layer
    else if (isCommon && (place >= 0 || !isShown)) {
      const payload = isMatch ? overview.application : payloadLayer(walk, view)
      layer = conversations.pass(record, walk, payload, isShown ? bytes?.words : undefined)
      before.keep(record, walk, layer, payload)
    }
    if (layer === REFUSED) {
      const { record: whole, sources, notes } = part ?? conversations.observe(record, walk, isShown)
      if (isShown) {
        const packet = { dissector, record: whole, walk, sources, notes, clock, file, names }
        list.show({ packet, frame: record, overview, isCopy, isSelected: true, neighbours })
      }
    } else if (place >= 0)
      bytes?.write(record, walk, file, clock, overview, isCopy, layer, conversations.rowNumbers, place)
    if (isShown && record.hasTime) clock.shown(record)
    return record.number >= last ? false : undefined
  }
  const pass = (record: CaptureRecord) => {
    if (record.hasTime) clock.tick(record)
  }
  return { visit, pass }
}

/**
 * The packet before: where every packet is seen twice, the next one is mostly its copy. A connection learns nothing from a
 * segment that it has just had, so that one need not be looked up.
 */
class Before {
  /** What it was let pass as. */
  layer = REFUSED
  private number = 0
  private payload = 0

  keep({ number, view }: CaptureRecord, { marks, tables }: Walk, layer: number, payload: number): void {
    this.layer = layer
    this.number = 0
    const isSegment = layer === tables.tcp && marks.transportLayer === layer
    // Options of a SYN are not among what copies have in common, and each place has a stream of its own that a FIN ends.
    if (!isSegment || (view.getUint8(marks.transport + TCP_FLAGS) & (SYN | FIN)) !== 0) return
    this.number = number
    this.payload = payload
  }

  isRepeatedBy({ number }: CaptureRecord, { marks }: Walk, { copies, application }: Overview): boolean {
    return (
      copies.original === this.number &&
      number === this.number + 1 &&
      marks.transportLayer === this.layer &&
      application === this.payload &&
      (marks.payload < marks.end || marks.claim <= marks.payload)
    )
  }
}

const TCP_FLAGS = 13
const FIN = 1
const SYN = 2
