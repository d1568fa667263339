/** What lists say that must not mislead: an address with two owners, pods that are gone, one agent's point of view. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Cni, loadNames, type Names } from '../../src/index.ts'
import { reportOf } from '../../src/names/report.ts'
import { LISTS } from './lab.ts'

const textOf = (name: string) => readFileSync(join(LISTS, name), 'utf8')
const names = (contents: readonly string[], cni?: Cni) =>
  loadNames(
    contents.map((content, index) => ({ origin: `list${index}`, content })),
    cni === undefined ? {} : { cni },
  )
const nameOf = (loaded: Names, address: string) => loaded.address(address)?.name

const pod = (name: string, address: string, more: object = {}, status: object = {}) => ({
  kind: 'Pod',
  metadata: { name, namespace: 'default' },
  spec: { nodeName: 'a', ...more },
  status: { phase: 'Running', podIP: address, ...status },
})
const node = (name: string, address: string, podCIDRs: readonly string[] = []) => ({
  kind: 'Node',
  metadata: { name },
  spec: { podCIDRs },
  status: { addresses: [{ type: 'InternalIP', address }] },
})
const list = (...items: object[]) => JSON.stringify({ kind: 'List', items })
const row = (prefix: string, identity: number, endpoint = '0.0.0.0') =>
  `${prefix}  identity=${identity} encryptkey=0 tunnelendpoint=${endpoint} flags=<none>\n`

describe('an address', () => {
  test('of a node stays the node’s, though pods on the host’s network have it too', async () => {
    const hosted = pod('etcd', '10.0.0.1', { hostNetwork: true }, { hostIP: '10.0.0.1' })
    expect(nameOf(await names([list(node('a', '10.0.0.1'), hosted)]), '10.0.0.1')).toBe('a')
    expect(nameOf(await names([list(hosted)]), '10.0.0.1')).toBe('a')
    expect(nameOf(await names([list(pod('etcd', '10.0.0.1'), node('a', '10.0.0.1'))]), '10.0.0.1')).toBe('a')
  })

  test('of a pod that ended is that of the pod which has it now', async () => {
    const ended = (phase: string) => pod('old', '10.1.0.9', {}, { phase })
    for (const phase of ['Succeeded', 'Failed']) {
      expect(nameOf(await names([list(ended(phase), pod('new', '10.1.0.9'))]), '10.1.0.9')).toBe('default/new')
      expect(nameOf(await names([list(ended(phase))]), '10.1.0.9')).toBe(`default/old (${phase})`)
    }
  })

  test('of two pods that run is nobody’s, and both are told', async () => {
    const loaded = await names([
      list(node('a', '10.0.0.1', ['10.1.0.0/24']), pod('x', '10.1.0.9'), pod('y', '10.1.0.9')),
    ])
    expect(loaded.address('10.1.0.9')).toMatchObject({ name: 'pod on a', derived: true })
    expect(reportOf(loaded).conflicts).toEqual([
      { about: '10.1.0.9', claims: ['default/x', 'default/y'], why: 'several pods have this address' },
    ])
  })

  test('that two nodes have is nobody’s', async () => {
    const loaded = await names([list(node('a', '10.0.2.15'), node('b', '10.0.2.15'))])
    expect(loaded.address('10.0.2.15')).toBeUndefined()
    expect(reportOf(loaded).conflicts).toMatchObject([{ about: '10.0.2.15', claims: ['a', 'b'] }])
  })

  test('is the same in every spelling of IPv6', async () => {
    const spellings = ['FD00:0172:0020:0000:0000:0000:0000:09E1', 'fd00:172:20:0::9e1', 'fd00:172:20::9E1']
    for (const spelling of spellings)
      expect(nameOf(await names([list(pod('x', spelling))]), 'fd00:172:20::9e1')).toBe('default/x')
  })

  test('of a hosts file names what no list names, and not two things at once', async () => {
    const hosts = '# mine\n127.0.0.1 localhost\n192.168.10.200 router gateway\n192.168.10.100 other\n'
    const loaded = await names([hosts, textOf('nodes.json'), '192.168.10.201 a\n', '192.168.10.201 b\n'])
    expect(loaded.address('192.168.10.200')).toMatchObject({ kind: 'host', name: 'router' })
    expect(nameOf(loaded, '192.168.10.100')).toBe('k8s-ctr')
    expect([nameOf(loaded, '127.0.0.1'), nameOf(loaded, '192.168.10.201')]).toEqual([undefined, undefined])
  })
})

describe('one agent’s ipcache', () => {
  test('calls its own node 0.0.0.0, which is found by identity 1; and remote nodes 0.0.0.0 as well', async () => {
    const loaded = await names([textOf('nodes.json'), textOf('ipcache.txt')])
    expect(loaded.address('172.20.0.158')).toMatchObject({ name: 'pod on k8s-ctr', identity: 3258, derived: true })
    expect(loaded.address('172.20.2.115')).toMatchObject({ name: 'pod on k8s-w0', identity: 14053 })
    expect(loaded.address('172.20.1.54')).toMatchObject({ name: 'k8s-w1 (router)', derived: true })
    expect(loaded.address('172.20.0.201')).toMatchObject({ name: 'k8s-ctr (health)', derived: true })
    expect(nameOf(loaded, '192.168.20.100')).toBe('k8s-w0')
  })

  test('without a list of nodes names no node', async () => {
    const loaded = await names([textOf('ipcache.txt')])
    for (const address of ['172.20.0.158', '172.20.2.115', '192.168.10.100', '10.0.2.15'])
      expect(loaded.address(address), address).toBeUndefined()
  })

  test('names nothing 10.0.2.15, which every Vagrant machine has, and says so', async () => {
    const loaded = await loadNames(LISTS)
    expect(loaded.address('10.0.2.15')).toBeUndefined()
    expect(reportOf(loaded).conflicts).toMatchObject([{ about: '10.0.2.15' }])
  })

  test('and two others together each speak for their own node', async () => {
    const own = (address: string, local: string, remote: string, endpoint: string) =>
      row(`${address}/32`, 1) + row(`${local}/32`, 300) + row(`${remote}/32`, 300, endpoint)
    const loaded = await names([
      list(node('a', '10.0.0.1'), node('b', '10.0.0.2'), node('c', '10.0.0.3')),
      own('10.0.0.1', '10.1.0.5', '10.1.1.5', '10.0.0.2') + row('10.0.2.15/32', 1),
      own('10.0.0.2', '10.1.1.5', '10.1.0.5', '10.0.0.1') + row('10.0.2.15/32', 1),
      own('10.0.0.3', '10.1.2.5', '10.1.0.5', '10.0.0.1') + row('10.0.2.15/32', 1),
    ])
    const found = ['10.1.0.5', '10.1.1.5', '10.1.2.5', '10.0.2.15'].map((address) => loaded.address(address)?.node)
    expect(found).toEqual(['a', 'b', 'c', undefined])
  })

  test('that contradicts another about an identity says none', async () => {
    const nodes = list(node('a', '10.0.0.1', ['10.1.0.0/24']))
    const loaded = await names([nodes, row('10.1.0.5/32', 300, '10.0.0.1'), row('10.1.0.5/32', 301, '10.0.0.1')])
    expect(loaded.address('10.1.0.5')).toEqual({
      kind: 'pod',
      name: 'pod on a',
      node: 'a',
      derived: true,
      source: 'list1',
    })
  })
})

describe('a podCIDR', () => {
  test('is found by the longest prefix', async () => {
    const loaded = await names([list(node('a', '10.0.0.1', ['10.1.0.0/16']), node('b', '10.0.0.2', ['10.1.7.0/24']))])
    expect([nameOf(loaded, '10.1.6.1'), nameOf(loaded, '10.1.7.1'), nameOf(loaded, '10.2.0.1')]).toEqual([
      'pod on a',
      'pod on b',
      undefined,
    ])
  })

  test('that a listed pod contradicts is not believed: Cilium may have CIDRs of its own', async () => {
    const loaded = await names([list(node('a', '10.0.0.1', ['10.1.0.0/24']), pod('x', '10.1.0.5', { nodeName: 'b' }))])
    expect(loaded.address('10.1.0.77')).toBeUndefined()
    expect(reportOf(loaded).conflicts).toMatchObject([{ about: '10.1.0.0/24' }])
  })

  test('of a CiliumNode counts before one of a Node', async () => {
    const own = { kind: 'CiliumNode', metadata: { name: 'b' }, spec: { ipam: { podCIDRs: ['10.1.0.0/24'] } } }
    const loaded = await names([list(node('a', '10.0.0.1', ['10.1.0.0/24']), own)])
    expect(nameOf(loaded, '10.1.0.77')).toBe('pod on b')
  })
})

describe('a VNI', () => {
  const identities = textOf('identities.txt')

  test('is an identity on Cilium’s ports where lists have identities', async () => {
    const loaded = await names([identities])
    expect(loaded.identity(3258, 8472)).toMatchObject({ name: 'default/curl', source: 'list0' })
    expect(loaded.identity(3258, 6081)?.name).toBe('default/curl')
    expect(loaded.identity(3258, 4789)).toBeUndefined()
    expect([2, 4, 6].map((vni) => loaded.identity(vni, 8472)?.name)).toEqual([
      'reserved:world',
      'reserved:health',
      'reserved:remote-node',
    ])
  })

  test('stays a number where nothing says that it is one: Flannel’s 1, Calico’s 4096, numbers that no list has', async () => {
    const loaded = await names([identities])
    expect([1, 4096, 60_000].map((vni) => loaded.identity(vni, 8472))).toEqual([undefined, undefined, undefined])
    expect((await names([textOf('pods.json')])).identity(3258, 8472)).toBeUndefined()
    expect((await names([identities], 'flannel')).identity(3258, 8472)).toBeUndefined()
  })

  test('is an identity everywhere if the user says so', async () => {
    const loaded = await names([identities], 'cilium')
    expect([loaded.identity(3258, 4789)?.name, loaded.identity(60_000, 1234)]).toEqual([
      'default/curl',
      { id: 60_000, labels: [] },
    ])
  })

  test('tells the cluster of a mesh', async () => {
    const vni = (2 << 16) | 3258
    expect((await names([identities])).identity(vni, 8472)?.name).toBe('cluster 2, identity 3258')
    const config = list({
      kind: 'ConfigMap',
      metadata: { name: 'cilium-config' },
      data: { 'max-connected-clusters': '511', 'tunnel-port': '8473' },
    })
    const large = await names([identities, config])
    expect(large.identity((2 << 15) | 3258, 8473)?.name).toBe('cluster 2, identity 3258')
    expect(large.identity(3258, 8472)).toBeUndefined()
  })
})
