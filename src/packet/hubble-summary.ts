/** What Hubble says of a packet in one line: flags of TCP, names of ICMP messages. */
import type { Transport } from './sides.ts'

/** Hubble's order. */
const FLAGS = ['SYN', 'ACK', 'RST', 'FIN', 'PSH', 'URG', 'ECE', 'CWR', 'AE']

/** Undefined without a transport header. */
export function transportSummary(transport: Transport | undefined): string | undefined {
  if (transport === undefined) return undefined
  switch (transport.protocol) {
    case 'tcp': {
      const set = FLAGS.filter((flag) => transport.flags.includes(flag)).map((flag) => (flag === 'AE' ? 'NS' : flag))
      return `TCP Flags: ${set.join(', ')}`
    }
    case 'udp':
      return 'UDP'
    case 'icmp':
      return `ICMPv4 ${messageName(ICMP, transport)}`
    case 'icmpv6':
      return `ICMPv6 ${messageName(ICMPV6, transport)}`
  }
}

/** A type's name and, where it has codes, theirs. */
type Messages = Readonly<Record<number, readonly [name: string, codes?: readonly string[]]>>

/** `EchoRequest`, `DestinationUnreachable(FragmentationNeeded)`, `EchoReply(Code: 1)`, `200(3)`. */
function messageName(messages: Messages, { type, code }: { readonly type: number; readonly code: number }): string {
  const known = messages[type]
  if (known === undefined) return `${type}(${code})`
  const [name, codes] = known
  if (codes === undefined) return code === 0 ? name : `${name}(Code: ${code})`
  return `${name}(${codes[code] ?? `Code: ${code}`})`
}

/** The words of gopacket, which Hubble takes its own from; numbers of RFC 792, RFC 1122 and RFC 1812. */
const ICMP: Messages = {
  0: ['EchoReply'],
  3: [
    'DestinationUnreachable',
    [
      'Net',
      'Host',
      'Protocol',
      'Port',
      'FragmentationNeeded',
      'SourceRoutingFailed',
      'NetUnknown',
      'HostUnknown',
      'SourceIsolated',
      'NetAdminProhibited',
      'HostAdminProhibited',
      'NetTOS',
      'HostTOS',
      'CommAdminProhibited',
      'HostPrecedence',
      'PrecedenceCutoff',
    ],
  ],
  4: ['SourceQuench'],
  5: ['Redirect', ['Net', 'Host', 'TOS+Net', 'TOS+Host']],
  8: ['EchoRequest'],
  9: ['RouterAdvertisement'],
  10: ['RouterSolicitation'],
  11: ['TimeExceeded', ['TTLExceeded', 'FragmentReassemblyTimeExceeded']],
  12: ['ParameterProblem', ['PointerIndicatesError', 'MissingOption', 'BadLength']],
  13: ['TimestampRequest'],
  14: ['TimestampReply'],
}

/** RFC 4443 and RFC 4861. */
const ICMPV6: Messages = {
  1: [
    'DestinationUnreachable',
    [
      'NoRouteToDst',
      'AdminProhibited',
      'BeyondScopeOfSrc',
      'AddressUnreachable',
      'PortUnreachable',
      'SrcAddressFailedPolicy',
      'RejectRouteToDst',
    ],
  ],
  2: ['PacketTooBig'],
  3: ['TimeExceeded', ['HopLimitExceeded', 'FragmentReassemblyTimeExceeded']],
  4: ['ParameterProblem', ['ErroneousHeaderField', 'UnrecognizedNextHeader', 'UnrecognizedIPv6Option']],
  128: ['EchoRequest'],
  129: ['EchoReply'],
  133: ['RouterSolicitation'],
  134: ['RouterAdvertisement'],
  135: ['NeighborSolicitation'],
  136: ['NeighborAdvertisement'],
  137: ['Redirect'],
}
