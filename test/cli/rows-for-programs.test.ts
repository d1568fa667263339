/** -T csv, tsv, hubble and hubble-compact of the command. */
import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { createCaptureWriter } from '../../src/index.ts'
import { scratch } from '../capture/written.ts'
import * as frames from '../dissect/frames.ts'
import { ovl } from '../support/command.ts'
import { LAB_CAPTURES, truthTable } from '../support/fixtures.ts'

const file = scratch()
const table = (...args: string[]) =>
  ovl([...args, '-T', 'tsv'])
    .stdout.trimEnd()
    .split('\n')
    .map((line) => line.split('\t'))

describe('-T csv and -T tsv', () => {
  it('have these columns, in this order', () => {
    expect(ovl(['fixtures/vxlan.pcap', '-T', 'csv', '-c', '1']).stdout.split('\n')[0]).toBe(
      'number,time,interface,direction,outer_src,outer_dst,tunnel,vni,inner_src,inner_src_port,inner_dst,inner_dst_port,protocol,length,copy_of,info,file',
    )
  })

  it('say of a packet, and of its copy, all that the list does', () => {
    expect(table('fixtures/vxlan.pcap', '--packet', '9,10', '--ifname', '4=eth2').slice(1)).toEqual([
      [
        ...['9', '0.440702000', 'if3', 'In', '192.168.10.100', '192.168.20.100', 'vxlan', '3258'],
        ...['172.20.0.158', '34586', '172.20.2.115', '80', 'TCP', '130', ''],
        '34586 → 80 [SYN] Seq=0 Win=64860 Len=0 MSS=1410 SACK_PERM TSval=2027908068 TSecr=0 WS=1024',
        'fixtures/vxlan.pcap',
      ],
      [
        ...['10', '0.440712000', 'eth2', 'Out', '192.168.10.100', '192.168.20.100', 'vxlan', '3258'],
        ...['172.20.0.158', '34586', '172.20.2.115', '80', 'TCP', '130', '9'],
        '34586 → 80 [SYN] Seq=0 Win=64860 Len=0 MSS=1410 SACK_PERM TSval=2027908068 TSecr=0 WS=1024',
        'fixtures/vxlan.pcap',
      ],
    ])
  })

  it('leave empty what a packet has not', () => {
    const [names = [], row = []] = table('fixtures/native-noreply.pcap', '-c', '1')
    const cell = (name: string) => row[names.indexOf(name)]
    expect(['outer_src', 'tunnel', 'vni', 'copy_of'].map(cell)).toEqual(['', '', '', ''])
    expect(cell('inner_src')).toMatch(/^\d+\.\d+\.\d+\.\d+$/)
  })

  it('have the time as -t asks, with nine digits', () => {
    const time = (...args: string[]) => table('fixtures/vxlan-nano.pcap', '-c', '1', ...args)[1]?.[1]
    expect(time()).toBe('0.000000000')
    expect(time('-t', 'e')).toMatch(/^\d{10}\.\d{9}$/)
    expect(time('-t', 'ud')).toMatch(/^2026-11-22 \d\d:\d\d:\d\d\.\d{9}$/)
  })

  it.each(LAB_CAPTURES)("%s: numbers, lengths and innermost addresses are tshark's", (name) => {
    const [names = [], ...rows] = table(`fixtures/${name}`)
    const want = truthTable(name)
    const column = (field: string) => want.names.indexOf(field)
    expect(rows.map((row) => [row[names.indexOf('number')], row[names.indexOf('length')]])).toEqual(
      want.rows.map((row) => [row[column('frame.number')], row[column('frame.len')]]),
    )
  })

  it('take nothing from a packet for a formula', async () => {
    const request = Buffer.from('=CMD / HTTP/1.1\r\n\r\n')
    const get = Buffer.from('GET /"a,b" HTTP/1.1\r\n\r\n')
    const writer = createCaptureWriter(file('formula.pcap'))
    for (const [index, payload] of [request, get].entries()) {
      const segment = frames.tcp({ from: 40_000 + index, to: 80, flags: 0x18 }, payload)
      const bytes = frames.ethernet({}, frames.ipv4({ protocol: 6 }, segment))
      await writer.write({ bytes, linkType: frames.ETHERNET })
    }
    await writer.close()
    const { stdout } = ovl([file('formula.pcap'), '-T', 'csv'])
    expect(stdout).toContain('"GET /""a,b"" HTTP/1.1 "')
    expect(stdout).not.toMatch(/(^|,)"?[=+@]/m)
  })
})

describe('-T hubble', () => {
  const schema = JSON.parse(readFileSync('dist/hubble-flow.schema.json', 'utf8'))
  const validate = new Ajv2020({ strict: false }).compile(schema)

  it('prints a line a packet, each as the schema that is shipped says', () => {
    const lines = ovl(['fixtures/multi-node.pcap', '-T', 'hubble']).stdout.trimEnd().split('\n')
    expect(lines.length).toBeGreaterThan(300)
    expect(lines.filter((line) => !validate(JSON.parse(line)))).toEqual([])
  })

  it('prints only the selected packets, and knows from the others all the same', () => {
    const { stdout } = ovl(['fixtures/vxlan.pcap', '-T', 'hubble', '--packet', '13'])
    expect(stdout.trimEnd().split('\n')).toHaveLength(1)
    expect(JSON.parse(stdout).flow).toMatchObject({
      is_reply: false,
      destination: { identity: 14053 },
      Summary: 'TCP Flags: ACK',
    })
  })

  it('names interfaces that the user named, and no others', () => {
    const of = (...args: string[]) =>
      JSON.parse(ovl(['fixtures/vxlan.pcap', '-T', 'hubble', '-c', '1', ...args]).stdout).flow.interface
    expect(of()).toEqual({ index: 3 })
    expect(of('--ifname', '3=eth1')).toEqual({ index: 3, name: 'eth1' })
  })
})

it('-T hubble-compact prints the line that hubble observe prints', () => {
  const { stdout } = ovl(['fixtures/vxlan.pcap', '-T', 'hubble-compact', '--packet', '9,11'])
  expect(stdout).toBe(
    [
      'Nov 22 20:12:57.531: 172.20.0.158:34586 (ID:3258) -> 172.20.2.115:80 (ID:14053) to-overlay TRACED (TCP Flags: SYN)',
      'Nov 22 20:12:57.531: 172.20.0.158:34586 (ID:3258) <- 172.20.2.115:80 (ID:14053) to-overlay TRACED (TCP Flags: SYN, ACK)',
      '',
    ].join('\n'),
  )
})
