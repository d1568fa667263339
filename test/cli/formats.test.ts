import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { ovl } from '../support/command.ts'
import { fixture, LAB_CAPTURES, truth } from '../support/fixtures.ts'

describe('-T fields', () => {
  it("prints tshark's stored answer to the letter, header included", () => {
    const want = truth('vxlan-eth1.pcap.fields.tsv')
    const names = (want.split('\n')[0] as string).split('\t')
    const asCaptured = ['ip.defragment', 'ipv6.defragment', 'tcp.desegment_tcp_streams', 'tcp.analyze_sequence_numbers']
    const { stdout } = ovl([
      'fixtures/vxlan-eth1.pcap',
      ...asCaptured.flatMap((name) => ['-o', `${name}:FALSE`]),
      '-T',
      'fields',
      '-E',
      'header=y',
      ...names.flatMap((name) => ['-e', name]),
    ])
    expect(stdout).toBe(want)
  })

  it('lays lines out as -E asks', () => {
    const line = (...options: string[]) =>
      ovl([
        'fixtures/vxlan.pcap',
        '--packet',
        '15',
        '-T',
        'fields',
        '-e',
        'ip.src',
        '-e',
        'vxlan.vni',
        ...options.flatMap((option) => ['-E', option]),
      ]).stdout
    expect(line()).toBe('192.168.10.100,172.20.0.158\t3258\n')
    expect(line('occurrence=f')).toBe('192.168.10.100\t3258\n')
    expect(line('occurrence=l')).toBe('172.20.0.158\t3258\n')
    expect(line('aggregator=/s', 'separator=,')).toBe('192.168.10.100 172.20.0.158,3258\n')
    expect(line('quote=d', 'separator=|')).toBe('"192.168.10.100,172.20.0.158"|"3258"\n')
    expect(line('header=y')).toBe('ip.src\tvxlan.vni\n192.168.10.100,172.20.0.158\t3258\n')
  })

  it('makes sequence numbers relative when asked as in tshark', () => {
    const sequence = (value: string) =>
      ovl([
        'fixtures/vxlan.pcap',
        '--packet',
        '15',
        '-T',
        'fields',
        '-e',
        'tcp.seq',
        '-o',
        `tcp.analyze_sequence_numbers:${value}`,
      ]).stdout
    expect(sequence('FALSE')).toBe('839245242\n')
    expect(sequence('TRUE')).toBe('1\n')
  })

  it('knows every field that the issue of a capture asks for, and lists them', () => {
    const { stdout, status } = ovl(['-G', 'fields'])
    expect(status).toBe(0)
    const names = stdout.split('\n').map((line) => line.split('\t')[2])
    const needed =
      'frame.number frame.time_epoch frame.time_relative frame.len frame.cap_len frame.protocols frame.interface_id frame.interface_name eth.src eth.dst eth.type sll.ifindex sll.pkttype vlan.id arp.opcode ip.src ip.dst ip.ttl ip.id ip.len ip.proto ip.flags.df ip.flags.mf ip.frag_offset ip.dsfield.ecn ipv6.src ipv6.dst ipv6.nxt ipv6.hlim icmp.type icmp.code icmp.ident icmp.seq icmpv6.type udp.srcport udp.dstport udp.length udp.checksum tcp.srcport tcp.dstport tcp.flags tcp.seq_raw tcp.ack_raw tcp.len tcp.window_size_value vxlan.flags vxlan.gbp vxlan.vni geneve.version geneve.flags geneve.proto_type geneve.vni geneve.option.class geneve.option.type geneve.option.length dns.id dns.qry.name dns.flags.response http.request.method http.request.uri http.host http.response.code tls.handshake.extensions_server_name _ws.col.Protocol _ws.col.Info'
    for (const name of needed.split(' ')) expect(names).toContain(name)
  })
})

describe('-T json and -T ndjson', () => {
  const validate = new Ajv2020({ strict: false }).compile(
    JSON.parse(readFileSync(fixture('../src/packet/packet.schema.json'), 'utf8')),
  )

  it.each(LAB_CAPTURES)('%s fits the schema', (capture) => {
    const objects = ovl([`fixtures/${capture}`, '-T', 'ndjson'])
      .stdout.trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown)
    expect(objects.length).toBeGreaterThan(3)
    for (const object of objects) {
      expect(validate(object), JSON.stringify(validate.errors)).toBe(true)
    }
  })

  it('refuses an object of another shape', () => {
    expect(validate({ schemaVersion: 1, frame: {}, tunnels: [], layers: [] })).toBe(false)
  })

  it('one array holds what the lines hold', () => {
    const lines = ovl(['fixtures/geneve-options.pcap', '-T', 'ndjson'])
      .stdout.trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown)
    expect(JSON.parse(ovl(['fixtures/geneve-options.pcap', '-T', 'json']).stdout)).toEqual(lines)
    expect(
      JSON.parse(ovl(['-T', 'json', '-'], { input: readFileSync(fixture('vxlan.pcap')).subarray(0, 24) }).stdout),
    ).toEqual([])
  })

  it('has outer, tunnels and inner of an overlay packet, network and transport of another', () => {
    const [packet] = JSON.parse(ovl(['fixtures/vxlan.pcap', '-T', 'json', '--packet', '15']).stdout)
    expect(packet.outer.ip).toMatchObject({ source: '192.168.10.100', destination: '192.168.20.100', ttl: 64 })
    expect(packet.tunnels).toEqual([{ type: 'vxlan', vni: 3258, port: 8472 }])
    expect(packet.inner).toMatchObject({
      ip: { source: '172.20.0.158' },
      transport: { protocol: 'tcp', destinationPort: 80 },
    })
    expect(packet.frame.info).toBe('GET / HTTP/1.1 ')
    const [plain] = JSON.parse(ovl(['fixtures/native-noreply.pcap', '-T', 'json', '-c', '1']).stdout)
    expect(plain).toMatchObject({ tunnels: [], network: { source: '172.20.0.106' }, transport: { protocol: 'icmp' } })
    expect(plain.outer).toBeUndefined()
  })
})

describe('-V and -x', () => {
  it('print tree and bytes of the packet, as tshark lays them out', () => {
    const { stdout } = ovl(['fixtures/vxlan.pcap', '--packet', '15', '-x'])
    expect(stdout.trimEnd()).toBe(readFileSync(fixture('screens/tshark-x-vxlan-http-get.txt'), 'utf8').trimEnd())
    const both = ovl(['fixtures/vxlan.pcap', '--packet', '15', '-V', '-x']).stdout
    expect(both).toMatch(
      /^Frame 15: 198 bytes[\s\S]*Virtual eXtensible Local Area Network[\s\S]*\n\n0000 {2}08 00 00 00/,
    )
  })
})

describe('what comes from a packet', () => {
  it('is escaped before it reaches a terminal', () => {
    const bytes = Buffer.from(readFileSync(fixture('vxlan-eth1.pcap')))
    const at = bytes.indexOf('GET / HTTP/1.1')
    bytes.write('GET /\x1b[2J\u0007 HT', at, 'latin1')
    for (const args of [
      ['-'],
      ['-', '-V'],
      ['-', '-T', 'fields', '-e', 'http.request.uri', '-e', '_ws.col.Info'],
      ['-', '--sides'],
    ]) {
      const { stdout } = ovl([...args, '--packet', '8', '-q'], { input: bytes })
      expect(stdout).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/)
    }
  })
})
