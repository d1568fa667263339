/**
 * Where we differ from tshark's stored answers on purpose, frame by frame, with the reason. Nothing else may differ.
 */
interface Difference {
  readonly capture: string
  readonly frames: readonly number[]
  readonly fields: readonly string[]
  readonly reason: string
}

const TLS_MIDDLE = {
  fields: ['frame.protocols', '_ws.col.Protocol', '_ws.col.Info'],
  reason:
    'one and the same segment, from the middle of a TLS record: its first four bytes happen to be printable, so tshark takes ' +
    'it for plain text and shows TCP with data; the connection is TLS all the same',
}

const OUTER_FRAGMENT = {
  fields: ['icmp.checksum.status'],
  reason:
    'the inner packet goes on in another outer fragment, so its checksum cannot be verified; tshark takes what is in this ' +
    'fragment for the whole message and calls the checksum bad',
}

const CUT_HEADER =
  'the snap length cuts this header; tshark gives up on all of it, we show the fields that are wholly captured'

export const ON_PURPOSE: readonly Difference[] = [
  {
    capture: 'encapsulations.pcap',
    frames: [15],
    fields: ['frame.protocols'],
    reason: 'tshark reads a whole stack of labels in one layer, we have a layer for each label',
  },
  {
    capture: 'encapsulations.pcap',
    frames: [22, 23, 24, 25, 26, 27, 28],
    fields: ['frame.protocols'],
    reason: 'tshark lists IGMP twice, once for its version',
  },
  {
    capture: 'encapsulations.pcap',
    frames: [34, 35, 36],
    fields: ['frame.protocols'],
    reason: 'tshark does not list VXLAN with a next protocol among the layers, though it shows its fields',
  },
  {
    capture: 'headers.pcap',
    frames: [10, 11, 12, 13],
    fields: ['_ws.col.Protocol'],
    reason: 'tshark puts GTP around the name of what is inside; a row here names what is inside, as for every tunnel',
  },
  {
    capture: 'applications.pcap',
    frames: [1],
    fields: ['frame.protocols', '_ws.col.Protocol', '_ws.col.Info'],
    reason: 'tshark looks for HTTP/2 on ports of HTTP alone; its first bytes leave no doubt on any',
  },
  {
    capture: 'applications.pcap',
    frames: [11, 12, 16, 25],
    fields: ['frame.protocols', '_ws.col.Protocol', '_ws.col.Info'],
    reason:
      'these applications are named, not opened: no database of a login, no answer of one byte, no packet number that has to be deciphered',
  },
  {
    capture: 'big-tcp.pcap',
    frames: [1],
    fields: ['ip.len'],
    reason: 'a total length of 0 stays 0, as it was captured; tshark puts in what it presumes, the length of the frame',
  },
  {
    capture: 'nflog.pcap',
    frames: [3],
    fields: ['_ws.col.Protocol', '_ws.col.Info'],
    reason: 'a frame that a bridge logged; tshark takes whatever is not IPv4 for IPv6, whose version is then wrong',
  },
  {
    capture: 'pktap.pcap',
    frames: [1, 2, 3],
    fields: ['frame.protocols'],
    reason: "tshark lists a layer of its own for what comes behind pktap's header; it has no bytes and no fields",
  },
  { capture: 'sections.pcapng', frames: [4], fields: ['eth.dst'], reason: CUT_HEADER },
  { capture: 'simple.pcapng', frames: [5, 6, 7, 8, 9], fields: ['tcp.seq_raw', 'tcp.ack_raw'], reason: CUT_HEADER },
  { capture: 'vxlan-mtu.pcap', frames: [1, 2, 5, 6], ...OUTER_FRAGMENT },
  { capture: 'vxlan-mtu-portfilter.pcap', frames: [1, 2, 3, 4], ...OUTER_FRAGMENT },
  { capture: 'multi-node-ctr.pcap', frames: [99], ...TLS_MIDDLE },
  { capture: 'multi-node-w0.pcap', frames: [63], ...TLS_MIDDLE },
  { capture: 'multi-node.pcap', frames: [167, 168], ...TLS_MIDDLE },
  { capture: 'node-ctr-any.pcap', frames: [229], ...TLS_MIDDLE },
]

/** What tshark 4.0 knows nothing of: there it shows UDP. test/layers/tunnel/gue.test.ts says what we show. */
const UNKNOWN_TO_TSHARK = 'gue.pcap'

export function onPurpose(capture: string, frame: number, field: string): boolean {
  if (capture === UNKNOWN_TO_TSHARK) return true
  return ON_PURPOSE.some((one) => one.capture === capture && one.fields.includes(field) && one.frames.includes(frame))
}

/** Display filters that select other frames than tshark's, with the reason. */
interface FilterDifference {
  /** Undefined: wherever it shows. */
  readonly captures?: readonly string[]
  readonly filters: readonly string[]
  readonly reason: string
}

export const FILTERS_ON_PURPOSE: readonly FilterDifference[] = [
  { captures: ['made/sections.pcapng'], filters: ['eth#2'], reason: CUT_HEADER },
  {
    captures: ['made/corners.pcapng'],
    filters: ['len(ip) == 20'],
    reason: `${CUT_HEADER} (20 bytes long to tshark all the same)`,
  },
  {
    captures: ['made/applications.pcap'],
    filters: [
      ...['http', 'data', 'http || dns || icmp', 'frame.protocols contains "http"', 'icmp || tcp && http'],
      'http && tcp || icmp',
    ],
    reason:
      'HTTP/2 on a port of HTTP: tshark lists HTTP among the protocols, and does not find it; and on another port it sees none. An answer ' +
      'of one byte is data to us',
  },
  {
    captures: ['made/big-tcp.pcap'],
    filters: ['ip.len > 200'],
    reason: 'a total length of 0 stays 0, as it was captured; tshark puts in the length of the frame',
  },
  {
    captures: ['made/nflog.pcap'],
    filters: ['ipv6'],
    reason: 'a frame that a bridge logged; tshark takes whatever is not IPv4 for IPv6',
  },
  {
    captures: ['made/nflog-be.pcap'],
    filters: ['frame[4] > 00'],
    reason:
      "tshark turns the attributes' heads round to its own machine's byte order before it shows them; we leave bytes as they are",
  },
  { captures: ['made/simple.pcapng'], filters: ['tcp.seq_raw > 2147483648'], reason: CUT_HEADER },
  {
    captures: ['multi-node-ctr.pcap', 'multi-node-w0.pcap', 'multi-node.pcap', 'node-ctr-any.pcap'],
    filters: ['tls', 'data', 'data.len > 40', 'len(data.data) > 100'],
    reason: TLS_MIDDLE.reason,
  },
  {
    captures: ['vxlan-mtu.pcap', 'vxlan-mtu-portfilter.pcap'],
    filters: ['icmp.checksum.status != Bad'],
    reason: OUTER_FRAGMENT.reason,
  },
  {
    captures: ['made/fcs.pcap'],
    filters: ['icmp.checksum.status == Good', 'icmp.checksum.status != Bad'],
    reason:
      'the file says that frames end with a checksum of two bytes; tshark takes the last bytes of the packet for it and ' +
      'then misses them inside, we leave a packet what its own lengths give it',
  },
  {
    filters: ['udp.checksum.status == "Not present"'],
    reason:
      'over IPv6 tshark calls a UDP checksum of 0 illegal (status 4); RFC 6935 allows it for tunnels, and for us it is ' +
      'not present',
  },
  {
    filters: ['http.time > 0.001'],
    reason:
      'where a capture holds each packet twice, tshark pairs the first copy of an answer with the second copy of its ' +
      'request, and the second copy of the answer with nothing; with us each copy has its own',
  },
]

export function filterOnPurpose(capture: string, filter: string): boolean {
  if (capture === `made/${UNKNOWN_TO_TSHARK}`) return true
  return FILTERS_ON_PURPOSE.some((one) => (one.captures?.includes(capture) ?? true) && one.filters.includes(filter))
}
