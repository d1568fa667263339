import { describe, expect, it } from 'vitest'
import { flowFilter } from '../../src/filter/flow-options.ts'
import { ovl } from '../support/command.ts'

const numbers = (args: readonly string[], capture = 'vxlan.pcap') => {
  const { stdout, stderr, status } = ovl([`fixtures/${capture}`, '-T', 'fields', '-e', 'frame.number', ...args])
  expect(stderr).toBe('')
  expect(status).toBe(0)
  return stdout
}

describe("Hubble's selections", () => {
  it.each([
    [['--ip', '172.20.2.115'], 'ip.addr == 172.20.2.115'],
    [['--from-ip', '172.20.2.115'], 'ip.src == 172.20.2.115'],
    [['--to-ip', '172.20.2.0/24'], 'ip.dst == 172.20.2.0/24'],
    [['--protocol', 'tcp'], 'inner.tcp'],
    [['--protocol', 'udp'], 'inner.udp'],
    [['--protocol', 'icmp'], 'icmp'],
    [['--protocol', 'HTTP'], 'http'],
    [['--protocol', 'dns'], 'dns'],
    [['--protocol', 'dns', '--protocol', 'icmp'], 'dns or icmp'],
    [['--protocol', 'tcp', '--from-ip', '172.20.2.115'], 'inner.tcp and ip.src == 172.20.2.115'],
    [['--not', '--protocol', 'dns'], 'not dns'],
    [['--not', '--protocol', 'dns', '--from-ip', '172.20.2.115'], 'not dns and ip.src == 172.20.2.115'],
    [
      ['--from-ip', '172.20.2.115', '--not', '--protocol', 'dns', '--not', '--protocol', 'icmp'],
      'not dns and not icmp and ip.src == 172.20.2.115',
    ],
    [['-Y', 'icmp or dns', '--from-ip', '172.20.2.41'], '(icmp or dns) and ip.src == 172.20.2.41'],
  ])('%j is -Y %s', (args, filter) => {
    const selected = numbers(args)
    expect(selected).not.toBe('')
    expect(selected).toBe(numbers(['-Y', filter]))
  })

  it('know packets without a tunnel, and IPv6', () => {
    expect(numbers(['--protocol', 'tcp'], 'native-noreply.pcap')).toBe(numbers(['-Y', 'tcp'], 'native-noreply.pcap'))
    const from = numbers(['--from-ip', 'fd00::/8'], 'vxlan-ipv6.pcap')
    expect(from).not.toBe('')
    expect(from).toBe(numbers(['-Y', 'ipv6.src == fd00::/8'], 'vxlan-ipv6.pcap'))
  })

  it('are filters over names where they name something', () => {
    const filter = (name: Parameters<typeof flowFilter>[0][number]['name'], value: string) =>
      flowFilter([{ name, value, isNegated: false }])
    expect(filter('from-pod', 'curl')).toBe('((ovl.inner.src_pod[0:4] == "curl"))')
    expect(filter('to-pod', 'default/curl')).toBe(
      '((ovl.inner.dst_namespace == "default" and ovl.inner.dst_pod[0:4] == "curl"))',
    )
    expect(filter('pod', 'a"\\b')).toBe(
      '((ovl.inner.src_pod[0:4] == "a\\"\\\\b") or (ovl.inner.dst_pod[0:4] == "a\\"\\\\b"))',
    )
    expect(filter('pod', 'default/')).toContain('(ovl.inner.src_namespace == "default" and ovl.inner.src_pod)')
    expect(filter('node', 'k8s-w0')).toBe('(node == "k8s-w0")')
    expect(filter('identity', '3258')).toBe('(identity == 3258)')
  })

  it.each([
    [['--protocol', 'sctp'], '--protocol sctp: known are tcp, udp, icmp, http, dns'],
    [['--ip', '1.2.3.4 or http'], '--ip 1.2.3.4 or http: should be an address'],
    [['--ip', '1.2.3'], '"1.2.3" is not an IPv4 address'],
    [['--identity', 'x'], '--identity x: an identity is a number'],
    [['--pod', 'curl'], 'needs --names'],
    [['--node', 'curl'], 'needs --names'],
    [['--not'], '--not stands before what is left out'],
    [['-Y', 'tcp) or (udp', '--ip', '1.2.3.4'], '")" is not expected here'],
  ])('%j is an error', (args, words) => {
    const { stderr, status, stdout } = ovl(['fixtures/vxlan.pcap', ...args])
    expect(stderr).toContain(words)
    expect(stdout).toBe('')
    expect(status).toBe(2)
  })
})
