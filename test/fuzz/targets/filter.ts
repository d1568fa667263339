/** Display filters: of headers and of everything, asked of the frame alone and of the packet. */
import { compileFilter } from '../../../src/filter/compile-filter.ts'
import { hold, type Target } from '../target.ts'

const HEADERS = [
  'inner.ip.src == 172.20.0.158 && outer.ip.dst == 192.168.20.100',
  'vni == 3258 || tcp.port in {80, 8000..8080}',
  'eth.src[0:3] == 08:00:27 or ip.ttl < 64 or ipv6',
  'any tcp.flags != 0 && udp.length > 8',
].map((text) => compileFilter(text))
const CONTENT = [
  'http.request.uri matches "^/(a|b)*$" or http.host contains "pod"',
  'dns.qry.name matches "cluster" and count(dns.resp.name) > 1',
  'geneve.options or tcp.options.mss_val > 1000 or frame contains 0a:0b',
  'upper(tls.handshake.extensions_server_name) == "TLS-ECHO" xor icmp',
].map((text) => compileFilter(text))

export const filter: Target = {
  name: 'filter',
  packet(packet, { record, walk }) {
    for (const one of HEADERS) {
      const says = one.matchesFrame(record, walk)
      hold(packet.matches(one) === says, `${one.text}: ${says} of the frame, not of the packet`)
    }
    for (const one of CONTENT) packet.matches(one)
  },
}
