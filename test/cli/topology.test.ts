import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { ovl } from '../support/command.ts'

const NAMED = ['--names', 'fixtures/k8s']
const LIST_CAPTURES = ['vxlan.pcap', 'geneve.pcap', 'multi-node.pcap', 'vxlan-ipv6.pcap', 'native-noreply.pcap']
const schema = JSON.parse(readFileSync('src/analysis/topology.schema.json', 'utf8'))
const ajv = new Ajv2020({ strict: false, allErrors: true }).addSchema(schema, 'topology')
const topology = (...args: string[]) => ovl(['topology', ...args]).stdout
const lines = (text: string) => text.split('\n').slice(0, -1)

describe('rows of pod pairs', () => {
  test('say who sent what to whom between which nodes, with names', () => {
    expect(topology('fixtures/vxlan.pcap', ...NAMED, '-T', 'csv')).toMatchInlineSnapshot(`
      "from_node,from_node_name,from_pod,from_pod_name,to_node,to_node_name,to_pod,to_pod_name,tunnel,vnis,identities,vnis_back,identities_back,packets,packets_back,bytes,bytes_back,spoke
      192.168.10.100,k8s-ctr,172.20.0.158,default/curl-pod,192.168.20.100,k8s-w0,172.20.2.115,default/webpod-697b545f57-rl7tc,vxlan,3258,default/curl-pod,14053,default/webpod,20,14,2744,2837,HTTP ICMP
      192.168.10.100,k8s-ctr,172.20.0.158,default/curl-pod,192.168.20.100,k8s-w0,172.20.2.41,kube-system/coredns-674b8bbfcf-nt6wd,vxlan,3258,default/curl-pod,9473,kube-system/kube-dns,12,12,1776,2622,DNS
      "
    `)
  })

  test('leave names empty where there are none, and are as many by tabs', () => {
    const [head, row] = lines(topology('fixtures/vxlan.pcap', '-T', 'tsv')).map((line) => line.split('\t'))
    expect(row).toHaveLength(head?.length as number)
    expect(row?.slice(0, 4)).toEqual(['192.168.10.100', '', '172.20.0.158', ''])
  })

  test('are only their head for a capture without a tunnel', () => {
    expect(lines(topology('fixtures/native-noreply.pcap', '-T', 'csv'))).toHaveLength(1)
    expect(topology('fixtures/native-noreply.pcap', '-T', 'ndjson')).toBe('')
  })
})

describe('JSON', () => {
  test.each(LIST_CAPTURES)('of %s is valid by the schema, and its links are the lines of ndjson', (name) => {
    const args = [`fixtures/${name}`, ...NAMED]
    const map = JSON.parse(topology(...args, '-T', 'json'))
    expect(ajv.validate('topology', map), ajv.errorsText()).toBe(true)
    const links = lines(topology(...args, '-T', 'ndjson')).map((line) => JSON.parse(line))
    expect(links).toEqual(map.links)
    for (const link of links) expect(ajv.validate('topology#/$defs/link', link), ajv.errorsText()).toBe(true)
  })

  test('is refused by the schema where an address is missing', () => {
    const map = JSON.parse(topology('fixtures/vxlan.pcap', '-T', 'json'))
    delete map.links[0].from.pod
    expect(ajv.validate('topology', map)).toBe(false)
  })

  test('has the names of both ends beside their addresses', () => {
    const [link] = lines(topology('fixtures/vxlan.pcap', ...NAMED, '-T', 'ndjson')).map((line) => JSON.parse(line))
    expect(link.from).toEqual({
      ...{ node: '192.168.10.100', nodeName: 'k8s-ctr', pod: '172.20.0.158', podName: 'default/curl-pod' },
    })
    expect(link.vnis[0].identity.name).toBe('default/curl-pod')
  })
})
