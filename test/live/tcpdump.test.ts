import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { ovl } from '../support/command.ts'
import { fixture, LAB_CAPTURES } from '../support/fixtures.ts'

interface Seen {
  readonly outer: string
  readonly vni: string
  readonly inner: string
}

/** `IP 192.168.10.100.56715 > 192.168.20.100.8472: OTV, flags [I] (0x08), overlay 0, instance 3258`, then the inner line. */
const OUTER = /IP6? (\S+)\.(\d+) > (\S+)\.(\d+): (?:OTV|VXLAN|Geneve), .*(?:instance|vni|vni 0x) ?(0x[0-9a-f]+|\d+)/
const INNER = /^\s*(?:IP6?|.* IP6?) (?:truncated-ip - \d+ bytes missing! )?(\S+) > (\S+?): /

/** tcpdump's two lines a tunnelled packet, as addresses. It writes a port behind a last dot. */
function tcpdump(path: string): Seen[] {
  const run = spawnSync('tcpdump', ['-nn', '-r', path], { encoding: 'utf8', maxBuffer: 1 << 28 })
  if (run.error !== undefined) throw run.error
  const seen: Seen[] = []
  const lines = run.stdout.split('\n')
  lines.forEach((line, index) => {
    const outer = OUTER.exec(line)
    if (outer === null) return
    const rest = line.slice(outer.index + outer[0].length)
    const inner = / IP6? (\S+) > (\S+?): /.exec(rest) ?? INNER.exec(lines[index + 1] ?? '')
    if (inner === null) return
    seen.push({
      outer: `${outer[1]}.${outer[2]} > ${outer[3]}.${outer[4]}`,
      vni: String(Number(outer[5])),
      inner: `${inner[1]} > ${inner[2]}`,
    })
  })
  return seen
}

interface Json {
  readonly outer?: {
    readonly ip?: { source: string; destination: string }
    readonly transport?: { sourcePort: number; destinationPort: number }
  }
  readonly tunnels: readonly { readonly type: string; readonly vni: number }[]
  readonly inner?: {
    readonly ip?: { source: string; destination: string; fragmentOffset?: number }
    readonly transport?: { sourcePort?: number; destinationPort?: number }
  }
}

function ours(path: string): Seen[] {
  // tcpdump puts nothing together.
  const objects = ovl([path, '-T', 'ndjson', '-o', 'ip.defragment:FALSE'])
    .stdout.trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Json)
  return objects.flatMap(({ outer, tunnels, inner }) => {
    if (outer?.ip === undefined || outer.transport === undefined || inner?.ip === undefined) return []
    const port = (number: number | undefined) => (number === undefined ? '' : `.${number}`)
    const { ip, transport } = inner
    return [
      {
        outer: `${outer.ip.source}.${outer.transport.sourcePort} > ${outer.ip.destination}.${outer.transport.destinationPort}`,
        vni: String(tunnels[0]?.vni),
        inner: `${ip.source}${port(transport?.sourcePort)} > ${ip.destination}${port(transport?.destinationPort)}`,
      },
    ]
  })
}

/** tcpdump cuts its words short where the snap length cuts the packet. */
const CUT = ['vxlan-snap96.pcap']

describe('outer addresses, VNI and inner addresses equal what the installed tcpdump prints', () => {
  it.each(LAB_CAPTURES.filter((name) => name !== 'native-noreply.pcap' && !CUT.includes(name)))('%s', (capture) => {
    const theirs = tcpdump(fixture(capture))
    expect(theirs.length).toBeGreaterThan(3)
    expect(ours(fixture(capture))).toEqual(theirs)
  })
})
