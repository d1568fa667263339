/** What the user's lists know of an address, as Hubble's flows want it. */
import type { Names } from '../../names/names.ts'
import type { AddressNames } from '../../packet/hubble-flow.ts'

/** Undefined without lists. */
export function hubbleNames(names: Names | undefined): AddressNames | undefined {
  return names && ((address) => namedAddress(names, address))
}

function namedAddress(names: Names, address: string): ReturnType<AddressNames> {
  const owner = names.address(address)
  if (owner === undefined) return undefined
  const { kind, identity, namespace } = owner
  const labels = identity === undefined ? undefined : names.labels(identity)
  const name = kind === 'pod' ? owner.pod : kind === 'service' ? owner.service : owner.node
  return { kind, name, namespace, identity, labels }
}
