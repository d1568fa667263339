/** The registry: the ordered list of layers. A new protocol is one file and one line here. */

import type { Layer } from '../dissect/layer.ts'
import { data } from './application/data.ts'
import { DNS_LAYERS } from './application/dns.ts'
import { http } from './application/http.ts'
import { HTTP_BODIES } from './application/http-bodies.ts'
import { http2 } from './application/http2.ts'
import { kafka } from './application/kafka.ts'
import { mysql } from './application/mysql.ts'
import { postgresql } from './application/postgresql.ts'
import { quic } from './application/quic.ts'
import { redis } from './application/redis.ts'
import { tls } from './application/tls.ts'
import { arp } from './link/arp.ts'
import { ethernet } from './link/ethernet.ts'
import { linuxSll } from './link/linux-sll.ts'
import { linuxSll2 } from './link/linux-sll2.ts'
import { llc } from './link/llc.ts'
import { mpls } from './link/mpls.ts'
import { nflog } from './link/nflog.ts'
import { nullLoopback } from './link/null-loopback.ts'
import { pktap } from './link/pktap.ts'
import { ppp } from './link/ppp.ts'
import { pppoeDiscovery, pppoeSession } from './link/pppoe.ts'
import { rawIp } from './link/raw-ip.ts'
import { serviceVlan, vlan } from './link/vlan.ts'
import { authenticationHeader } from './network/authentication-header.ts'
import { esp } from './network/esp.ts'
import { icmp } from './network/icmp.ts'
import { icmpv6 } from './network/icmpv6.ts'
import { igmp } from './network/igmp.ts'
import { ipv4 } from './network/ipv4.ts'
import { ipv6 } from './network/ipv6.ts'
import { ipv6Destination, ipv6Fragment, ipv6HopByHop } from './network/ipv6-extensions.ts'
import { ipv6Routing } from './network/ipv6-routing.ts'
import { sctp } from './transport/sctp.ts'
import { tcp } from './transport/tcp.ts'
import { udp } from './transport/udp.ts'
import { erspan } from './tunnel/erspan.ts'
import { geneve } from './tunnel/geneve.ts'
import { gre } from './tunnel/gre.ts'
import { gtp } from './tunnel/gtp.ts'
import { gue } from './tunnel/gue.ts'
import { nsh } from './tunnel/nsh.ts'
import { vxlan } from './tunnel/vxlan.ts'
import { vxlanGpe } from './tunnel/vxlan-gpe.ts'
import { wireguard } from './tunnel/wireguard.ts'

export const LAYERS: readonly Layer[] = [
  ethernet,
  vlan,
  serviceVlan,
  linuxSll,
  linuxSll2,
  nullLoopback,
  rawIp,
  arp,
  ipv4,
  ipv6,
  ipv6HopByHop,
  ipv6Routing,
  ipv6Fragment,
  ipv6Destination,
  icmp,
  icmpv6,
  udp,
  tcp,
  vxlan,
  geneve,
  // Tables of pairs keep a tunnel's number in six bits.
  vxlanGpe,
  gre,
  gtp,
  gue,
  ...DNS_LAYERS,
  http,
  ...HTTP_BODIES,
  tls,
  llc,
  mpls,
  ppp,
  nflog,
  pktap,
  pppoeDiscovery,
  pppoeSession,
  authenticationHeader,
  esp,
  igmp,
  sctp,
  erspan,
  wireguard,
  http2,
  redis,
  mysql,
  postgresql,
  kafka,
  quic,
  nsh,
  data,
]
