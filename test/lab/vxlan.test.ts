import { afterEach, describe, expect, it } from 'vitest'
import { at, INTERFACES, Listener, lab } from './router.ts'

const OVERLAY = 'udp port 8472'
const WEBPOD = '172.20.2.115'
const open: Listener[] = []

async function listen(filter: string, ...args: string[]): Promise<Listener> {
  const listener = await Listener.open(filter, args)
  open.push(listener)
  return listener
}

function ping(size = 56): boolean {
  return at('curl-pod', 'ping', '-q', '-c', '1', '-W', '1', '-s', String(size), WEBPOD)
}

afterEach(async () => {
  for (const listener of open.splice(0)) await listener.close()
  lab('drop', 'off')
  lab('leg', '1500')
  lab('dont-fragment', 'off')
})

describe('tcpdump on the router, piped into ovl-dissect', () => {
  it('shows a ping while it happens: node to node, VNI of its sender, pod to pod', async () => {
    const rows = await listen(OVERLAY, '-', '-q', ...INTERFACES)
    expect(ping()).toBe(true)
    expect(
      await rows.line(/eth1 In .*192\.168\.10\.100 → 192\.168\.20\.100 .*172\.20\.0\.158 → 172\.20\.2\.115 .*request/),
    ).toContain(' 3258 0x000cba ')
    expect(await rows.line(/eth2 In .*172\.20\.2\.115 → 172\.20\.0\.158 .*reply/)).toContain(' 14053 0x0036e5 ')
  })

  it('names the second copy of each packet, eth1 In and eth2 Out, and what the router changed', async () => {
    const rows = await listen(OVERLAY, '-', '-q', ...INTERFACES)
    expect(ping()).toBe(true)
    await rows.line(/^ *2 .*eth2 Out .*= 1, forwarded: TTL 64→63/)
    await rows.line(/^ *4 .*eth1 Out .*= 3, forwarded: TTL 64→63/)
    expect(rows.lines).toHaveLength(4)
  })

  it('shows the packet that the router drops on its way in, and never out', async () => {
    const rows = await listen(OVERLAY, '-', '-q', ...INTERFACES)
    lab('drop', 'k8s-w0')
    expect(ping()).toBe(false)
    await rows.line(/^ *1 .*eth1 In .*request/)
    lab('drop', 'off')
    expect(ping()).toBe(true)
    await rows.line(/^ *5 .*eth1 Out /)
    expect(rows.lines.filter((line) => line.includes('eth2 Out'))).toHaveLength(1)
  })

  it('path says between which interfaces the packet was lost, before the capture ends', async () => {
    const paths = await listen(OVERLAY, 'path', '-', '-q', ...INTERFACES)
    // Of a pipe the usual way is the one that most packets have taken so far.
    for (let first = 0; first < 3; first++) expect(ping()).toBe(true)
    lab('drop', 'k8s-w0')
    expect(ping()).toBe(false)
    lab('drop', 'off')
    await paths.line(/request.*192\.168\.10\.100 → \[eth1 In 64 → eth2 Out 63, .*\] → 192\.168\.20\.100/)
    await paths.line(/request.*\[eth1 In 64\] lost before eth2 Out/)
  })

  it('shows the router refuse what is too big for the next leg, with its MTU and the packet that it quotes', async () => {
    const rows = await listen(`${OVERLAY} or icmp`, '-', '-T', 'ndjson', ...INTERFACES)
    lab('leg', '1400')
    lab('dont-fragment')
    expect(ping(1400)).toBe(false)
    const refusal = JSON.parse(await rows.line(/"icmp.code":4/))
    expect(refusal.outer ?? refusal.ip ?? refusal.network).toBeDefined()
    expect(JSON.stringify(refusal)).toContain('"icmp.mtu":1400')
    expect(JSON.stringify(refusal)).toContain(WEBPOD)
    const tooBig = JSON.parse(rows.lines[0] as string)
    expect(tooBig.outer.ip).toMatchObject({
      source: '192.168.10.100',
      dontFragment: true,
      length: 1400 + 8 + 20 + 14 + 8 + 8 + 20,
    })
    expect(rows.lines.some((line) => JSON.parse(line).link.interfaceIndex === 4)).toBe(false)
  })

  it('diagnose says what is too big for which leg, and what would fit', async () => {
    const findings = await listen(`${OVERLAY} or icmp`, 'diagnose', '-', '-T', 'json')
    lab('leg', '1400')
    lab('dont-fragment')
    expect(ping(1400)).toBe(false)
    expect(ping(1200)).toBe(true)
    await new Promise((resolve) => setTimeout(resolve, 1000))
    // As a terminal does it: both programs get the signal.
    expect(await findings.interrupt()).toBe(0)
    const told = JSON.parse(findings.text).findings as { code: string; severity: string; values: object }[]
    const tooBig = told.find(({ code }) => code === 'OVL301')
    expect(tooBig).toMatchObject({ severity: 'error', values: { mtu: 1400, overhead: 50, fits: 1350 } })
  })

  it('flows counts each packet once, and prints what there is at Ctrl-C', async () => {
    const flows = await listen(OVERLAY, 'flows', '-', '-T', 'ndjson')
    expect(at('curl-pod', 'curl', '-sS', '-m', '5', `http://${WEBPOD}/data?size=3000`)).toBe(true)
    await new Promise((resolve) => setTimeout(resolve, 1000))
    // As a terminal does it: both programs get the signal.
    expect(await flows.interrupt()).toBe(0)
    const [flow] = flows.lines.map((line) => JSON.parse(line))
    expect(flow).toMatchObject({ source: '172.20.0.158', destination: WEBPOD, application: 'HTTP', state: 'closed' })
    expect(flow.forward.vni).toBe(3258)
    expect(flow.back.vni).toBe(14053)
    expect(flow.forward.frames).toBe(2 * flow.forward.packets)
    expect(flow.back.frames).toBe(2 * flow.back.packets)
  })
})
