/** Whose the addresses of real packets are, against the description of the lab that they were captured in. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type AddressOwner, loadNames, type NameSource, type Names, read } from '../../src/index.ts'
import { fixture } from '../support/fixtures.ts'
import { IDENTITIES, INNER, LISTS, NODES } from './lab.ts'

const CAPTURES = ['vxlan.pcap', 'geneve.pcap', 'multi-node.pcap', 'vxlan-ipv6.pcap']

const lists = readdirSync(LISTS).sort()
const contents = new Map(lists.map((name) => [name, readFileSync(`${LISTS}/${name}`, 'utf8')]))
const sourcesWithout = (left: string): NameSource[] =>
  [...contents].filter(([name]) => name !== left).map(([origin, content]) => ({ origin, content }))

/** What a name says of an inner end, in the words of the lab's table. */
function said(name: AddressOwner | undefined) {
  return { pod: name?.pod, namespace: name?.namespace, role: name?.role, node: name?.node }
}

describe.each(CAPTURES)('every packet of %s', (capture) => {
  test('has the right six names: nodes, pods, identity and its name', async () => {
    const names = await loadNames(LISTS)
    let count = 0
    for await (const { number, outer, inner, tunnels, names: found } of read(fixture(capture), { names })) {
      const [source, destination] = [INNER[inner?.ip?.source ?? ''], INNER[inner?.ip?.destination ?? '']]
      const vni = tunnels[0]?.vni as number
      expect(found?.outer?.source?.name, `${number}: ${outer?.ip?.source}`).toBe(NODES[outer?.ip?.source ?? ''])
      expect(found?.outer?.destination?.name, `${number}`).toBe(NODES[outer?.ip?.destination ?? ''])
      expect(said(found?.inner?.source), `${number}: ${inner?.ip?.source}`).toEqual(
        said(source as AddressOwner | undefined),
      )
      expect(said(found?.inner?.destination), `${number}`).toEqual(said(destination as AddressOwner | undefined))
      expect(found?.identity?.id, `${number}`).toBe(vni)
      expect(found?.identity?.name, `${number}`).toBe(IDENTITIES[vni])
      expect(found?.notes, `${number}`).toEqual([])
      count++
    }
    expect(count).toBeGreaterThan(100)
  })

  test.each(lists)('has no wrong name without %s', async (left) => {
    const names = await loadNames(sourcesWithout(left))
    for await (const packet of read(fixture(capture), { names })) {
      const { outer, inner } = packet
      for (const [address, name] of [
        [outer?.ip?.source, outer?.source],
        [outer?.ip?.destination, outer?.destination],
      ] as const) {
        if (name?.node !== undefined) expect(name.node).toBe(NODES[address ?? ''])
      }
      for (const [address, name] of [
        [inner?.ip?.source, inner?.source],
        [inner?.ip?.destination, inner?.destination],
      ] as const) {
        const truth = INNER[address ?? '']
        if (name?.node !== undefined) expect(name.node, address).toBe(truth?.node)
        if (name?.pod !== undefined) expect(name.pod, address).toBe(truth?.pod)
        if (name?.role !== undefined) expect(name.role, address).toBe(truth?.role)
      }
      const { identity, notes } = packet.names ?? {}
      if (identity?.name !== undefined) expect(identityIsRight(identity.id, identity.name)).toBe(true)
      expect(notes).toEqual([])
    }
  })
})

/** With fewer lists an identity is called by its labels alone: `default/curl` for `default/curl-pod`. */
function identityIsRight(id: number, name: string): boolean {
  return name === IDENTITIES[id] || (id === 3258 && name === 'default/curl')
}

describe('without any list of pods', () => {
  test('inner addresses are pods on a node, marked as derived', async () => {
    const names: Names = await loadNames([`${LISTS}/ciliumnodes.json`])
    expect(names.address('172.20.2.26')).toEqual({
      kind: 'pod',
      name: 'pod on k8s-w0',
      node: 'k8s-w0',
      derived: true,
      source: `${LISTS}/ciliumnodes.json`,
    })
    expect(names.address('8.8.8.8')).toBeUndefined()
  })
})
