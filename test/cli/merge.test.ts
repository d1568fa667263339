/** --merge: several captures as one. */
import { describe, expect, it } from 'vitest'
import { fileLabels } from '../../src/cli/file-labels.ts'
import { scanAll } from '../capture/build.ts'
import { scratch } from '../capture/written.ts'
import { ovl } from '../support/command.ts'

const NODES = ['fixtures/multi-node-ctr.pcap', 'fixtures/multi-node-w0.pcap']
const file = scratch()

describe('--merge', () => {
  it('lists both captures by time, each row with its file, one packet seen on two nodes as such', () => {
    const { stdout, stderr } = ovl([...NODES, '--merge', '--width', '140', '--packet', '1-4'])
    const [title, ...rows] = stdout.trimEnd().split('\n')
    expect(title).toBe(`==> ctr is ${NODES[0]}, w0 is ${NODES[1]} <==`)
    expect(rows.map((row) => row.slice(13, 16).trim())).toEqual(['ctr', 'ctr', 'ctr', 'w0'])
    expect(rows[3]).toContain('= 2, forwarded: TTL 64→63')
    expect(stderr).toMatch(/^2 captures merged: /)
  })

  it('tells the file in fields, JSON and CSV', () => {
    const args = [...NODES, '--merge', '--packet', '3,4']
    expect(ovl([...args, '-T', 'fields', '-e', 'frame.number', '-e', 'ovl.file']).stdout).toBe(
      `3\t${NODES[0]}\n4\t${NODES[1]}\n`,
    )
    const json = JSON.parse(ovl([...args, '-T', 'json']).stdout) as { frame: { file: string } }[]
    expect(json.map((one) => one.frame.file)).toEqual(NODES)
    const csv = ovl([...args, '-T', 'csv'])
      .stdout.trimEnd()
      .split('\n')
    expect(csv.map((line) => line.split(',').at(-1))).toEqual(['file', ...NODES])
  })

  it('writes one capture in order of time', async () => {
    ovl([...NODES, '--merge', '-w', file('both.pcapng')])
    const { records, info } = await scanAll(file('both.pcapng'))
    expect(records).toHaveLength(327)
    expect(records.map((one) => one.time)).toEqual(records.map((one) => one.time).sort())
    expect(info?.sections[0]?.interfaces).toHaveLength(2)
  })

  it('goes on where one of the captures is cut or missing, and ends with 2', () => {
    const { stdout, stderr, status } = ovl(['nowhere.pcap', 'fixtures/vxlan-qinq.pcap', '--merge', '-q'])
    expect(stdout).toContain('192.168.10.100')
    expect(stderr).toMatch(/^ovl-dissect: nowhere\.pcap: no such file$/m)
    expect(status).toBe(2)
  })

  it('changes nothing for a single capture', () => {
    expect(ovl(['fixtures/vxlan.pcap', '--merge'])).toEqual(ovl(['fixtures/vxlan.pcap']))
  })

  it('without it captures are shown one after another, with their names', () => {
    const { stdout } = ovl([...NODES, '-q'])
    expect(stdout.match(/^==> .* <==$/gm)).toEqual(NODES.map((name) => `==> ${name} <==`))
  })
})

describe('labels', () => {
  const labels = (...files: string[]) => [...fileLabels(files).values()]
  it('are what tells the names apart', () => {
    expect(labels('a/multi-node-ctr.pcap', 'b/multi-node-w0.pcapng.gz')).toEqual(['ctr', 'w0'])
    expect(labels('left.pcap', 'right.pcap')).toEqual(['left', 'right'])
    expect(labels('vxlan.pcap', 'vxlan-w0.pcap')).toEqual(['vxlan', 'vxlan-w0'])
  })
  it('are numbers where names do not, or are too long', () => {
    expect(labels('a/x.pcap', 'b/x.pcap')).toEqual(['#1', '#2'])
    expect(labels('a-very-long-name-of-one.pcap', 'quite-another-one.pcap')).toEqual(['#1', '#2'])
  })
})
