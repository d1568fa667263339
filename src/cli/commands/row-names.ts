/** Names in the words of a row of the list. */

import type { AddressName } from '../../names/names.ts'
import type { ListEnds } from '../../packet/list-ends.ts'
import { type EndNames, namesOf } from '../../packet/packet-names.ts'
import type { AddressCell, CellName } from '../../render/address-cell.ts'
import { escapeText } from '../../render/escape.ts'
import type { Settings } from '../settings.ts'
import type { Shown } from './session.ts'

/** What names add to a row. */
export interface RowNames {
  readonly outer: AddressCell | undefined
  readonly inner: AddressCell | undefined
  /** `curl-pod`: what the VNI stands for. */
  readonly identity: string | undefined
  /** `[src on k8s-ctr]`: what does not fit together; '' if all does. */
  readonly remark: string
}

const cellNames = new WeakMap<AddressName, CellName>()

/** A name for a cell, worded once. */
export function cellName(name: AddressName | undefined): CellName | undefined {
  if (name === undefined) return undefined
  let known = cellNames.get(name)
  if (known === undefined) {
    const isRemark = name.derived === true && name.kind === 'pod'
    const text = escapeText(name.name)
    known = { name: text, short: shortText(name, text), isRemark }
    cellNames.set(name, known)
  }
  return known
}

/** Without the namespace. */
function shortText({ namespace }: AddressName, text: string): string {
  return namespace === undefined ? text : text.slice(text.indexOf('/') + 1)
}

/** Undefined if there are no names, or they are not to be shown. */
export function rowNames({ packet }: Shown, ends: ListEnds, { names, nameStyle }: Settings): RowNames | undefined {
  if (names === undefined || nameStyle === 'address') return undefined
  const { outer, inner, identity, checks } = namesOf(names, packet.record, packet.walk, ends)
  const remarks: string[] = []
  if (checks.source === false) remarks.push(`[src on ${inner?.source?.node}]`)
  if (checks.destination === false) remarks.push(`[dst on ${inner?.destination?.node}]`)
  if (checks.identity === false) remarks.push(`[src has identity ${inner?.source?.identity}]`)
  return {
    outer: ends.outer && named(ends.outer, outer, false),
    inner: ends.inner && named(ends.inner, inner, true),
    identity: identity?.shortName === undefined ? undefined : escapeText(identity.shortName),
    remark: remarks.join(' '),
  }
}

function named(cell: AddressCell, names: EndNames | undefined, hasPorts: boolean): AddressCell {
  return {
    source: cell.source,
    destination: cell.destination,
    ...(hasPorts && { sourcePort: cell.sourcePort, destinationPort: cell.destinationPort }),
    sourceName: cellName(names?.source),
    destinationName: cellName(names?.destination),
  }
}
