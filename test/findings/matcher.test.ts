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
    expect(failureOf(() => expect(lossy).toHaveNoFindings({ except: ['OVL102'] }))).toMatchInlineSnapshot(`"many is not defined"`)
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
