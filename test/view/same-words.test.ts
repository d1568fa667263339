/** The viewer shows what the command prints: the same rows, the same trees. */
import { describe, expect, it } from 'vitest'
import { escapeText } from '../../src/render/escape.ts'
import { lineText } from '../../src/view/line.ts'
import { allKeys, treeRows } from '../../src/view/model/tree-rows.ts'
import { listPane } from '../../src/view/panes/list-pane.ts'
import { ovl } from '../support/command.ts'
import { viewed } from './capture.ts'

const CAPTURES = [
  'vxlan.pcap',
  'vxlan.pcap --names fixtures/k8s --links fixtures/links/router.ip-addr.txt',
  'geneve.pcap',
  'geneve-options.pcap',
  'vxlan-ipv6.pcap',
  'vxlan.pcapng',
  'vxlan-any.pcapng',
  'vxlan-snap96.pcap',
  'vxlan-mixed.pcap',
  'vxlan-unfiltered.pcap',
  'vxlan-fragneeded.pcap',
  'multi-node.pcap --names fixtures/k8s',
  'node-ctr-any.pcap',
  'made/vxlan-eth1.pcap.gz',
  'made/sections.pcapng',
  'made/simple.pcapng',
  'made/resolutions.pcapng',
  'vxlan-nano.pcap',
]

describe.each(CAPTURES)('%s', (args) => {
  const command = `fixtures/${args}`.split(' ')

  it('has the rows of the list', async () => {
    const printed = ovl([...command, '--print', '-q', '--width', '160'])
      .stdout.trimEnd()
      .split('\n')
    const { capture, facts, settle } = await viewed(command)
    const rows: string[] = []
    for (let top = 0; top < capture.shown; top += 50) {
      capture.look(top, 50)
      await settle()
      const shown = facts.rows(top, 50)
      const lines = listPane({
        ...facts.listOptions,
        columns: 160,
        labelWidth: 0,
        rows: shown,
        selected: -1,
        isFocused: false,
        hasColors: true,
        nothing: '',
      })
      rows.push(...lines.slice(1).map((line) => lineText(line).trimEnd()))
    }
    expect(rows).toEqual(printed)
    capture.close()
  })

  it('has the trees of -V', async () => {
    const printed = ovl([...command, '-V']).stdout.split(/\n\n(?=Frame \d)/)
    const { capture, settle } = await viewed(command)
    expect(printed.length).toBe(capture.total)
    // Backwards, so that what came before has to be read again.
    for (const row of [capture.total - 1, Math.floor(capture.total / 2), 14, 1, 0]) {
      if (row < 0 || row >= capture.total) continue
      capture.look(row, 1)
      await settle()
      const detail = capture.packetDetail(row)
      expect(detail?.isComplete).toBe(true)
      if (detail === undefined) continue
      const texts = treeRows(detail, new Set(allKeys(detail))).map(
        ({ text, depth }) => '    '.repeat(depth) + escapeText(text),
      )
      const lines = (printed[row] as string).split('\n').filter((line) => line !== '' && !/^[0-9a-f]{4} {2}/.test(line))
      expect(texts).toEqual(lines)
    }
    capture.close()
  })
})

describe('a filter', () => {
  it.each([
    'http',
    'tcp.flags.syn == 1',
    'inner.ip.src == 172.20.0.158 && udp',
    'tcp.stream == 1',
    'frame.number > 100',
  ])('%s shows what -Y prints', async (filter) => {
    const printed = ovl(['fixtures/vxlan.pcap', '-Y', filter, '-T', 'fields', '-e', 'frame.number']).stdout.trimEnd()
    const { capture } = await viewed(['fixtures/vxlan.pcap', '-Y', filter])
    const numbers = Array.from({ length: capture.shown }, (_, row) => capture.indexOf(row) + 1)
    expect(numbers).toEqual(printed.split('\n').map(Number))
    capture.close()
  })
})
