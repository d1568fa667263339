/** How each part looks: dark, light, and without colours. Numbers are those of the terminal's palette. */

export interface Look {
  /** 0 to 15, or up to 255 on terminals with 256 colours; undefined: the terminal's own. */
  readonly color?: number
  readonly bgColor?: number
  readonly bold?: true
  readonly dim?: true
  readonly inverse?: true
  readonly underline?: true
}

/** What a part of the screen is. Packets are coloured as Wireshark does by default. */
export const ROLES = [
  'plain',
  'bar',
  'bar-name',
  'bar-dim',
  'rule',
  'rule-focused',
  'header',
  'selected',
  'selected-unfocused',
  'tcp',
  'handshake',
  'reset',
  'http',
  'udp',
  'icmp',
  'arp',
  'malformed',
  'other',
  'copy',
  'outer',
  'tunnel',
  'inner',
  'outer-lit',
  'tunnel-lit',
  'inner-lit',
  'cursor',
  'good',
  'bad',
  'hint',
  'box',
  'box-title',
  'box-selected',
  'key',
  'found',
] as const
export type Role = (typeof ROLES)[number]

export type ThemeName = 'dark' | 'light' | 'none'
export const THEMES: readonly ThemeName[] = ['dark', 'light', 'none']
type Theme = Readonly<Record<Role, Look>>

const NONE: Theme = {
  plain: {},
  bar: { inverse: true },
  'bar-name': { inverse: true, bold: true },
  'bar-dim': { inverse: true },
  rule: { dim: true },
  'rule-focused': { bold: true },
  header: { bold: true },
  selected: { inverse: true },
  'selected-unfocused': { underline: true },
  tcp: {},
  handshake: {},
  reset: { bold: true },
  http: {},
  udp: {},
  icmp: {},
  arp: {},
  malformed: { bold: true },
  other: {},
  copy: { dim: true },
  outer: {},
  tunnel: { bold: true },
  inner: {},
  'outer-lit': { inverse: true },
  'tunnel-lit': { inverse: true, bold: true },
  'inner-lit': { inverse: true },
  cursor: { inverse: true, underline: true },
  good: {},
  bad: { bold: true, underline: true },
  hint: { dim: true },
  box: {},
  'box-title': { bold: true },
  'box-selected': { inverse: true },
  key: { bold: true },
  found: { underline: true },
}

const DARK: Theme = {
  ...NONE,
  bar: { color: 255, bgColor: 238 },
  'bar-name': { color: 255, bgColor: 238, bold: true },
  'bar-dim': { color: 250, bgColor: 238 },
  rule: { color: 240 },
  'rule-focused': { color: 75, bold: true },
  header: { color: 250, bold: true },
  selected: { color: 255, bgColor: 25, bold: true },
  'selected-unfocused': { color: 255, bgColor: 239 },
  tcp: { color: 189 },
  handshake: { color: 248 },
  reset: { color: 229, bgColor: 124 },
  http: { color: 157 },
  udp: { color: 117 },
  icmp: { color: 219 },
  arp: { color: 223 },
  malformed: { color: 203, bgColor: 233 },
  other: { color: 252 },
  copy: { color: 242 },
  outer: { color: 110 },
  tunnel: { color: 215 },
  inner: { color: 151 },
  'outer-lit': { color: 16, bgColor: 110 },
  'tunnel-lit': { color: 16, bgColor: 215 },
  'inner-lit': { color: 16, bgColor: 151 },
  cursor: { color: 16, bgColor: 231, bold: true },
  good: { color: 255, bgColor: 22 },
  bad: { color: 255, bgColor: 88 },
  hint: { color: 244 },
  box: { color: 252, bgColor: 236 },
  'box-title': { color: 255, bgColor: 236, bold: true },
  'box-selected': { color: 255, bgColor: 25, bold: true },
  key: { color: 215, bgColor: 236, bold: true },
  found: { color: 16, bgColor: 221 },
}

/** Wireshark's own default backgrounds. */
const LIGHT: Theme = {
  ...DARK,
  bar: { color: 16, bgColor: 252 },
  'bar-name': { color: 16, bgColor: 252, bold: true },
  'bar-dim': { color: 240, bgColor: 252 },
  rule: { color: 247 },
  'rule-focused': { color: 25, bold: true },
  header: { color: 238, bold: true },
  selected: { color: 231, bgColor: 25, bold: true },
  'selected-unfocused': { color: 16, bgColor: 250 },
  tcp: { color: 16, bgColor: 189 },
  handshake: { color: 16, bgColor: 248 },
  http: { color: 16, bgColor: 193 },
  udp: { color: 16, bgColor: 195 },
  icmp: { color: 16, bgColor: 225 },
  arp: { color: 16, bgColor: 230 },
  other: { color: 16 },
  copy: { color: 247 },
  outer: { color: 25 },
  tunnel: { color: 130 },
  inner: { color: 28 },
  'outer-lit': { color: 231, bgColor: 25 },
  'tunnel-lit': { color: 231, bgColor: 130 },
  'inner-lit': { color: 231, bgColor: 28 },
  cursor: { color: 231, bgColor: 16, bold: true },
  good: { color: 16, bgColor: 157 },
  bad: { color: 16, bgColor: 217 },
  hint: { color: 243 },
  box: { color: 16, bgColor: 255 },
  'box-title': { color: 16, bgColor: 255, bold: true },
  key: { color: 130, bgColor: 255, bold: true },
}

/** Of a theme for terminals with sixteen colours: those of 256 that are near enough, the rest by hand. */
const DARK_SIXTEEN: Partial<Theme> = {
  bar: { color: 15, bgColor: 4 },
  'bar-name': { color: 15, bgColor: 4, bold: true },
  'bar-dim': { color: 7, bgColor: 4 },
  rule: { color: 8 },
  'rule-focused': { color: 14, bold: true },
  header: { bold: true },
  selected: { inverse: true, bold: true },
  'selected-unfocused': { underline: true },
  tcp: {},
  handshake: { color: 7 },
  reset: { color: 15, bgColor: 1 },
  http: { color: 10 },
  udp: { color: 14 },
  icmp: { color: 13 },
  arp: { color: 11 },
  malformed: { color: 9 },
  other: {},
  copy: { color: 8 },
  outer: { color: 12 },
  tunnel: { color: 11 },
  inner: { color: 10 },
  'outer-lit': { color: 0, bgColor: 12 },
  'tunnel-lit': { color: 0, bgColor: 11 },
  'inner-lit': { color: 0, bgColor: 10 },
  cursor: { inverse: true, bold: true },
  good: { color: 15, bgColor: 2 },
  bad: { color: 15, bgColor: 1 },
  hint: { color: 8 },
  box: {},
  'box-title': { bold: true },
  'box-selected': { inverse: true, bold: true },
  key: { color: 11, bold: true },
  found: { color: 0, bgColor: 11 },
}

const LIGHT_SIXTEEN: Partial<Theme> = {
  ...DARK_SIXTEEN,
  http: { color: 2 },
  udp: { color: 6 },
  icmp: { color: 5 },
  arp: { color: 3 },
  outer: { color: 4 },
  tunnel: { color: 3 },
  inner: { color: 2 },
  'outer-lit': { color: 15, bgColor: 4 },
  'tunnel-lit': { color: 15, bgColor: 3 },
  'inner-lit': { color: 15, bgColor: 2 },
  key: { color: 3, bold: true },
}

/** How a terminal with so many colours shows `role`. */
export function lookOf(role: Role, theme: ThemeName, colors: 16 | 256): Look {
  if (theme === 'none') return NONE[role]
  if (colors === 256) return (theme === 'dark' ? DARK : LIGHT)[role]
  return (theme === 'dark' ? DARK_SIXTEEN : LIGHT_SIXTEEN)[role] ?? NONE[role]
}
