/** Assertions about a whole capture, about order, about one packet; and what `loadCapture` does with files. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import '../../src/vitest.ts'
import { CaptureError, compileFilter, loadCapture, read } from '../../src/index.ts'
import { failureOf } from './failures.ts'

const capture = await loadCapture('fixtures/vxlan.pcap')
const geneve = await loadCapture('fixtures/geneve-eth2.pcap')
const unfiltered = await loadCapture('fixtures/vxlan-unfiltered.pcap')

describe('toCarryOnly', () => {
  test('holds where every frame is so', () => {
    expect(geneve).toCarryOnly({ tunnel: 'geneve' })
    expect(capture).toCarryOnly({ tunnel: 'vxlan', inner: { between: ['172.20.0.0/24', '172.20.2.0/24'] } })
    expect(unfiltered).toCarryOnly({ tunnel: 'vxlan' }, { among: { from: '172.20.0.0/16' } })
  })

  test('does not hold where one is not so, nor of nothing', () => {
    expect(unfiltered).not.toCarryOnly({ tunnel: 'vxlan' })
    expect(capture).not.toCarryOnly('tcp')
    expect(capture).not.toCarryOnly('tcp', { among: 'arp' })
  })

  test('fails with the frames that are not so', () => {
    expect(failureOf(() => expect(unfiltered).toCarryOnly({ tunnel: 'vxlan' }))).toMatchInlineSnapshot(`
      "expected fixtures/vxlan-unfiltered.pcap to carry only tunnel vxlan
      but 16 of 40 frames are not like that:
        #1  192.168.10.100 → 192.168.10.200  ARP  Who has 192.168.10.200? Tell 192.168.10.100
            tunnel: expected vxlan, found none
        #2  192.168.10.200 → 192.168.10.100  ARP  192.168.10.200 is at 08:00:27:b3:49:65
            tunnel: expected vxlan, found none
        #4  192.168.20.200 → 192.168.20.100  ARP  Who has 192.168.20.100? Tell 192.168.20.200
            tunnel: expected vxlan, found none
      it holds 23 packets: vxlan (12), no tunnel (5); VNIs 3258 (7), 14053 (5); 192.168.10.100 ↔ 192.168.20.100 (12); HTTP (10), ICMP (5), TCP (2)
      to see them: ovl-dissect fixtures/vxlan-unfiltered.pcap -Y '!(vxlan)'"
    `)
    expect(failureOf(() => expect(capture).toCarryOnly('tcp', { among: 'arp' }))).toMatchInlineSnapshot(`
      "expected fixtures/vxlan.pcap to carry only tcp among arp
      but it has no packets to look at
      it holds 58 packets: vxlan (58); VNIs 3258 (32), 14053 (14), 9473 (12); 192.168.10.100 ↔ 192.168.20.100 (58); HTTP (30), DNS (24), ICMP (4)"
    `)
    expect(failureOf(() => expect(geneve).not.toCarryOnly({ tunnel: 'geneve' }))).toMatchInlineSnapshot(`
      "expected fixtures/geneve-eth2.pcap not to carry only tunnel geneve
      but all 58 frames are like that"
    `)
  })
})

describe('toCarryInOrder', () => {
  const query = { dns: 'webpod.default.svc.cluster.local', to: '172.20.2.41' }
  const request = { http: 'GET /' }
  const answer = { http: 'HTTP/1.1 200' }

  test('holds for packets one after another', () => {
    expect(capture).toCarryInOrder([query, request, answer])
    expect(capture).toCarryInOrder([request, answer, query, request, answer])
    expect(capture).toCarryInOrder([request, answer], { within: '10ms' })
  })

  test('does not hold in another order, nor where it takes longer', () => {
    expect(capture).not.toCarryInOrder([request, request, request, request])
    expect(capture).not.toCarryInOrder([query, { info: 'Echo (ping) request' }])
    expect(capture).not.toCarryInOrder([request, answer], { within: '10us' })
  })

  test('begins anew where the first one was too early', () => {
    // The first request is half a second before the last query; a later query is near enough.
    expect(capture).toCarryInOrder([query, request], { within: '300ms' })
  })

  test('fails with what was found and what is missing', () => {
    expect(
      failureOf(() => expect(capture).toCarryInOrder([request, answer, { info: 'Echo (ping) request' }])),
    ).toMatchInlineSnapshot(`
      "expected fixtures/vxlan.pcap to carry in this order:
        1. http "GET /"
        2. http "HTTP/1.1 200"
        3. info "Echo (ping) request"
      found:
        1. #15  192.168.10.100 → 192.168.20.100  vxlan 3258  172.20.0.158:34586 → 172.20.2.115:80  HTTP  GET / HTTP/1.1
        2. #19  192.168.20.100 → 192.168.10.100  vxlan 14053  172.20.2.115:80 → 172.20.0.158:34586  HTTP  HTTP/1.1 200 OK  (text/plain)
      but behind #19 there is no 3. info "Echo (ping) request"
      it holds 58 packets: vxlan (58); VNIs 3258 (32), 14053 (14), 9473 (12); 192.168.10.100 ↔ 192.168.20.100 (58); HTTP (30), DNS (24), ICMP (4)
      to see them: ovl-dissect fixtures/vxlan.pcap -Y '(http && _ws.col.Info matches "^GET /(\\\\s|$)") || (http && _ws.col.Info matches "^HTTP/1\\\\.1 200(\\\\s|$)") || (_ws.col.Info matches "Echo \\\\(ping\\\\) request")'"
    `)
    expect(failureOf(() => expect(capture).not.toCarryInOrder([request, answer]))).toMatchInlineSnapshot(`
      "expected fixtures/vxlan.pcap not to carry in this order:
        1. http "GET /"
        2. http "HTTP/1.1 200"
      but it does:
        1. #15  192.168.10.100 → 192.168.20.100  vxlan 3258  172.20.0.158:34586 → 172.20.2.115:80  HTTP  GET / HTTP/1.1
        2. #19  192.168.20.100 → 192.168.10.100  vxlan 14053  172.20.2.115:80 → 172.20.0.158:34586  HTTP  HTTP/1.1 200 OK  (text/plain)"
    `)
  })
})

describe('about one packet', () => {
  const packet = capture.packet(15)

  test('its layers', () => {
    expect(packet).toHaveLayers(['sll', 'ip', 'udp', 'vxlan', 'eth', 'ip', 'tcp', 'http'])
    expect(packet).toHaveLayers(['sll2', 'ip', 'udp', 'vxlan', 'eth', 'ip', 'tcp', 'http'])
    expect(packet).not.toHaveLayers(['sll3', 'ip', 'udp', 'vxlan', 'eth', 'ip', 'tcp', 'http'])
    expect(capture).toCarry({ layers: ['sll2', 'ip', 'udp', 'vxlan', 'eth', 'ip', 'tcp', 'http'] }, { times: 3 })
    expect(packet).toHaveLayers(expect.arrayContaining(['vxlan', 'http']))
    expect(packet).not.toHaveLayers(['sll', 'ip', 'udp', 'vxlan'])
    expect(failureOf(() => expect(packet).toHaveLayers(['eth', 'ip', 'udp', 'geneve']))).toMatchInlineSnapshot(`
      "expected packet #15 to have the layers
        expected eth ip udp geneve
        found    sll ip udp vxlan eth ip tcp http
        #15  HTTP  GET / HTTP/1.1 "
    `)
  })

  test('its fields', () => {
    expect(packet).toHaveField('vxlan.vni', 3258)
    expect(packet).toHaveField('ip.src', '172.20.0.158')
    expect(packet).toHaveField('http.request.method')
    expect(packet).toHaveField('http.host', /webpod|172/)
    expect(packet).not.toHaveField('geneve.vni')
    expect(packet).toHaveField('geneve.vni', false)
    expect(packet).toHaveField('tcp.dstport', expect.any(Number))
    expect(failureOf(() => expect(packet).toHaveField('vxlan.vni', 9473))).toMatchInlineSnapshot(`
      "expected packet #15 to have vxlan.vni 9473
        found 3258
        #15  HTTP  GET / HTTP/1.1 "
    `)
    expect(() => expect(packet).toHaveField('vxlan.vin')).toThrow('Did you mean vxlan.vni')
  })

  test('as an asymmetric matcher', () => {
    expect({ first: packet }).toEqual({
      first: (expect as never as Record<string, (name: string) => unknown>).toHaveField?.('vxlan.vni'),
    })
  })
})

describe('toMatchCaptureSnapshot', () => {
  test('keeps who talked to whom, and nothing that differs from run to run', () => {
    expect(capture).toMatchCaptureSnapshot()
  })
})

describe('loadCapture', () => {
  test('gives the same packets as read', async () => {
    const texts = [...capture].map(({ number, summary, time }) => ({ number, summary, time }))
    const expected = []
    for await (const { number, summary, time } of read('fixtures/vxlan.pcap')) expected.push({ number, summary, time })
    expect(texts).toEqual(expected)
    expect([capture.frames, capture.packets]).toEqual([116, 58])
    expect([...capture.read(compileFilter('http.request'))].map(({ number }) => number)).toContain(15)
    expect(capture.packet(117)).toBeUndefined()
  })

  test('takes bytes, streams and compressed files', async () => {
    const bytes = readFileSync('fixtures/vxlan.pcap')
    expect((await loadCapture(bytes)).frames).toBe(116)
    expect((await loadCapture([bytes.subarray(0, 1000), bytes.subarray(1000)])).frames).toBe(116)
    expect((await loadCapture('fixtures/made/vxlan.pcapng.gz')).frames).toBeGreaterThan(0)
  })

  test('reads a file again that is too large to be held, and says when it has changed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ovl-load-'))
    try {
      const path = join(folder, 'copy.pcap')
      copyFileSync('fixtures/vxlan.pcap', path)
      const large = await loadCapture(path, { held: 1000 })
      expect(large).toCarry({ http: 'GET /' }, { times: 3 })
      expect(large.packet(15)).toHaveField('vxlan.vni', 3258)
      expect([...large].map(({ summary }) => summary)).toEqual([...capture].map(({ summary }) => summary))
      truncateSync(path, 5000)
      expect(() => expect(large).toCarry('http')).toThrow('is not what it was when it was loaded')
      rmSync(path)
      expect(() => expect(large).toCarry('http')).toThrow(CaptureError)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test('fails for a cut capture, unless what is there is enough', async () => {
    await expect(loadCapture('fixtures/vxlan-cut.pcap')).rejects.toThrow('the file ends in the middle of')
    const told: CaptureError[] = []
    const cut = await loadCapture('fixtures/vxlan-cut.pcap', { onDamage: (error) => told.push(error) })
    expect(told.map(({ code, path }) => [code, path])).toEqual([['cut', 'fixtures/vxlan-cut.pcap']])
    expect(cut.damage).toBe(told[0])
    expect(cut).toCarry({ http: 'GET /' })
    await expect(loadCapture('README.md', { onDamage: () => {} })).rejects.toThrow('not a pcap or pcapng capture')
    await expect(loadCapture('no-such.pcap')).rejects.toThrow('no such file')
  })
})

describe('messages', () => {
  test('are safe to print, whatever a capture is called', async () => {
    const named = await loadCapture(readFileSync('fixtures/vxlan.pcap'), { name: 'evil\u001b[2J\u202e' })
    const message = failureOf(() => expect(named).toCarry('arp'))
    expect(message).toContain('evil\\x1b[2J\\u202e')
    expect(message).not.toContain('\u001b')
  })
})
