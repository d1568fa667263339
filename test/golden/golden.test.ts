import { describe, expect, it } from 'vitest'
import { ovl } from '../support/command.ts'

/**
 * Whole screens, kept in files that are named after the command. `npm run test:golden -- --update` writes them anew; look at
 * the difference before you commit it.
 */
const COMMANDS = [
  'vxlan.pcap --width 80',
  'vxlan.pcap --width 100',
  'vxlan.pcap --width 120',
  'vxlan.pcap --width 160',
  'vxlan.pcap --width 200',
  'vxlan.pcap',
  'vxlan.pcap --links fixtures-links-router.ip-addr.txt --width 160 --packet 1-16',
  'vxlan.pcapng --width 100 --packet 1-16',
  'vxlan-ipv6.pcap --width 80',
  'vxlan-ipv6.pcap --width 160',
  'vxlan-unfiltered.pcap --width 120',
  'vxlan-fragneeded.pcap --width 160',
  'vxlan-snap96.pcap --width 160 --packet 1-30',
  'node-ctr-any.pcap --width 160 --packet 1-40',
  'geneve-options.pcap --width 100',
  'native-noreply.pcap --width 100',
  'vxlan.pcap --summary',
  'multi-node.pcap --summary --width 80',
  'multi-node.pcap --summary --width 160',
  'vxlan-ipv6.pcap --summary --width 100',
  'vxlan-snap96.pcap --summary',
  'flows vxlan.pcap',
  'flows multi-node.pcap --width 80',
  'flows multi-node.pcap --width 120 --top 8',
  'flows multi-node.pcap --width 200 --sort rtt --top 5',
  'flows vxlan-ipv6.pcap --width 120 --top 6',
  'flows native-noreply.pcap',
  'flows multi-node.pcap --by pod --width 120',
  'flows multi-node.pcap --by node',
  'flows multi-node.pcap --by vni',
  'flows multi-node.pcap --by service',
  'flows multi-node.pcap --by service --names fixtures-k8s',
  'flows multi-node.pcap --names fixtures-k8s --top 6',
  'flows node-ctr-any.pcap --merge-tunnels --top 8',
  'flows multi-node.pcap -T csv --top 3',
  'flows multi-node.pcap -T ndjson --top 2',
  'path vxlan.pcap --links fixtures-links-router.ip-addr.txt --names fixtures-k8s --width 120',
  'path multi-node.pcap --flow --links fixtures-links-router.ip-addr.txt --width 100 --top 10',
  'path multi-node.pcap --names fixtures-k8s --width 80 -Y icmp',
  'path multi-node-ctr.pcap multi-node.pcap multi-node-w0.pcap --width 200 -Y icmp',
  'path node-ctr-any.pcap --links fixtures-links-k8s-ctr.ip-addr.txt -Y dns',
  'path native-noreply.pcap -T csv -Y icmp',
  'vxlan.pcap --copies fold --links fixtures-links-router.ip-addr.txt --width 140 --packet 1-16',
  'flows vxlan.pcap --copies show --width 160',
  'vxlan.pcap --sides --packet 15 --width 120',
  'vxlan.pcap --sides --packet 15 --width 80',
  'geneve-options.pcap --sides --packet 1,41 --width 120',
  'native-noreply.pcap --sides --packet 1',
  'vxlan.pcap -V -x --packet 15',
  'geneve-options.pcap -V --packet 41',
  'vxlan-mixed.pcap -V --packet 1,45',
  'vxlan.pcap -c 4 --color always --width 120',
  'vxlan.pcap --names fixtures-k8s --packet 1-20 --width 80',
  'vxlan.pcap --names fixtures-k8s --packet 1-20 --width 120',
  'vxlan.pcap --names fixtures-k8s --packet 1-20 --width 160',
  'vxlan.pcap --names fixtures-k8s --packet 1-20 --width 200',
  'multi-node.pcap --names fixtures-k8s --packet 1-40 --width 160',
  'vxlan-ipv6.pcap --names fixtures-k8s --packet 1-12,120-130 --width 160',
  'native-noreply.pcap --names fixtures-k8s --width 120 -c 12',
  'multi-node.pcap --names fixtures-k8s --summary --width 80',
  'multi-node.pcap --names fixtures-k8s --summary --width 200',
  'vxlan.pcap --names fixtures-k8s --sides --packet 15 --width 120',
  'vxlan.pcap --names fixtures-k8s -V --packet 15',
]

describe('the screen of', () => {
  it.each(COMMANDS)('%s', async (command) => {
    const args = command
      .split(' ')
      .map((word) => word.replace('fixtures-links-', 'fixtures/links/').replace('fixtures-k8s', 'fixtures/k8s'))
    const { stdout, stderr, status } = ovl(
      args.map((word) => (/^[\w-]+\.pcap(ng)?$/.test(word) ? `fixtures/${word}` : word)),
    )
    expect(status).toBe(0)
    const screen = stderr === '' ? stdout : `${stdout}--- standard error\n${stderr}`
    await expect(screen).toMatchFileSnapshot(`${command}.txt`)
  })
})
