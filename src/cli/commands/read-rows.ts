/** Reading one capture for the list: as `readCapture`, the short way wherever a row does not need more. */
import type { Overview } from '../../analysis/overview.ts'
import { CaptureRecord } from '../../capture/record.ts'
import { payloadLayer } from '../../dissect/payload-layer.ts'
import { skimPacket } from '../../dissect/walk.ts'
import type { CaptureError } from '../../errors.ts'
import type { Dissection } from '../../packet/dissection.ts'
import { Conversations, REFUSED } from '../../streams/conversations.ts'
import type { Input, Visit } from '../input.ts'
import { RunningClock } from '../running-clock.ts'
import type { Settings } from '../settings.ts'
import type { ListPrinter } from './list.ts'

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
  const { dissector, packets, count, filter, names, relativeSequence, copies } = settings
  const walk = dissector.walk()
  walk.rehearse()
  const conversations = new Conversations(dissector.tables, { relativeSequence })
  const clock = new RunningClock()
  const last = packets?.last ?? Number.POSITIVE_INFINITY
  const probe: { -readonly [Key in keyof Dissection]: Dissection[Key] } = {
    dissector,
    record: new CaptureRecord(),
    walk,
    notes: undefined,
    clock,
    file: '',
    names,
  }
  const visit: Visit = (record, file, neighbours) => {
    const { view } = record
    skimPacket(walk, view, record.start, record.end, record.originalLength, record.linkType)
    const isCommon = !walk.isListed
    if (record.hasTime) clock.tick(record)
    probe.record = record
    probe.file = file
    const isMatch = filter === undefined || filter.matches(probe)
    const isCopy = isMatch && overview.add(record, walk)
    if (!isMatch) overview.ports.add(record, walk)
    const isShown = isMatch && !(isCopy && copies === 'hide') && (packets === undefined || packets.has(record.number))
    const { bytes } = list
    const place = isCommon && isShown && bytes !== undefined ? bytes.pairPlace(record, walk, overview.pair) : -1
    let layer = REFUSED
    if (isCommon && (place >= 0 || !isShown)) {
      const payload = isMatch ? overview.application : payloadLayer(walk, view)
      layer = conversations.pass(record, walk, payload, isShown ? bytes?.words : undefined)
    }
    if (layer === REFUSED) {
      const notes = conversations.observe(record, walk, isShown)
      if (isShown) {
        const packet = { dissector, record, walk, notes, clock, file, names }
        list.show({ packet, overview, isCopy, isSelected: true, neighbours })
      }
    } else if (place >= 0)
      bytes?.write(record, walk, file, clock, overview, isCopy, layer, conversations.rowNumbers, place)
    if (isShown && record.hasTime) clock.shown(record)
    return record.number >= count || record.number >= last ? false : undefined
  }
  await input.scan(visit, fail)
}
