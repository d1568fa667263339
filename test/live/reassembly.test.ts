/** What is put together of several packets against the installed tshark: by default, and with each preference turned off. */
import { describe, expect, it } from 'vitest'
import { captures, FIELDS, SORTED, SWITCHED, tsharkRows, turnedOff } from '../../fixtures/reassembly.mjs'
import { cellsOf, differences, ourRows } from '../support/reassembled.ts'
import { isSentAgain, onPurposeReassembled, onPurposeSwitched } from '../truth/on-purpose-reassembled.ts'

const nameOf = (capture: string) => capture.replace('reassembly/', '')

/** tshark takes copies on another interface for retransmissions and overlapping fragments: compared where there are none. */
const ONCE = captures().filter(
  (capture) => capture.startsWith('reassembly/') || /eth\d|ctr\.pcap|w0\.pcap|vlan\.pcap|qinq/.test(capture),
)

describe('by default', () => {
  it.each(ONCE)('%s', (capture) => {
    const theirs = cellsOf(tsharkRows(capture, capture === 'reassembly/disorder.pcap' ? [SORTED] : []))
    const isMeant = (frame: number, field: string, row: readonly string[]) =>
      isSentAgain(row[FIELDS.indexOf('_ws.col.Info')] ?? '') || onPurposeReassembled(nameOf(capture), frame, field)
    expect(differences(theirs, ourRows(capture, []), isMeant)).toEqual([])
  })
})

describe.each(Object.entries(SWITCHED))('%s', (capture, switches) => {
  it.each(switches)('turned off: %s', (name) => {
    const theirs = cellsOf(tsharkRows(`reassembly/${capture}`, turnedOff(name)))
    const isMeant = (frame: number, field: string) => onPurposeSwitched(capture, name, frame, field)
    expect(differences(theirs, ourRows(`reassembly/${capture}`, turnedOff(name)), isMeant)).toEqual([])
  })
})
