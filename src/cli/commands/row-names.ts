/** Names in the words of a row of the list. Rows are many: an address is worded once, and little is made for a row. */
import type { CaptureRecord } from '../../capture/record.ts'
import type { Walk } from '../../dissect/walk.ts'
import type { AddressOwner, Names } from '../../names/names.ts'
import type { Ends, ListEnds } from '../../packet/list-ends.ts'
import { checksOf, tunnelPort } from '../../packet/packet-names.ts'
import type { AddressCell, CellName } from '../../render/address-cell.ts'
import { escapeText } from '../../render/escape.ts'

/** What names add to a row. */
export interface RowNames {
  readonly outer: AddressCell | undefined
  readonly inner: AddressCell | undefined
  /** `curl-pod`: what the VNI stands for. */
  readonly identity: string | undefined
  /** `[src on k8s-ctr]`: what does not fit together; '' if all does. */
  readonly remark: string
}

/** A name for a cell. */
export function cellName(name: AddressOwner): CellName {
  const text = escapeText(name.name)
  const short = name.namespace === undefined ? text : text.slice(text.indexOf('/') + 1)
  return { name: text, short, isRemark: name.derived === true && name.kind === 'pod' }
}

interface Worded {
  readonly name: AddressOwner | undefined
  readonly cell: CellName | undefined
}

/** Addresses remembered at most. */
const REMEMBERED = 65_536
const NOBODY: Worded = { name: undefined, cell: undefined }

export class RowNamer {
  private readonly names: Names
  private readonly worded = new Map<string, Worded>()
  private readonly identities = new Map<number, string | undefined>()

  constructor(names: Names) {
    this.names = names
  }

  name(record: CaptureRecord, walk: Walk, { outer, inner, vni }: ListEnds): RowNames {
    const outerSource = outer === undefined ? NOBODY : this.word(outer.source)
    const outerDestination = outer === undefined ? NOBODY : this.word(outer.destination)
    const innerSource = inner === undefined ? NOBODY : this.word(inner.source)
    const innerDestination = inner === undefined ? NOBODY : this.word(inner.destination)
    const identity = vni === undefined ? undefined : this.names.identity(vni, tunnelPort(record, walk))
    const checks = checksOf(outerSource.name, outerDestination.name, innerSource.name, innerDestination.name, identity)
    let remark = ''
    if (checks.source === false) remark += `[src on ${innerSource.name?.node}] `
    if (checks.destination === false) remark += `[dst on ${innerDestination.name?.node}] `
    if (checks.identity === false) remark += `[src has identity ${innerSource.name?.identity}] `
    return {
      outer: outer && cellOf(outer, outerSource, outerDestination, undefined, undefined),
      inner: inner && cellOf(inner, innerSource, innerDestination, inner.sourcePort, inner.destinationPort),
      identity: identity === undefined ? undefined : this.identityWords(identity.id, identity.shortName),
      remark,
    }
  }

  private word(address: string): Worded {
    const known = this.worded.get(address)
    if (known !== undefined) return known
    if (this.worded.size >= REMEMBERED) this.worded.clear()
    const name = this.names.address(address)
    const worded = name === undefined ? NOBODY : { name, cell: cellName(name) }
    this.worded.set(address, worded)
    return worded
  }

  private identityWords(id: number, shortName: string | undefined): string | undefined {
    if (shortName === undefined) return undefined
    let known = this.identities.get(id)
    if (known === undefined) {
      known = escapeText(shortName)
      this.identities.set(id, known)
    }
    return known
  }
}

function cellOf(
  { source, destination }: Ends,
  from: Worded,
  to: Worded,
  sourcePort: number | undefined,
  destinationPort: number | undefined,
): AddressCell {
  return { source, destination, sourcePort, destinationPort, sourceName: from.cell, destinationName: to.cell }
}
