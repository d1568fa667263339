/** Who is behind the addresses and the VNI of one packet, and whether what the lists say fits together in it. */
import type { CaptureRecord } from '../capture/record.ts'
import type { Walk } from '../dissect/walk.ts'
import type { IdentityName } from '../names/identity-name.ts'
import type { AddressOwner, Names, ServiceName } from '../names/names.ts'
import { sameKind } from '../names/reserved-identities.ts'
import { layerAt } from './dissection.ts'
import { type Ends, type ListEnds, listEnds } from './list-ends.ts'
import type { Side, Sides } from './sides.ts'

/**
 * Whose the two ends of one side are.
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 *
 * const packet = (await loadCapture('vxlan.pcap', { names: 'k8s' })).packet(15)
 * console.log(packet.names.inner.source.name, packet.names.inner.destination.name) // default/curl-pod default/webpod-697b545f57-rl7tc
 * ```
 */
export interface EndNames {
  readonly source: AddressOwner | undefined
  readonly destination: AddressOwner | undefined
}

/**
 * What should be so in an overlay; undefined where the lists do not say enough to tell.
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 *
 * const packet = (await loadCapture('vxlan.pcap', { names: 'k8s' })).packet(15)
 * console.log(packet.names.checks) // { source: true, identity: true, destination: true }
 * ```
 */
export interface Checks {
  /** Whether the inner source is on the node that sent the outer packet. */
  readonly source: boolean | undefined
  /** Whether the VNI is the identity of the inner source. */
  readonly identity: boolean | undefined
  /** Whether the inner destination is on the node that the outer packet goes to. */
  readonly destination: boolean | undefined
}

/**
 * What lists say about a packet: whose its ends are, what its VNI stands for, and whether it fits. Plain data.
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 *
 * const packet = (await loadCapture('vxlan.pcap', { names: 'k8s' })).packet(15)
 * console.log(packet.names.identity.name, packet.names.notes) // default/curl-pod []
 * ```
 */
export interface PacketNames {
  /** Undefined without a tunnel. */
  readonly outer: EndNames | undefined
  /** Without a tunnel the only ends there are. */
  readonly inner: EndNames | undefined
  /** The service that the (inner) destination is, or answers for on this port. */
  readonly service: ServiceName | undefined
  /** What the VNI says. */
  readonly identity: IdentityName | undefined
  readonly checks: Checks
  /** A short sentence for each check that fails. */
  readonly notes: readonly string[]
}

/** `ends`: what `listEnds` said of the packet, if it has been asked already. */
export function namesOf(names: Names, record: CaptureRecord, walk: Walk, ends?: ListEnds): PacketNames {
  const { outer, inner, vni } = ends ?? listEnds(record, walk)
  const outerNames = outer && endNames(names, outer)
  const innerNames = inner && endNames(names, inner)
  const identity = vni === undefined ? undefined : names.identity(vni, tunnelPort(record, walk))
  const service = inner && names.service(inner.destination, inner.destinationPort, transportOf(walk))
  const checks = checksOf(
    outerNames?.source,
    outerNames?.destination,
    innerNames?.source,
    innerNames?.destination,
    identity,
  )
  return {
    outer: outerNames,
    inner: innerNames,
    service,
    identity,
    checks,
    notes: notesOf(outerNames, innerNames, identity, checks),
  }
}

function endNames(names: Names, ends: Ends): EndNames {
  return { source: names.address(ends.source), destination: names.address(ends.destination) }
}

/** Sides with the ends' names. */
export function withNames(sides: Sides, names: PacketNames | undefined): Sides {
  if (names === undefined) return sides
  const { outer, inner } = sides
  return { ...sides, outer: outer && namedSide(outer, names.outer), inner: inner && namedSide(inner, names.inner) }
}

/** One side with its ends' names. */
export function namedSide(side: Side, names: EndNames | undefined): Side {
  if (side.ip === undefined || names === undefined) return side
  const { source, destination } = side.ip
  return {
    ...side,
    source: { address: source, ...names.source },
    destination: { address: destination, ...names.destination },
  }
}

/** UDP destination port of the innermost tunnel. */
export function tunnelPort(record: CaptureRecord, walk: Walk): number {
  const carrier = walk.lastTunnel - 1
  if (carrier < 0 || walk.layer[carrier] !== walk.tables.udp) return 0
  return record.view.getUint16((walk.start[carrier] as number) + 2)
}

function transportOf(walk: Walk): string | undefined {
  for (let depth = Math.min(walk.quote, walk.depth) - 1; depth > walk.lastTunnel; depth--) {
    const { name, role } = layerAt(walk, depth)
    if (role === 'transport') return name
  }
  return undefined
}

/** What the names of the four ends and of the VNI say about each other. */
export function checksOf(
  outerSource: AddressOwner | undefined,
  outerDestination: AddressOwner | undefined,
  innerSource: AddressOwner | undefined,
  innerDestination: AddressOwner | undefined,
  identity: IdentityName | undefined,
): Checks {
  const listed = innerSource?.identity
  return {
    source: isOn(innerSource, outerSource),
    identity: identity === undefined || listed === undefined ? undefined : sameKind(identity.id, listed),
    destination: isOn(innerDestination, outerDestination),
  }
}

/** Whether an inner end is on the node of an outer one. */
function isOn(end: AddressOwner | undefined, machine: AddressOwner | undefined): boolean | undefined {
  if (end?.node === undefined || machine?.kind !== 'node' || machine.node === undefined) return undefined
  return end.node === machine.node
}

function notesOf(
  outer: EndNames | undefined,
  inner: EndNames | undefined,
  identity: IdentityName | undefined,
  checks: Checks,
): string[] {
  const notes: string[] = []
  if (checks.source === false)
    notes.push(`inner source is on ${inner?.source?.node}, but ${outer?.source?.node} sent it`)
  if (checks.identity === false)
    notes.push(`VNI ${identity?.id} is not the identity of the inner source, ${inner?.source?.identity}`)
  if (checks.destination === false)
    notes.push(`inner destination is on ${inner?.destination?.node}, but it goes to ${outer?.destination?.node}`)
  return notes
}
