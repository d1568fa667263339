import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ovl } from '../support/command.ts'
import { fixture } from '../support/fixtures.ts'

describe('what goes wrong ends with status 2 and says what to do', () => {
  it('a cut capture: every row before the damage, then the error', () => {
    const { stdout, stderr, status } = ovl(['fixtures/vxlan-cut.pcap'])
    expect(stdout.trimEnd().split('\n')).toHaveLength(115)
    expect(stderr).toMatch(/^ovl-dissect: fixtures\/vxlan-cut\.pcap: .*record 116/m)
    expect(status).toBe(2)
  })

  it('no capture, no file, no capture file', () => {
    expect(ovl([])).toMatchObject({ status: 2, stderr: expect.stringContaining('which capture?') })
    expect(ovl(['nowhere.pcap'])).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/nowhere\.pcap: .*no such file/),
    })
    expect(ovl(['src'])).toMatchObject({ status: 2, stderr: expect.stringContaining('directory') })
    expect(ovl(['README.md'])).toMatchObject({ status: 2, stdout: '' })
    expect(ovl(['-'], { input: new Uint8Array(0) })).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('empty'),
    })
  })

  it('a later capture is still read after one that is missing', () => {
    const { stdout, status } = ovl(['nowhere.pcap', 'fixtures/vxlan-qinq.pcap', '-q'])
    expect(stdout).toContain('192.168.10.100')
    expect(status).toBe(2)
  })

  it.each([
    [['--port', '14789'], /--port 14789: which tunnel is on it\? .*not a pod's port/],
    [['--port', '8472', '--port', '6081', '--proto', 'vxlan'], /2 --port and 1 --proto/],
    [['--proto', 'stt'], /--proto stt: not a tunnel; known are vxlan, geneve, gre, gtp and gue/],
    [['--port', '99999', '--proto', 'vxlan'], /a port is a number from 0 to 65535/],
    [['-d', 'udp.port=8472'], /should look like udp\.port==8472,vxlan/],
    [['-d', 'udp.port==1,otv'], /"otv" is not decoded/],
    [['--packet', '0'], /packets are numbered from 1/],
    [['--packet', '9-3'], /a range goes upwards/],
    [['-c', 'many'], /should be a whole number/],
    [['-T', 'fields'], /-T fields needs at least one -e/],
    [['-e', 'ip.src'], /-e names fields for -T fields/],
    [['-T', 'fields', '-e', 'vxlan.vnu'], /there is no field "vxlan\.vnu".*vxlan\.vni/],
    [['-T', 'fields', '-e', 'ip.src', '-E', 'colour=red'], /-E colour=red: known are/],
    [['-T', 'pdml'], /Allowed choices are text, fields, json, ndjson, csv, tsv, hubble, hubble-compact/],
    [['-o', 'tcp.desegment_tcp_streams:MAYBE'], /known are ip\.defragment:TRUE\|FALSE/],
    [['-o', 'gui.columns:1'], /known are ip\.defragment/],
    [['--ifname', 'eth1'], /should look like 3=eth1/],
    [['--links', 'package.json'], /no interfaces found/],
    [['--frobnicate'], /unknown option/],
  ])('%s', (args, message) => {
    const { stderr, stdout, status } = ovl(['fixtures/vxlan.pcap', ...args])
    expect(stderr).toMatch(message)
    expect(stdout).toBe('')
    expect(status).toBe(2)
  })

  it('a list of interfaces without indexes', () => {
    const input = Buffer.from('lo UNKNOWN 127.0.0.1/8\neth1 UP 192.168.10.200/24\n')
    expect(ovl(['fixtures/vxlan.pcap', '--links', '-'], { input })).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('prints no interface indexes'),
    })
  })

  it('help and version end with 0', () => {
    expect(ovl(['--help'])).toMatchObject({ status: 0, stdout: expect.stringContaining('--sides') })
    expect(ovl(['--version'])).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
  })
})

describe('hints', () => {
  it('a tunnel on another port is suggested once, and decoded only when asked for', () => {
    const bytes = readFileSync(fixture('vxlan-eth1.pcap'))
    const moved = onPort(bytes, 14789)
    const { stdout, stderr } = ovl(['-', '-c', '4'], { input: moved })
    expect(stdout).toMatch(/192\.168\.10\.100:\d+ → 192\.168\.20\.100:14789 +UDP/)
    expect(stderr.match(/udp\/14789 looks like VXLAN: try --port 14789 --proto vxlan/g)).toHaveLength(1)
    expect(ovl(['-', '-c', '1', '-q', '--port', '14789', '--proto', 'vxlan'], { input: moved }).stdout).toContain(
      '3258 0x000cba',
    )
    expect(ovl(['-', '-c', '1', '-q', '-d', 'udp.port==14789,vxlan'], { input: moved }).stdout).toContain(
      '3258 0x000cba',
    )
  })

  it('a port that does not occur says which do', () => {
    expect(ovl(['fixtures/geneve.pcap', '-d', 'udp.port==8472,vxlan', '-q']).stderr).toContain(
      'no tunnel on udp/8472 in this capture; there is geneve on udp/6081',
    )
  })

  it('--proto alone decodes this tunnel only', () => {
    expect(ovl(['fixtures/vxlan.pcap', '--proto', 'geneve', '--summary']).stdout).toContain('no overlay seen')
    expect(ovl(['fixtures/geneve.pcap', '--proto', 'geneve', '--summary']).stdout).toContain('overlay-geneve udp/6081')
  })

  it('an empty capture, and one without a tunnel, say what to capture', () => {
    const empty = readFileSync(fixture('vxlan.pcap')).subarray(0, 24)
    expect(ovl(['-', '--summary'], { input: empty })).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("tcpdump -i any -w overlay.pcap 'udp port 8472 or udp port 6081'"),
    })
    expect(ovl(['fixtures/native-noreply.pcap', '--summary']).stdout).toContain('tcpdump -i any')
  })
})

/** A capture of Ethernet frames with the UDP destination port of every packet changed. */
function onPort(bytes: Buffer, port: number): Buffer {
  const copy = Buffer.from(bytes)
  for (let at = 24; at < copy.length; at += 16 + copy.readUInt32LE(at + 8))
    copy.writeUInt16BE(port, at + 16 + 14 + 20 + 2)
  return copy
}
