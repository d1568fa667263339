/**
 * Colours of terminals that have them all; what is missing is as in 256. In the light theme packets have the backgrounds of
 * Wireshark's default colouring rules, in the dark one their hues as text.
 */
import type { Theme } from './theme.ts'

/** Of Wireshark's rules: its dark ink, TCP RST, what is bad, ICMP errors. */
const INK = '#12272e'
const RESET = { color: '#fffc9c', bgColor: '#a40000' } as const
const BAD = { color: '#f78787', bgColor: INK } as const
const ICMP_ERROR = { color: '#b7f774', bgColor: INK } as const

export const DARK_TRUE: Partial<Theme> = {
  bar: { color: '#eef1f5', bgColor: '#3a4452' },
  'bar-name': { color: '#ffffff', bgColor: '#3a4452', bold: true },
  'bar-dim': { color: '#b4bcc8', bgColor: '#3a4452' },
  rule: { color: '#566070' },
  'rule-focused': { color: '#66b2ff', bold: true },
  selected: { color: '#ffffff', bgColor: '#1f5ea8', bold: true },
  'selected-unfocused': { color: '#ffffff', bgColor: '#4a5360' },
  tcp: { color: '#d2d0ff' },
  handshake: { color: '#a0a0a0' },
  reset: RESET,
  http: { color: '#c8f79c' },
  udp: { color: '#a6d8ff' },
  icmp: { color: '#f2b9ff' },
  'icmp-error': ICMP_ERROR,
  arp: { color: '#f5e3ac' },
  malformed: BAD,
  copy: { color: '#707884' },
  outer: { color: '#82b4ea' },
  tunnel: { color: '#f5b562' },
  inner: { color: '#a3d9a5' },
  'outer-lit': { color: INK, bgColor: '#82b4ea' },
  'tunnel-lit': { color: INK, bgColor: '#f5b562' },
  'inner-lit': { color: INK, bgColor: '#a3d9a5' },
}

export const LIGHT_TRUE: Partial<Theme> = {
  tcp: { color: INK, bgColor: '#e7e6ff' },
  handshake: { color: INK, bgColor: '#a0a0a0' },
  reset: RESET,
  http: { color: INK, bgColor: '#e4ffc7' },
  udp: { color: INK, bgColor: '#daeeff' },
  icmp: { color: INK, bgColor: '#fce0ff' },
  'icmp-error': ICMP_ERROR,
  arp: { color: INK, bgColor: '#faf0d7' },
  malformed: BAD,
}
