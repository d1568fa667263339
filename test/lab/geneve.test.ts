/** The lab with GENEVE between its nodes: what the router sees, while it happens. */
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { at, INTERFACES, Listener, lab } from './router.ts'

const OVERLAY = 'udp port 6081'
const WEBPOD = '172.20.2.115'
const open: Listener[] = []

async function listen(...args: string[]): Promise<Listener> {
  const listener = await Listener.open(OVERLAY, args)
  open.push(listener)
  return listener
}

const ping = () => at('curl-pod', 'ping', '-q', '-c', '1', '-W', '1', WEBPOD)

beforeAll(() => {
  // Open vSwitch loses the first packets of a tunnel to looking for neighbours.
  for (let first = 0; first < 5; first++) if (ping()) return
  throw new Error('no ping gets through the lab')
})

afterEach(async () => {
  for (const listener of open.splice(0)) await listener.close()
  lab('drop', 'off')
})

describe('tcpdump on the router, piped into ovl-dissect', () => {
  it('shows a ping while it happens: node to node, VNI of its sender, pod to pod, and its copies', async () => {
    const rows = await listen('-', '-q', ...INTERFACES)
    expect(ping()).toBe(true)
    expect(
      await rows.line(/eth1 In .*192\.168\.10\.100 → 192\.168\.20\.100 .*172\.20\.0\.158 → 172\.20\.2\.115 .*request/),
    ).toContain(' 3258 0x000cba ')
    expect(await rows.line(/eth2 In .*172\.20\.2\.115 → 172\.20\.0\.158 .*reply/)).toContain(' 14053 0x0036e5 ')
    await rows.line(/^ *2 .*eth2 Out .*= 1, forwarded: TTL 64→63/)
  })

  it('path says between which interfaces the packet was lost, before the capture ends', async () => {
    const paths = await listen('path', '-', '-q', ...INTERFACES)
    for (let first = 0; first < 3; first++) expect(ping()).toBe(true)
    lab('drop', 'k8s-w0')
    expect(ping()).toBe(false)
    lab('drop', 'off')
    await paths.line(/request.*\[eth1 In 64\] lost before eth2 Out/)
  })

  it('flows has the connection with both VNIs, in GENEVE', async () => {
    const flows = await listen('flows', '-', '-T', 'ndjson')
    expect(at('curl-pod', 'curl', '-sS', '-m', '5', `http://${WEBPOD}/data?size=3000`)).toBe(true)
    await new Promise((resolve) => setTimeout(resolve, 1000))
    expect(await flows.interrupt()).toBe(0)
    const [flow] = flows.lines.map((line) => JSON.parse(line))
    expect(flow).toMatchObject({ source: '172.20.0.158', destination: WEBPOD, application: 'HTTP', state: 'closed' })
    expect(JSON.stringify(flow)).toContain('geneve')
    expect([flow.forward.vni, flow.back.vni]).toEqual([3258, 14053])
  })
})
