/** `--names live` with the installed kubectl, against a small API server on the loopback. */

import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { COMMAND } from '../support/command.ts'
import { fixture } from '../support/fixtures.ts'

const listed = (name: string) => JSON.parse(readFileSync(fixture(`k8s/${name}.json`), 'utf8'))

/** What the server has: API group and version, plural, kind, whether it is in namespaces. */
const RESOURCES = [
  ['v1', 'nodes', 'Node', false],
  ['v1', 'pods', 'Pod', true],
  ['v1', 'services', 'Service', true],
  ['v1', 'configmaps', 'ConfigMap', true],
  ['discovery.k8s.io/v1', 'endpointslices', 'EndpointSlice', true],
  ['cilium.io/v2', 'ciliumnodes', 'CiliumNode', false],
  ['cilium.io/v2', 'ciliumendpoints', 'CiliumEndpoint', true],
  ['cilium.io/v2', 'ciliumidentities', 'CiliumIdentity', false],
] as const

let forbidden: readonly string[] = []
let asked: string[] = []
let server: Server
let folder: string
let kubeconfig: string

function answer(path: string): [number, unknown] {
  const [, root, ...rest] = path.split('/')
  const group = root === 'api' ? rest[0] : rest.slice(0, 2).join('/')
  const plural = root === 'api' ? rest.at(-1) : rest.at(-1)
  if (path === '/api') return [200, { kind: 'APIVersions', versions: ['v1'] }]
  if (path === '/apis') return [200, { kind: 'APIGroupList', apiVersion: 'v1', groups: groups() }]
  const inGroup = RESOURCES.filter(([version]) => version === group)
  if (path === '/api/v1' || (root === 'apis' && rest.length === 2)) {
    const resources = inGroup.map(([, name, kind, namespaced]) => ({
      name,
      singularName: '',
      namespaced,
      kind,
      verbs: ['get', 'list'],
    }))
    return [200, { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: group, resources }]
  }
  if (path.endsWith('/configmaps/cilium-config')) {
    const data = { 'tunnel-port': '8472', 'routing-mode': 'tunnel', 'tunnel-protocol': 'vxlan' }
    return [
      200,
      { kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'cilium-config', namespace: 'kube-system' }, data },
    ]
  }
  const found = inGroup.find(([, name]) => name === plural)
  if (found === undefined)
    return [404, { kind: 'Status', status: 'Failure', reason: 'NotFound', message: 'not found', code: 404 }]
  if (forbidden.includes(found[1])) {
    const message = `${found[1]} is forbidden: User "x" cannot list resource "${found[1]}"`
    return [403, { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'Forbidden', message, code: 403 }]
  }
  asked.push(found[1])
  return [200, { kind: `${found[2]}List`, apiVersion: found[0], metadata: {}, items: listed(found[1]).items }]
}

function groups() {
  return ['discovery.k8s.io/v1', 'cilium.io/v2'].map((groupVersion) => {
    const [name, version] = groupVersion.split('/')
    return { name, versions: [{ groupVersion, version }], preferredVersion: { groupVersion, version } }
  })
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ovl-live-'))
  server = createServer((request, response) => {
    const [status, body] = answer((request.url ?? '').replace(/\?.*/, ''))
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  kubeconfig = join(folder, 'config')
  const clusters = [{ name: 'lab', cluster: { server: `http://127.0.0.1:${port}` } }]
  const contexts = [{ name: 'lab', context: { cluster: 'lab', user: '' } }]
  writeFileSync(kubeconfig, JSON.stringify({ apiVersion: 'v1', kind: 'Config', clusters, contexts }))
})

afterAll(() => {
  server.close()
  rmSync(folder, { recursive: true })
})

/** Runs the command while this process answers kubectl. */
function ovl(...args: string[]): Promise<{ stdout: string; stderr: string; status: number | null }> {
  const child = spawn(process.execPath, [COMMAND, ...args], { env: { ...process.env, HOME: folder, KUBECONFIG: '' } })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  return new Promise((resolve) => child.on('close', (status) => resolve({ stdout, stderr, status })))
}

const cluster = () => ['--kubeconfig', kubeconfig, '--context', 'lab']

describe('the cluster as a list', () => {
  test('names nodes, pods and identities, each kind asked for once', async () => {
    asked = []
    const { stdout, stderr, status } = await ovl(
      fixture('vxlan.pcap'),
      '--names',
      'live',
      ...cluster(),
      '--packet',
      '15',
      '-q',
    )
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toContain('k8s-ctr → k8s-w0')
    expect(stdout).toContain('3258 curl-pod')
    expect(stdout).toContain('default/curl-pod:34586 → default/webpod-697b545f57-rl7tc:80')
    expect([...asked].sort()).toEqual(
      RESOURCES.map(([, plural]) => plural)
        .filter((one) => one !== 'configmaps')
        .sort(),
    )
  })

  test('can be kept, and read again', async () => {
    const kept = join(folder, 'kept')
    const { stderr, status } = await ovl('names', 'save', kept, ...cluster())
    expect(status).toBe(0)
    expect(stderr).toMatch(/kept in .*: nodes\.json, pods\.json/)
    expect(readdirSync(kept)).toContain('ciliumidentities.json')
    expect((await ovl('names', kept)).stdout).toMatch(
      /3 nodes, 20 pods .* 5 services, 6 identities; cilium-config: tunnel vxlan udp\/8472/,
    )
  })

  test('without a permission says which, and does with the rest', async () => {
    forbidden = ['nodes']
    const { stdout, stderr, status } = await ovl(
      fixture('vxlan.pcap'),
      '--names',
      'live',
      ...cluster(),
      '--packet',
      '15',
      '-q',
    )
    forbidden = []
    expect(status).toBe(0)
    expect(stderr).toMatch(/^names: kubectl get nodes: nodes is forbidden: .*\n$/)
    expect(stdout).toContain('k8s-ctr → k8s-w0')
  })

  test('that does not answer is one clear line', async () => {
    const { stderr, status } = await ovl('names', 'live', '--kubeconfig', kubeconfig, '--context', 'nowhere')
    expect(status).toBe(2)
    expect(stderr).toMatch(/^ovl-dissect: kubectl get nodes: [^\n]*nowhere[^\n]*\n$/)
  })
})
