import { describe, expect, it } from 'vitest'
import { Overview } from '../../src/analysis/overview.ts'
import { summaryOf } from '../../src/packet/summary.ts'
import { eachDissection } from '../support/dissections.ts'
import { fixture, LAB_CAPTURES, truth } from '../support/fixtures.ts'

interface Row {
  readonly number: number
  readonly protocol: string
  readonly info: string
}

/** The lines of `tshark -n -r X -d udp.port==8472,vxlan`: number, time, source → destination, protocol, length, info. */
function tsharkRows(capture: string): Row[] {
  return truth(`${capture}.tshark.txt`)
    .trimEnd()
    .split('\n')
    .map((line) => {
      const found = /^\s*(\d+)\s+\S+\s+\S+ → \S*\s+(\S+)\s+\d+ ?(.*)$/.exec(line)
      if (found === null) throw new Error(`not a row: ${line}`)
      return { number: Number(found[1]), protocol: found[2] as string, info: (found[3] as string).trimEnd() }
    })
}

/**
 * What tshark adds when it analyses sequence numbers or reassembles: it takes copies on a second interface for
 * retransmissions and duplicates, and hides protocols behind reassembly. We do neither: copies are named as copies.
 */
const ANALYSIS = /\[TCP |\[Reassembled|\[TCP segment of a reassembled PDU\]|Ignored|Fragmented IP/

/**
 * Frames in which tshark shows what it put together from several: these answers were made with its reassembly on. We show
 * every frame as it was captured; the same frames without reassembly are compared in fields.test.ts.
 */
const REASSEMBLED: Readonly<Record<string, readonly number[]>> = {
  'multi-node-w0.pcap': [64, 133],
  'vxlan-fragneeded.pcap': [17],
  'vxlan-gso.pcap': [29],
  'vxlan-mixed.pcap': [61],
  'vxlan-mtu.pcap': [3, 7, 17, 27, 111],
}

describe("the list's words are tshark's, with relative numbers and scaled windows", () => {
  it.each(LAB_CAPTURES)('%s', async (capture) => {
    const rows = tsharkRows(capture)
    const found: string[] = []
    const overview = new Overview()
    let compared = 0
    await eachDissection(
      fixture(capture),
      (packet) => {
        const row = rows[packet.record.number - 1] as Row
        const isCopy = overview.add(packet.record, packet.walk)
        if (isCopy || ANALYSIS.test(row.info) || REASSEMBLED[capture]?.includes(row.number)) return
        const { protocol, info } = summaryOf(packet)
        compared++
        if (protocol !== row.protocol || info.trimEnd() !== row.info) {
          found.push(
            `frame ${row.number}: tshark ${row.protocol} ${JSON.stringify(row.info)}, ours ${protocol} ${JSON.stringify(info)}`,
          )
        }
      },
      { relativeSequence: true },
    )
    expect(compared).toBeGreaterThan(1)
    expect(found).toEqual([])
  })
})
