/** `toHaveNoFindings`, in Vitest and as an assertion that throws. */
import { describe, expect, test } from 'vitest'
import '../../src/vitest.ts'
import * as assert from '../../src/assert.ts'
import { loadCapture } from '../../src/index.ts'
import { failureOf } from '../assertions/failures.ts'

const healthy = await loadCapture('fixtures/vxlan.pcap')
const lossy = await loadCapture('fixtures/multi-node.pcap')
const mixed = await loadCapture('fixtures/vxlan-mixed.pcap')

describe('toHaveNoFindings', () => {
  test('holds where nothing is above info', () => {
    expect(healthy).toHaveNoFindings()
    assert.toHaveNoFindings(healthy)
  })

  test('does not hold where something is, but for what is excepted', () => {
    expect(lossy).not.toHaveNoFindings()
    expect(lossy).not.toHaveNoFindings({ except: ['OVL201'] })
    expect(lossy).toHaveNoFindings({ except: ['OVL201', 'OVL102'] })
    expect(mixed).not.toHaveNoFindings()
    expect(mixed).toHaveNoFindings({ atLeast: 'error' })
    expect(healthy).not.toHaveNoFindings({ atLeast: 'info' })
    expect(healthy).toHaveNoFindings({ atLeast: 'info', except: ['ovl106'] })
  })

  test('knows the names that the capture was loaded with', async () => {
    const named = await loadCapture('fixtures/findings/OVL605.pcap', { names: 'fixtures/k8s' })
    expect(named).not.toHaveNoFindings()
    expect(await loadCapture('fixtures/findings/OVL605.pcap')).toHaveNoFindings()
  })

  test('fails with what was found, in which frames, and why', () => {
    expect(failureOf(() => expect(lossy).toHaveNoFindings({ except: ['OVL102'] }))).toMatchInlineSnapshot(
      `
      "expected fixtures/multi-node.pcap to have no findings but OVL102
      but there is 1 finding:
        OVL201 error: 9 packets came in on the router and never went out (5 on if3 and 4 on if4); among them 172.20.0.12 → 172.20.2.166 (2), 172.20.1.191 → 172.20.2.200 (2), 172.20.0.158 → 172.20.2.115, 172.20.2.9 → 172.20.0.201 and 3 more (frames 13, 50, 93, 140, 173, 206, 239, 272, …)
          likely dropped there: a queue that is full, a filter, a policer, or a failing link
      see them with: ovl-dissect diagnose fixtures/multi-node.pcap"
    `,
    )
    expect(failureOf(() => expect(healthy).not.toHaveNoFindings())).toMatchInlineSnapshot(`
      "expected fixtures/vxlan.pcap to have findings
      but there are none"
    `)
  })

  test('fails for a capture that is cut', async () => {
    const cut = await loadCapture('fixtures/vxlan-cut.pcap', { onDamage: () => {} })
    expect(failureOf(() => expect(cut).toHaveNoFindings())).toContain('OVL901 warning')
  })

  test('refuses codes that do not exist', () => {
    expect(() => expect(healthy).toHaveNoFindings({ except: ['OVL999'] })).toThrow(
      /no finding OVL999; known are OVL101/,
    )
  })
})
