/** How each part of the screen looks: dark, light, and without colours, with as many colours as the terminal has. */
import { DARK_SIXTEEN, LIGHT_SIXTEEN } from './theme-16.ts'
import { DARK, LIGHT } from './theme-256.ts'
import { NONE } from './theme-none.ts'
import { DARK_TRUE, LIGHT_TRUE } from './theme-true.ts'

/** A number of the terminal's palette, 0 to 15 or up to 255; `#rrggbb` where it has true colours. */
export type Color = number | `#${string}`

export interface Look {
  /** Undefined: the terminal's own. */
  readonly color?: Color
  readonly bgColor?: Color
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
  'icmp-error',
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
  'client',
  'server',
] as const
export type Role = (typeof ROLES)[number]

export type ThemeName = 'dark' | 'light' | 'none'
export const THEMES: readonly ThemeName[] = ['dark', 'light', 'none']
export type Theme = Readonly<Record<Role, Look>>

/** How many colours a terminal has: 16, 256, or all. */
export type Depth = 16 | 256 | 'true'

/** How a terminal with so many colours shows `role`. */
export function lookOf(role: Role, theme: ThemeName, depth: Depth): Look {
  if (theme === 'none') return NONE[role]
  const isDark = theme === 'dark'
  if (depth === 16) return (isDark ? DARK_SIXTEEN : LIGHT_SIXTEEN)[role] ?? NONE[role]
  const look = (isDark ? DARK : LIGHT)[role]
  return depth === 256 ? look : { ...look, ...(isDark ? DARK_TRUE : LIGHT_TRUE)[role] }
}
