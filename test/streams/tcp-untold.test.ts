/** A filter by headers leaves packets out before anybody reads what is told of them; messages over TCP go on all the same. */
import { expect, test } from 'vitest'
import { ovl } from '../support/command.ts'
import { fixture } from '../support/fixtures.ts'

test.each(['reassembly/http.pcap', 'reassembly/disorder.pcap', 'vxlan.pcap'])(
  'a filter by headers shows the same rows of %s as no filter does',
  (capture) => {
    const all = ovl(['--print', fixture(capture), '--width', '200']).stdout.split('\n')
    for (const filter of ['tcp.srcport == 80', 'tcp.dstport == 80']) {
      const { stdout, status } = ovl(['--print', fixture(capture), '--width', '200', '-Y', filter])
      expect(status).toBe(0)
      const rows = stdout.split('\n').filter((line) => /^ *\d+ /.test(line))
      expect(rows.length).toBeGreaterThan(5)
      const infoOf = (line: string | undefined) => line?.replace(/ {2,}/g, ' ').replace(/= \d+, .*/, '')
      for (const row of rows) {
        const number = Number(row.trim().split(' ')[0])
        const same = all.find((line) => Number(/^ *(\d+) /.exec(line)?.[1]) === number)
        // Copies are those among what is shown.
        if (!/= \d+,/.test(same ?? '')) expect(infoOf(row)).toBe(infoOf(same))
      }
    }
  },
)
