/** The flags of TCP. RFC 9293 section 3.1; accurate ECN RFC 9768. */

export const Flag = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16, urg: 32, ece: 64, cwr: 128, ae: 256 } as const

/** Names in the order of the bits, lowest first; headings and Info go by it. */
const FLAG_NAMES: readonly (readonly [number, string])[] = [
  [Flag.fin, 'FIN'],
  [Flag.syn, 'SYN'],
  [Flag.rst, 'RST'],
  [Flag.psh, 'PSH'],
  [Flag.ack, 'ACK'],
  [Flag.urg, 'URG'],
  [Flag.ece, 'ECE'],
  [Flag.cwr, 'CWR'],
  [Flag.ae, 'AE'],
]

/** `SYN`, `ACK`: the flags that are set. */
export const flagNames = (value: number) => FLAG_NAMES.filter(([mask]) => (value & mask) !== 0).map(([, name]) => name)
