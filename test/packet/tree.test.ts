/** The protocol tree: where what lies, and what stands for a packet that ends early. */
import { describe, expect, test } from 'vitest'
import { type Node, walkNodes } from '../../src/dissect/node.ts'
import { nodeAt } from '../../src/packet/tree.ts'
import * as frames from '../dissect/frames.ts'
import { CAPTURES, packetOf, packetsOf } from './captures.ts'

const titles = (nodes: readonly Node[]) => nodes.map((node) => node.text.split(',')[0])

describe('the tree', () => {
  test('has the frame and a heading a layer', async () => {
    expect(titles((await packetOf('vxlan.pcap', 1)).tree()).slice(1, 7)).toEqual([
      'Linux cooked capture v2',
      'Internet Protocol Version 4',
      'User Datagram Protocol',
      'Virtual eXtensible Local Area Network',
      'Ethernet II',
      'Internet Protocol Version 4',
    ])
  })

  test('puts what an ICMP error quotes beneath the error, up to a tunnel in the quote', async () => {
    const tree = (await packetOf('vxlan-fragneeded.pcap', 6)).tree()
    expect(titles(tree).slice(1, 5)).toEqual([
      'Linux cooked capture v2',
      'Internet Protocol Version 4',
      'Internet Control Message Protocol',
      'Virtual eXtensible Local Area Network',
    ])
    const quoted = titles(tree[3]?.children ?? []).filter((title) => /Protocol/.test(title ?? ''))
    expect(quoted).toEqual(['Internet Protocol Version 4', 'User Datagram Protocol'])
  })

  test('ends with where and why a packet stopped', async () => {
    const last = (await packetOf('vxlan-snap96.pcap', 15)).tree().at(-1)
    expect(last).toMatchObject({ text: '[Packet size limited during capture: TCP truncated]', start: 90, end: 96 })
    expect(last?.children.map((node) => node.text)).toEqual([
      '[tcp at byte 90 needs 20 bytes, 6 are there (limited by the captured bytes)]',
    ])
  })

  test('calls a packet malformed that no capture has cut', () => {
    const tree = frames.dissected(frames.ethernet({}, frames.ipv4({ headerWords: 3 }))).tree()
    expect(tree.at(-1)?.text).toBe('[Malformed Packet: IPv4]')
    expect(frames.dissected(frames.ethernet().subarray(0, 9)).tree().at(-1)?.text).toBe('[Malformed Packet: Ethernet]')
  })

  test('draws flags where their bits are', async () => {
    const texts = [...walkNodes((await packetOf('vxlan.pcap', 15)).tree())].map((node) => node.text)
    expect(texts).toContain('.... 1... .... .... = VXLAN Network ID (VNI): True')
    expect(texts).toContain('0100 .... = Version: 4')
    expect(texts).toContain('.... .... 1... = Push: Set')
  })

  test('is made anew each time, so that nobody spoils it', async () => {
    const packet = await packetOf('vxlan-fragneeded.pcap', 6)
    const [before, after] = [JSON.stringify(packet.tree()), JSON.stringify(packet.tree())]
    expect(after).toBe(before)
  })
})

describe('the node at a byte', () => {
  test('is the deepest one that holds it', async () => {
    const tree = (await packetOf('vxlan.pcap', 15)).tree().slice(1)
    expect(nodeAt(tree, 52)?.field?.name).toBe('vxlan.vni')
    expect(nodeAt(tree, 54)?.field?.name).toBe('vxlan.vni')
    expect(nodeAt(tree, 55)?.field?.name).toBe('vxlan.reserved8')
    expect(nodeAt(tree, 28)?.field?.name).toBe('ip.ttl')
    expect(nodeAt(tree, 100_000)).toBeUndefined()
  })

  test.each(CAPTURES)('of every header of %s is found, and holds it', async (capture) => {
    for (const packet of (await packetsOf(capture)).slice(0, 8)) {
      const tree = packet.tree()
      for (let at = 0; at < packet.capturedLength; at++) {
        const node = nodeAt(tree, at)
        if (node === undefined || at < node.start || at >= node.end)
          expect(node, `packet ${packet.number}, byte ${at}`).toMatchObject({ start: at })
      }
    }
  })
})
