/** Flows against `tshark -z conv`: the same conversations with the same frames each way, on every capture. */
import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import type { Flow } from '../../src/index.ts'
import { ovl } from '../support/command.ts'
import { fixture, LAB_CAPTURES } from '../support/fixtures.ts'

/** `172.20.0.158:34586 <-> 172.20.2.115:80  4 823 bytes  6 780 bytes  10 1603 bytes …`: frames back, then forward. */
const LINE = /^(\S+):(\d+)\s+<->\s+(\S+):(\d+)\s+(\d+) .*?(?:bytes|kB|MB)\s+(\d+) /

/** Frames in each direction by `source destination`; what tshark splits where ports are used again is added up. */
type Frames = Record<string, number>

function add(frames: Frames, from: string, to: string, count: number): void {
  if (count > 0) frames[`${from} ${to}`] = (frames[`${from} ${to}`] ?? 0) + count
}

function tsharkFrames(capture: string, protocol: 'tcp' | 'udp'): Frames {
  const options = ['-d', 'udp.port==8472,vxlan', '-o', 'ip.defragment:FALSE', '-o', 'ipv6.defragment:FALSE']
  const run = spawnSync('tshark', ['-n', '-q', '-r', fixture(capture), ...options, '-z', `conv,${protocol}`], {
    encoding: 'utf8',
  })
  if (run.error !== undefined) throw run.error
  const frames: Frames = {}
  for (const text of run.stdout.split('\n')) {
    const found = LINE.exec(text)
    if (found === null) continue
    const [, a, aPort, b, bPort, back, forward] = found as unknown as string[]
    add(frames, `${a}:${aPort}`, `${b}:${bPort}`, Number(forward))
    add(frames, `${b}:${bPort}`, `${a}:${aPort}`, Number(back))
  }
  return frames
}

function ourFrames(capture: string, protocol: 'TCP' | 'UDP'): Frames {
  const { stdout } = ovl(['flows', fixture(capture), '-T', 'ndjson'])
  const frames: Frames = {}
  for (const line of stdout.trimEnd().split('\n')) {
    if (line === '') continue
    const flow = JSON.parse(line) as Flow
    if (flow.protocol !== protocol || flow.sourcePort === undefined) continue
    const source = `${flow.source}:${flow.sourcePort}`
    const destination = `${flow.destination}:${flow.destinationPort}`
    add(frames, source, destination, flow.forward.frames)
    add(frames, destination, source, flow.back.frames)
  }
  return frames
}

/** Its snap length cuts inner transport headers behind the ports, and tshark then knows no conversation. We go by the ports. */
const CUT_BEHIND_PORTS = 'vxlan-snap96.pcap'

test(`${CUT_BEHIND_PORTS} has the conversations of the capture that it was cut from`, () => {
  expect(ourFrames(CUT_BEHIND_PORTS, 'TCP')).toEqual(tsharkFrames('vxlan.pcap', 'tcp'))
  expect(tsharkFrames(CUT_BEHIND_PORTS, 'tcp')).toEqual({})
})

describe.each(LAB_CAPTURES.filter((capture) => capture !== CUT_BEHIND_PORTS))('%s', (capture) => {
  test('has the TCP conversations that tshark finds, with as many frames each way', () => {
    expect(ourFrames(capture, 'TCP')).toEqual(tsharkFrames(capture, 'tcp'))
  })

  /** tshark counts the outer datagrams of a tunnel as conversations as well: theirs are those between the nodes. */
  test('has the UDP conversations that tshark finds inside', () => {
    const theirs = Object.entries(tsharkFrames(capture, 'udp'))
    const inner = theirs.filter(([ends]) => !/:(8472|4789|6081)$/.test(ends))
    expect(ourFrames(capture, 'UDP')).toEqual(Object.fromEntries(inner))
  })
})
