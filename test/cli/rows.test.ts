import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { ovl } from '../support/command.ts'
import { fixture } from '../support/fixtures.ts'

describe('the list', () => {
  it('shows on one row outer node → node, VNI, inner pod → pod and what it is', () => {
    const { stdout, status } = ovl(['fixtures/vxlan.pcap'])
    const rows = stdout.split('\n')
    expect(rows[0]).toMatch(
      /^ +1 0\.000000 if3 In +192\.168\.10\.100 → 192\.168\.20\.100 3258 0x000cba +172\.20\.0\.158 → 172\.20\.2\.115 +ICMP +154 Echo \(ping\) request/,
    )
    expect(rows[14]).toMatch(/ 172\.20\.0\.158:34586 → 172\.20\.2\.115:80 +HTTP +198 GET \/ HTTP\/1\.1$/)
    expect(status).toBe(0)
  })

  it('has a row a packet on standard output and the table on standard error when piped', () => {
    const { stdout, stderr } = ovl(['fixtures/vxlan.pcap'])
    expect(stdout.trimEnd().split('\n')).toHaveLength(116)
    expect(stderr).toContain('116 frames = 58 packets, each seen on 2 interfaces; overlay-vxlan udp/8472; 1.535 s')
    expect(stderr).toMatch(
      /192\.168\.10\.100 ↔ 192\.168\.20\.100 +3258\/14053 +172\.20\.0\.158 ↔ 172\.20\.2\.115 +HTTP, ICMP +20 \/ 14/,
    )
  })

  it('names the copy of a packet as a copy, where tshark says TCP Retransmission', () => {
    const rows = ovl(['fixtures/vxlan.pcap', '-q']).stdout.split('\n')
    expect(rows[1]).toMatch(/= 1, forwarded: TTL 64→63, \+21 µs$/)
    expect(rows[9]).toMatch(/TCP +130 = 9, forwarded: TTL 64→63, \+10 µs$/)
    expect(rows.filter((row) => row.includes('= '))).toHaveLength(58)
  })

  it('shows a GENEVE packet with its VNI in both bases', () => {
    const { stdout, status } = ovl(['fixtures/geneve.pcap', '--port', '6081', '--proto', 'geneve', '-q'])
    expect(stdout).toMatch(/192\.168\.10\.100 → 192\.168\.20\.100 3258 0x000cba +172\.20\.0\.158 → 172\.20\.2\.115/)
    expect(status).toBe(0)
  })

  it('shows a packet without a tunnel with its only addresses', () => {
    const [row] = ovl(['fixtures/native-noreply.pcap', '-q']).stdout.split('\n')
    expect(row).toMatch(/^ +1 0\.000000 if3 In +172\.20\.0\.106 → 172\.20\.2\.26 +ICMP/)
  })

  it('takes interface names from the user, never from the reading machine', () => {
    expect(ovl(['fixtures/vxlan.pcap', '-q', '-c', '2']).stdout).toMatch(/ if3 In .*\n.* if4 Out /)
    expect(ovl(['fixtures/vxlan.pcap', '-q', '-c', '2', '--ifname', '3=eth1']).stdout).toMatch(
      / eth1 In .*\n.* if4 Out /,
    )
    for (const list of ['router.ip-addr.txt', 'router.ip-j-addr.json']) {
      const { stdout } = ovl(['fixtures/vxlan.pcap', '-q', '-c', '2', '--links', `fixtures/links/${list}`])
      expect(stdout).toMatch(/ eth1 In .*\n.* eth2 Out /)
    }
    expect(ovl(['fixtures/vxlan.pcapng', '-q', '-c', '1']).stdout).toMatch(/ eth2 +192/)
  })

  it('reads a gzip capture by its bytes, and from standard input', () => {
    const bytes = readFileSync(fixture('vxlan.pcap'))
    const plain = ovl(['fixtures/vxlan.pcap', '-q']).stdout
    expect(ovl(['-q', '-'], { input: gzipSync(bytes) }).stdout).toBe(plain)
    expect(ovl(['-q', '-'], { input: bytes }).stdout).toBe(plain)
  })

  it('reads several captures in a row, each with its own numbers', () => {
    const { stdout } = ovl(['fixtures/vxlan-qinq.pcap', '-r', 'fixtures/vxlan-vlan.pcap', '-q'])
    expect(stdout.match(/^==> .* <==$/gm)).toEqual([
      '==> fixtures/vxlan-vlan.pcap <==',
      '==> fixtures/vxlan-qinq.pcap <==',
    ])
    expect(stdout.match(/^ +1 /gm)).toHaveLength(2)
  })

  it('picks packets by number, and stops after a count', () => {
    const numbers = (args: string[]) =>
      ovl(['fixtures/vxlan.pcap', '-q', ...args])
        .stdout.trimEnd()
        .split('\n')
        .map((row) => Number(row.trim().split(' ')[0]))
    expect(numbers(['--packet', '15,20-22'])).toEqual([15, 20, 21, 22])
    expect(numbers(['-c', '3'])).toEqual([1, 2, 3])
    expect(numbers(['--packet', '115-'])).toEqual([115, 116])
  })

  it.each([80, 100, 120, 160, 200])('keeps every row within %i columns', (width) => {
    for (const capture of [
      'vxlan.pcap',
      'vxlan-ipv6.pcap',
      'vxlan-unfiltered.pcap',
      'geneve-options.pcap',
      'vxlan.pcapng',
    ]) {
      const rows = ovl([`fixtures/${capture}`, '--width', String(width), '-q'])
        .stdout.trimEnd()
        .split('\n')
      for (const row of rows) expect([...row].length).toBeLessThanOrEqual(width)
    }
  })

  it('writes time in the forms that tshark knows', () => {
    const time = (format: string) =>
      ovl(['fixtures/vxlan.pcap', '-q', '--packet', '2', '-t', format])
        .stdout.trim()
        .replace(/^2 +/, '')
        .split(/ +if/)[0]
    expect(time('r')).toBe('0.000021')
    expect(time('d')).toBe('0.000021')
    expect(time('e')).toBe('1795378377.091256')
    expect(time('a')).toBe('20:12:57.091256')
    expect(time('ad')).toBe('2026-11-22 20:12:57.091256')
    expect(time('u')).toBe('20:12:57.091256')
  })
})

describe('colours', () => {
  it('come only when they are asked for', () => {
    const args = ['fixtures/vxlan.pcap', '-q', '-c', '1']
    expect(ovl(args).stdout).not.toContain('\x1b')
    expect(ovl([...args, '--color', 'always']).stdout).toContain('\x1b[')
    expect(ovl(args, { env: { FORCE_COLOR: '1' } }).stdout).toContain('\x1b[')
    expect(ovl(args, { env: { FORCE_COLOR: '1', NO_COLOR: '1' } }).stdout).not.toContain('\x1b')
    expect(ovl([...args, '--color', 'never'], { env: { FORCE_COLOR: '1' } }).stdout).not.toContain('\x1b')
  })
})
