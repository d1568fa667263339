/** Lists of every kind, as tools print them: what they are told to be, and what follows from them. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { loadNames, type Names, UsageError } from '../../src/index.ts'
import { reportOf } from '../../src/names/report.ts'
import { LISTS } from './lab.ts'
import { zipOf } from './zip-of.ts'

const folder = mkdtempSync(join(tmpdir(), 'ovl-names-'))
afterAll(() => rmSync(folder, { recursive: true }))

const textOf = (name: string) => readFileSync(join(LISTS, name), 'utf8')
const names = (...contents: (string | Uint8Array)[]) =>
  loadNames(contents.map((content, index) => ({ origin: `list${index}`, content })))
const heldBy = (loaded: Names) => reportOf(loaded).lists.map(({ holds }) => holds)
const nameOf = (loaded: Names, address: string) => loaded.address(address)?.name

const NODES_TABLE = `NAME      STATUS   ROLES           AGE   VERSION   INTERNAL-IP      EXTERNAL-IP   OS-IMAGE             KERNEL-VERSION     CONTAINER-RUNTIME
k8s-ctr   Ready    control-plane   16h   v1.33.2   192.168.10.100   <none>        Ubuntu 24.04.2 LTS   6.8.0-53-generic   containerd://1.7.27
k8s-w0    Ready    <none>          16h   v1.33.2   192.168.20.100   203.0.113.7   Ubuntu 24.04.2 LTS   6.8.0-53-generic   containerd://1.7.27
`
const PODS_TABLE = `NAMESPACE     NAME                      READY   STATUS      RESTARTS       AGE   IP               NODE      NOMINATED NODE   READINESS GATES
default       curl-pod                  1/1     Running     2 (3h ago)     15h   172.20.0.158     k8s-ctr   <none>           <none>
default       smoke-29240160-x7k2p      0/1     Completed   0              15h   172.20.2.200     k8s-w0    <none>           <none>
default       tls-echo-7c6d5b8f9-hx5wn  1/1     Running     0              15h   172.20.2.200     k8s-w0    <none>           <none>
kube-system   cilium-ghbqc              1/1     Running     0              15h   192.168.10.100   k8s-ctr   <none>           <none>
`

describe('the same objects', () => {
  test('say the same as JSON, as YAML, as single documents, packed, marked, and in UTF-16 as PowerShell writes them', async () => {
    const json = textOf('pods.json')
    const { items } = JSON.parse(json)
    const forms = [
      json,
      stringify(JSON.parse(json)),
      items.map((item: unknown) => JSON.stringify(item)).join('\n'),
      items.map((item: unknown) => `---\n${stringify(item)}`).join(''),
      JSON.stringify(items),
      JSON.stringify({
        kind: 'PodList',
        apiVersion: 'v1',
        items: items.map(({ kind: _, ...rest }: { kind: string }) => rest),
      }),
      gzipSync(json),
      `\ufeff${json}`,
      Buffer.from(`\ufeff${json}`, 'utf16le'),
    ]
    for (const form of forms) {
      const loaded = await names(form)
      expect(heldBy(loaded)).toEqual([{ Pod: 20 }])
      expect(nameOf(loaded, '172.20.0.158')).toBe('default/curl-pod')
      expect(nameOf(loaded, 'fd00:172:20:2::c81')).toBe('default/tls-echo-7c6d5b8f9-hx5wn')
      expect(nameOf(loaded, '192.168.20.100')).toBe('k8s-w0')
    }
  })

  test('may come in a zip, in a sysdump, or in its folder, with much else beside them', async () => {
    const files = readdirSync(LISTS).map((name) => [name, textOf(name)] as const)
    const plain = join(folder, 'lists.zip')
    writeFileSync(plain, zipOf([...files, ['notes.md', 'nothing'], ['broken.json', '{']]))
    const dump = join(folder, 'dump.zip')
    const inDump = [
      ['cilium-sysdump-1/k8s-nodes-20261105.yaml', stringify(JSON.parse(textOf('nodes.json')))],
      ['cilium-sysdump-1/k8s-pods-20261105.yaml', stringify(JSON.parse(textOf('pods.json')))],
      ['cilium-sysdump-1/ciliumnodes-20261105.yaml', stringify(JSON.parse(textOf('ciliumnodes.json')))],
      ['cilium-sysdump-1/cilium-bugtool-1.tar.gz', 'x'],
      ['cilium-sysdump-1/k8s-events-1.html', '<html>'],
    ] as const
    writeFileSync(dump, zipOf(inDump))
    for (const path of [plain, dump]) {
      const loaded = await loadNames(path)
      expect([nameOf(loaded, '172.20.0.158'), nameOf(loaded, '172.20.1.54')]).toEqual([
        'default/curl-pod',
        'k8s-w1 (router)',
      ])
    }
    const piped = await names(readFileSync(dump))
    expect(nameOf(piped, '172.20.1.54')).toBe('k8s-w1 (router)')
    for (const [name, content] of inDump) writeFileSync(join(folder, name.replace(/.*\//, '')), content)
    expect(nameOf(await loadNames(folder), '172.20.0.158')).toBe('default/curl-pod')
  })
})

describe('tables for people', () => {
  test('of kubectl, coloured or not, name pods and nodes', async () => {
    const loaded = await names(`\x1b[32m${NODES_TABLE}\x1b[0m\r\n\n${PODS_TABLE}`)
    expect(nameOf(loaded, '192.168.10.100')).toBe('k8s-ctr')
    expect(nameOf(loaded, '203.0.113.7')).toBe('k8s-w0')
    expect(loaded.address('172.20.0.158')).toMatchObject({ name: 'default/curl-pod', node: 'k8s-ctr' })
    expect(nameOf(loaded, '172.20.2.200')).toBe('default/tls-echo-7c6d5b8f9-hx5wn')
  })

  test('of one namespace do not say which, and fit what another list says', async () => {
    const table = PODS_TABLE.split('\n')
      .map((line) => line.slice(14))
      .join('\n')
    expect(loadedName(await names(table))).toBe('curl-pod')
    expect(loadedName(await names(table, textOf('ciliumendpoints.json')))).toBe('default/curl-pod')
    expect(loadedName(await names(textOf('ciliumendpoints.json'), table))).toBe('default/curl-pod')
  })

  test('of services, endpoints, ciliumnodes and ciliumendpoints say what their JSON says', async () => {
    const loaded = await names(`NAMESPACE   NAME     TYPE        CLUSTER-IP     EXTERNAL-IP   PORT(S)   AGE   SELECTOR
default     webpod   ClusterIP   10.96.136.62   <none>        80/TCP    15h   app=webpod

NAMESPACE   NAME     ENDPOINTS                         AGE
default     webpod   172.20.0.87:80,172.20.2.115:80    15h

NAME      CILIUMINTERNALIP   INTERNALIP       AGE
k8s-w1    172.20.1.54        192.168.10.101   16h

NAMESPACE   NAME       SECURITY IDENTITY   ENDPOINT STATE   IPV4           IPV6
default     curl-pod   3258                ready            172.20.0.158   fd00:172:20::9e1
`)
    expect(nameOf(loaded, '10.96.136.62')).toBe('default/webpod')
    expect(loaded.service('172.20.2.115', 80, 'tcp')).toMatchObject({ service: 'webpod' })
    expect(loaded.service('172.20.2.115', 81, 'tcp')).toBeUndefined()
    expect(nameOf(loaded, '172.20.1.54')).toBe('k8s-w1 (router)')
    expect(loaded.address('fd00:172:20::9e1')).toMatchObject({ pod: 'curl-pod', identity: 3258 })
    expect(loaded.identity(3258, 8472)?.name).toBe('default/curl-pod')
  })

  test('of an agent: endpoints with labels, services, addresses, identities of prefixes', async () => {
    const loaded = await names(
      `ENDPOINT   POLICY (ingress)   POLICY (egress)   IDENTITY   LABELS (source:key[=value])              IPv6                IPv4           STATUS
           ENFORCEMENT        ENFORCEMENT
1176       Disabled           Disabled          22811      k8s:app=client                           fd00:172:20:1::bf4  172.20.1.191   ready
                                                           k8s:io.kubernetes.pod.namespace=default
2044       Disabled           Disabled          4          reserved:health                                              172.20.1.139   ready
`,
      'ID   Frontend             Service Type   Backend\n1    10.96.0.10:53/UDP    ClusterIP      1 => 172.20.0.233:53/UDP (active)\n',
      'KVStore:  Ok\nAllocated addresses:\n  172.20.0.12 (router)\n  172.20.0.158 (default/curl-pod)\n  172.20.0.201 (health)\n',
      'IP                 IDENTITY          SOURCE\n172.20.0.87/32     14053             custom-resource\n0.0.0.0/0          reserved:world    kvstore\n',
    )
    expect(heldBy(loaded)).toEqual([{ 'endpoint list': 5 }, { 'service list': 1 }, { status: 1 }, { 'IP list': 2 }])
    expect(loaded.identity(22811, 8472)).toMatchObject({
      name: 'default/client',
      labels: ['k8s:app=client', 'k8s:io.kubernetes.pod.namespace=default'],
    })
    expect(nameOf(loaded, '172.20.0.158')).toBe('default/curl-pod')
  })
})

const loadedName = (loaded: Names) => nameOf(loaded, '172.20.0.158')

describe('what agents print as JSON', () => {
  test('is an ipcache, identities, endpoints, an IP list or services', async () => {
    const loaded = await names(
      textOf('nodes.json'),
      JSON.stringify({
        '172.20.2.115/32': ['identity=14053 encryptkey=0 tunnelendpoint=192.168.20.100 flags=hastunnel'],
      }),
      JSON.stringify([{ id: 14053, labels: ['k8s:app=webpod', 'k8s:io.kubernetes.pod.namespace=default'] }]),
      JSON.stringify([
        {
          id: 12,
          status: {
            identity: { id: 3258, labels: ['k8s:app=curl'] },
            'external-identifiers': { 'pod-name': 'default/curl-pod' },
            networking: { addressing: [{ ipv4: '172.20.0.158' }] },
          },
        },
      ]),
      JSON.stringify([
        {
          cidr: '172.20.2.41/32',
          identity: 9473,
          hostIP: '192.168.20.100',
          metadata: { source: 'k8s', namespace: 'kube-system', name: 'coredns-1' },
        },
      ]),
      JSON.stringify([
        {
          spec: {
            'frontend-address': { ip: '10.96.0.10', port: 53, protocol: 'UDP' },
            'backend-addresses': [{ ip: '172.20.2.41', port: 53 }],
            flags: { name: 'kube-dns', namespace: 'kube-system' },
          },
        },
      ]),
    )
    expect(loaded.address('172.20.2.115')).toMatchObject({ name: 'pod on k8s-w0', identity: 14053, derived: true })
    expect(loaded.identity(14053, 8472)?.name).toBe('default/webpod')
    expect(loaded.address('172.20.0.158')).toMatchObject({ pod: 'curl-pod', identity: 3258 })
    expect(loaded.address('172.20.2.41')).toMatchObject({ pod: 'coredns-1', node: 'k8s-w0', identity: 9473 })
    expect(loaded.service('172.20.2.41', 53, 'udp')).toMatchObject({ service: 'kube-dns' })
  })
})

describe('a list that cannot be used', () => {
  test.each([
    ['nothing', '', /is empty/],
    ['white space', ' \n\n', /is empty/],
    ['half an object', '{"kind":"List","items":[{"kind":"Pod"', /ends in the middle/],
    ['two brackets', '{"kind":"List","items":[]}}', /closes what it never opened/],
    ['an item that is no JSON', '{"kind":"List","items":[{"kind":oops}]}', /item 1 cannot be read/],
    ['words', 'hello world\nthis is no list\n', /no list of names that is known/],
    ['a tab in YAML', 'kind: Pod\nmetadata:\n\tname: x\n', /looks like YAML, but cannot be read/],
    ['YAML that multiplies itself', billionLaughs(), /looks like YAML, but cannot be read/],
    ['deep brackets', '['.repeat(100_000), /ends in the middle/],
    ['a capture', new Uint8Array([0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0]), /is a capture/],
    ['a cut zip', new Uint8Array([0x50, 0x4b, 3, 4, 0, 0]), /damaged zip/],
    ['broken gzip', new Uint8Array([0x1f, 0x8b, 8, 0, 0, 0]), /damaged gzip/],
    ['interfaces', '2: eth0: <BROADCAST,UP> mtu 1500 state UP\n', /give them with --links/],
    ['routes', 'default via 10.0.2.2 dev eth0\n', /give them with --links/],
    ['connections', 'TCP OUT 10.0.2.15:1 -> 10.96.0.1:443 XLATE_DST 1.2.3.4:6443\n', /cilium-dbg bpf ipcache list/],
    [
      'a raw map',
      'Key                Value          State   Error\n10.0.0.1/32   identity 1  sync\n',
      /cilium-dbg bpf ipcache list/,
    ],
    [
      'a table without addresses',
      'NAME       READY   STATUS    RESTARTS   AGE\ncurl-pod   1/1     Running   0          15h\n',
      /-o wide/,
    ],
    ['Hubble flows', '{"flow":{"verdict":"FORWARDED"}}\n', /Hubble flows/],
    ['another kind', '{"kind":"Deployment","metadata":{"name":"x"}}', /says nothing about addresses/],
  ])('%s gives one clear line', async (_what, content, message) => {
    const error: unknown = await names(content).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(UsageError)
    expect((error as Error).message).toMatch(message)
    expect((error as Error).message).toMatch(/^list0/)
    expect((error as Error).message).not.toContain('\n')
  })

  test('may hold what it likes: keys of every object, numbers for names, addresses that are none', async () => {
    const loaded = await names(
      JSON.stringify({
        kind: 'List',
        items: [
          null,
          7,
          { kind: 'constructor' },
          { kind: 'Pod', metadata: { name: 7, namespace: {} }, status: { podIP: [] } },
          { kind: 'Pod', metadata: { name: 'x' }, status: { podIPs: [{ ip: '999.1.1.1' }, { ip: '::1::2' }, {}] } },
          JSON.parse(
            '{"kind":"Node","metadata":{"name":"__proto__"},"status":{"addresses":[{"type":"InternalIP","address":"10.0.0.1"}]}}',
          ),
        ],
      }),
    )
    expect(nameOf(loaded, '10.0.0.1')).toBe('__proto__')
    expect(reportOf(loaded).podAddresses).toBe(0)
  })
})

function billionLaughs(): string {
  const lines = ['kind: Pod', 'a: &a [x,x,x,x,x,x,x,x,x]']
  for (const [name, before] of ['ba', 'cb', 'dc', 'ed', 'fe', 'gf', 'hg', 'ih'].map((pair) => [...pair]))
    lines.push(`${name}: &${name} [${Array(9).fill(`*${before}`).join(',')}]`)
  return `${lines.join('\n')}\n`
}
