/** Names on the command line: where they show, how they are turned off, what is said when they cannot be had. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, describe, expect, test } from 'vitest'
import { ovl } from '../support/command.ts'

const NAMED = ['--names', 'fixtures/k8s']
const folder = mkdtempSync(join(tmpdir(), 'ovl-names-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Writes a file for a test. */
function file(name: string, content: string): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

describe('rows', () => {
  test('have names instead of addresses, and numbers after -n', () => {
    const row = (...args: string[]) => ovl(['fixtures/vxlan.pcap', '--packet', '15', '-q', ...args]).stdout
    expect(row(...NAMED)).toContain('k8s-ctr → k8s-w0         3258 curl-pod')
    expect(row(...NAMED)).toContain('default/curl-pod:34586 → default/webpod-697b545f57-rl7tc:80')
    expect(row(...NAMED, '--name-style', 'both')).toContain('default/curl-pod 172.20.0.158:34586')
    expect(row(...NAMED, '--name-style', 'address')).toBe(row())
    expect(row(...NAMED, '-n')).toBe(row())
    expect(row('-n', ...NAMED)).toContain('172.20.0.158')
  })

  test('and the table beneath them keep to the width', () => {
    for (const width of [72, 80, 90, 100, 120, 150, 190, 200]) {
      const args = ['--width', String(width), ...NAMED]
      const { stdout } = ovl(['fixtures/multi-node.pcap', ...args, '--summary'])
      const rows = ovl(['fixtures/multi-node.pcap', ...args, '-q']).stdout
      const longest = Math.max(...`${stdout}\n${rows}`.split('\n').map((line) => line.length))
      expect(longest, `${width}`).toBeLessThanOrEqual(width)
    }
  })

  test('take a hosts file, as tshark does', () => {
    const hosts = file('hosts', '192.168.10.100 left\n192.168.20.100 right\n')
    expect(ovl(['fixtures/vxlan.pcap', '-c', '1', '-q', '-H', hosts]).stdout).toContain('left → right')
  })

  test('say what does not fit together', () => {
    const moved = readFileSync('fixtures/k8s/ciliumendpoints.json', 'utf8')
      .replaceAll('"node": "192.168.10.100"', '"node": "192.168.10.101"')
      .replaceAll('"id": 3258', '"id": 3259')
    const args = ['--names', file('moved.json', moved), '--names', 'fixtures/k8s/nodes.json', '--packet', '1']
    const { stdout } = ovl(['fixtures/vxlan.pcap', '-q', ...args])
    expect(stdout).toContain('[src on k8s-w1]')
    const json = JSON.parse(ovl(['fixtures/vxlan.pcap', '-T', 'ndjson', ...args]).stdout)
    expect(json.names.checks).toEqual({ source: false, destination: true })
    expect(json.names.notes).toEqual(['inner source is on k8s-w1, but k8s-ctr sent it'])
    const cilium = JSON.parse(ovl(['fixtures/vxlan.pcap', '-T', 'ndjson', '--cni', 'cilium', ...args]).stdout)
    expect(cilium.names.checks.identity).toBe(false)
    expect(ovl(['fixtures/vxlan.pcap', '--sides', ...args]).stdout).toContain('does not fit: inner source is on k8s-w1')
  })

  test('never carry a name’s control characters to the terminal', () => {
    const evil = '\x1b]0;x\x07\u202e\x9b31m'
    const addresses = [{ type: 'InternalIP', address: '192.168.10.100' }]
    const items = [
      { kind: 'Node', metadata: { name: evil }, status: { addresses } },
      { kind: 'Pod', metadata: { name: evil, namespace: evil }, status: { podIP: '172.20.0.158' } },
      { kind: 'CiliumIdentity', metadata: { name: '3258' }, 'security-labels': { 'k8s:app': evil } },
    ]
    const lists = file('evil.json', JSON.stringify({ kind: 'List', items }))
    for (const args of [[], ['-V'], ['--sides'], ['--summary'], ['--name-style', 'both']]) {
      const { stdout, stderr } = ovl(['fixtures/vxlan.pcap', '--packet', '1', '--names', lists, ...args])
      expect(`${stdout}${stderr}`).toMatch(/\\x1b/)
      expect(`${stdout}${stderr}`).not.toMatch(/[\x1b\x07\x9b\u202e]/)
    }
    for (const format of ['table', 'mermaid', 'dot', 'svg']) {
      const { stdout } = ovl(['topology', 'fixtures/vxlan.pcap', '-T', format, '--names', lists])
      expect(stdout).not.toMatch(/[\x1b\x07\x9b\u202e]/)
    }
    const report = ovl(['names', lists])
    expect(report.stdout).toMatch(/\\x1b/)
    expect(report.stdout).not.toMatch(/[\x1b\x07\x9b\u202e]/)
  })
})

describe('filters and flows', () => {
  const numbers = (...args: string[]) =>
    ovl(['fixtures/multi-node.pcap', '-T', 'fields', '-e', 'frame.number', ...args])
      .stdout.trim()
      .split('\n')
      .map(Number)

  test('select by pods, nodes and identities, where there are lists of them', () => {
    const fromCurl = numbers(...NAMED, '--from-pod', 'default/curl')
    expect(fromCurl).toEqual(numbers('-Y', 'inner.ip.src == 172.20.0.158'))
    expect(fromCurl.length).toBeGreaterThan(20)
    expect(numbers(...NAMED, '-Y', 'ovl.outer.src_node == "k8s-w1"')).toEqual(
      numbers('-Y', 'outer.ip.src == 192.168.10.101'),
    )
    expect(numbers(...NAMED, '-Y', 'ovl.identity.labels contains "app=client"')).toEqual(numbers('-Y', 'vni == 22811'))
    expect(ovl(['fixtures/multi-node.pcap', '--pod', 'curl']).stderr).toContain('needs --names')
  })

  test('of Hubble name pods, nodes, identities and labels', () => {
    const { flow } = JSON.parse(ovl(['fixtures/vxlan.pcap', '--packet', '15', '-T', 'hubble', ...NAMED]).stdout)
    expect(flow).toMatchObject({
      node_name: 'k8s-ctr',
      source: { pod_name: 'curl-pod', namespace: 'default', identity: 3258 },
    })
    expect(flow.destination.labels).toContain('k8s:app=webpod')
  })
})

describe('fields', () => {
  test('of names are printed like others, and are empty without lists', () => {
    const fields = ['src_node', 'dst_node'].map((name) => `ovl.outer.${name}`)
    const inner = ['src_pod', 'dst_pod', 'src_namespace', 'dst_service'].map((name) => `ovl.inner.${name}`)
    const all = [...fields, ...inner, 'ovl.identity', 'ovl.identity.labels'].flatMap((name) => ['-e', name])
    const line = (...args: string[]) =>
      ovl(['fixtures/vxlan.pcap', '--packet', '15', '-T', 'fields', ...all, ...args])
        .stdout.replace('\n', '')
        .split('\t')
    expect(line(...NAMED)).toEqual([
      'k8s-ctr',
      'k8s-w0',
      'curl-pod',
      'webpod-697b545f57-rl7tc',
      'default',
      'default/webpod',
      '3258',
      expect.stringMatching(/^k8s:app=curl,k8s:io\.cilium/),
    ])
    expect(line()).toEqual(Array(8).fill(''))
  })

  test('of names are in the glossary', () => {
    expect(ovl(['-G', 'fields']).stdout).toContain('F\tOuter source node\tovl.outer.src_node\tFT_STRING\tovl')
  })
})

describe('the names command', () => {
  test('prints what lists were understood to say', () => {
    const { stdout, status } = ovl(['names', 'fixtures/k8s'])
    expect(status).toBe(0)
    expect(stdout).toMatch(/pods\.json\s+20 Pod/)
    expect(stdout).toMatch(/k8s-w1\s+192\.168\.10\.101, .*172\.20\.1\.54 \(router\).*\s172\.20\.1\.0\/24/)
    expect(stdout).toMatch(/10\.0\.2\.15\s+fixtures\/k8s\/ipcache\.txt/)
    expect(JSON.parse(ovl(['names', 'fixtures/k8s', '-T', 'json']).stdout)).toMatchObject({ pods: 20, identities: 16 })
  })

  test('is told apart from a capture of that name', () => {
    mkdirSync(join(folder, 'there'), { recursive: true })
    symlinkSync(join(process.cwd(), 'fixtures/vxlan.pcap'), join(folder, 'there/names'))
    expect(ovl([join(folder, 'there/names'), '-c', '1', '-q']).stdout).toContain('Echo (ping) request')
  })
})

describe('names that cannot be had', () => {
  test.each([
    ['a list that is missing', ['--names', 'no-such-list'], /^ovl-dissect: names: no-such-list: no such file\n$/],
    ['a hosts file that is a capture', ['-H', 'fixtures/vxlan.pcap'], /is a capture, not a list of names/],
    ['a folder without lists', ['--names', 'fixtures/screens'], /fixtures\/screens: no list of names in it/],
    ['standard input twice', ['--names', '-', '-'], /standard input is read already for the capture/],
    ['standard input three times', ['--names', '-', '--names', '-'], /standard input is read already/],
    ['an unknown network', ['--cni', 'token-ring'], /Allowed choices are auto, cilium/],
  ])('%s: one clear line, exit 2', (_what, args, message) => {
    const { stdout, stderr, status } = ovl(['fixtures/vxlan.pcap', ...args], { input: new Uint8Array() })
    expect(status).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toMatch(message)
  })

  test('a broken list in a folder of lists is named, and nothing is shown with half of the names', () => {
    const broken = join(folder, 'broken')
    mkdirSync(broken)
    writeFileSync(join(broken, 'pods.json'), readFileSync('fixtures/k8s/pods.json', 'utf8').slice(0, 5000))
    writeFileSync(join(broken, 'nodes.json'), readFileSync('fixtures/k8s/nodes.json', 'utf8'))
    const { stderr, status, stdout } = ovl(['fixtures/vxlan.pcap', '--names', broken])
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/pods\.json: looks like JSON, but it ends in the middle\n$/)
  })

  test('kubectl that is not there is said to be missing, with what to do instead', () => {
    const { stderr, status } = ovl(['names', 'live'], { env: { PATH: folder } })
    expect(status).toBe(2)
    expect(stderr).toMatch(/runs kubectl, which is not installed here .* kubectl get nodes,pods/)
  })
})

describe('topology', () => {
  test('is learned from the capture alone', () => {
    const { stdout } = ovl(['topology', 'fixtures/multi-node.pcap', '-T', 'json'])
    const { nodes, links } = JSON.parse(stdout)
    expect(nodes.map(({ address }: { address: string }) => address).sort()).toEqual([
      '192.168.10.100',
      '192.168.10.101',
      '192.168.20.100',
    ])
    expect(nodes.flatMap(({ pods }: { pods: object[] }) => pods)).toHaveLength(13)
    const total = links.reduce(
      (sum: number, { packets, packetsBack }: Record<string, number>) => sum + (packets ?? 0) + (packetsBack ?? 0),
      0,
    )
    expect(total).toBe(182)
  })

  test('has names where they are known', () => {
    const { nodes } = JSON.parse(ovl(['topology', 'fixtures/vxlan.pcap', '-T', 'json', ...NAMED]).stdout)
    expect(nodes[0].name).toMatchObject({ node: 'k8s-ctr' })
    expect(nodes[0].pods[0]).toMatchObject({ address: '172.20.0.158', vnis: [3258], name: { pod: 'curl-pod' } })
  })

  test.each([['mermaid'], ['dot'], ['svg'], ['table']])('as %s is as it was', async (format) => {
    const { stdout, status } = ovl(['topology', 'fixtures/vxlan.pcap', '-T', format, ...NAMED])
    expect(status).toBe(0)
    await expect(stdout).toMatchFileSnapshot(`../golden/topology/vxlan.pcap --names fixtures-k8s -T ${format}.txt`)
  })
})

describe('lists as rows', () => {
  const schema = JSON.parse(readFileSync('src/names/names.schema.json', 'utf8'))
  const ajv = new Ajv2020({ strict: false, allErrors: true }).addSchema(schema, 'names')
  const names = (...args: string[]) => ovl(['names', 'fixtures/k8s', ...args]).stdout
  const lines = (format: string) => names('-T', format).split('\n').slice(0, -1)

  test('say whose each address is', () => {
    const [head, ...rows] = lines('csv')
    expect(head).toBe('address,kind,name,node,role,namespace,pod,service,host,phase,identity,labels,source')
    expect(rows).toContain(
      '172.20.0.158,pod,default/curl-pod,k8s-ctr,,default,curl-pod,,,,3258,,fixtures/k8s/ciliumendpoints.json',
    )
    expect(rows).toContain('172.20.0.12,node,k8s-ctr (router),k8s-ctr,router,,,,,,1,,fixtures/k8s/ciliumnodes.json')
    expect(rows.filter((row) => /^10\.96\.0\.1,service,default\/kubernetes,/.test(row))).toHaveLength(1)
    const addresses = rows.map((row) => row.split(',', 1)[0]).filter((address) => address !== '')
    expect(new Set(addresses).size).toBe(addresses.length)
  })

  test('say what each identity is called', () => {
    const identities = lines('ndjson')
      .map((line) => JSON.parse(line))
      .filter(({ kind }) => kind === 'identity')
    const { identities: count } = JSON.parse(names('-T', 'json'))
    expect(identities).toHaveLength(count)
    expect(identities.find(({ identity }) => identity === 3258)).toMatchObject({
      name: 'default/curl-pod',
      namespace: 'default',
    })
  })

  test('and the report are valid by the schema', () => {
    expect(ajv.validate('names', JSON.parse(names('-T', 'json'))), ajv.errorsText()).toBe(true)
    for (const line of lines('ndjson')) {
      const row = JSON.parse(line)
      const kind = row.kind === 'identity' ? 'identity' : 'address'
      expect(ajv.validate(`names#/$defs/${kind}`, row), ajv.errorsText()).toBe(true)
    }
    expect(ajv.validate('names#/$defs/address', { address: '1.2.3.4' })).toBe(false)
  })

  test('leave out what lists contradict each other about', () => {
    const pod = (name: string) => ({
      kind: 'Pod',
      metadata: { name, namespace: 'x' },
      status: { podIP: '172.20.0.158' },
    })
    const both = file('both.json', JSON.stringify({ kind: 'List', items: [pod('one'), pod('two')] }))
    expect(ovl(['names', both, '-T', 'ndjson']).stdout).toBe('')
  })
})
