/** How many colours a terminal has, by what it says: COLORTERM, terminfo, and what Node knows of those that are in neither. */
import type { Depth } from '../theme.ts'
import { type TerminfoColors, terminfoColors } from './terminfo.ts'

/** Node's names for what it asks. */
type Environment = Readonly<Record<string, string | undefined>>

const TRUE = 1 << 24

/**
 * Undefined: it has no colours, or nobody wants them (NO_COLOR, https://no-color.org).
 * `bits`: what Node's `getColorDepth` answers to the same environment.
 */
export function colorDepth(
  environment: Environment,
  bits: (environment: Environment) => number,
  known: (name: string) => TerminfoColors | undefined = terminfoColors,
): Depth | undefined {
  const { TERM = '', COLORTERM = '', STY, NO_COLOR, FORCE_COLOR } = environment
  if (FORCE_COLOR !== undefined) return byBits(bits(environment))
  if ((NO_COLOR !== undefined && NO_COLOR !== '') || TERM === 'dumb') return undefined
  // GNU screen hands on what its terminal says, but does not understand it.
  if (/^(truecolor|24bit)$/i.test(COLORTERM) && STY === undefined) return 'true'
  const entry = known(TERM)
  const own = byBits(bits(environment))
  if (entry === undefined) return own
  if (entry.isDirect || entry.colors >= TRUE) return 'true'
  if (entry.colors >= 256) return 256
  // A database may be older than the terminal: Node knows some by the name of their program.
  if (entry.colors >= 8) return own === undefined || own === 16 || STY !== undefined ? 16 : own
  return undefined
}

function byBits(bits: number): Depth | undefined {
  if (bits >= 24) return 'true'
  if (bits >= 8) return 256
  return bits > 1 ? 16 : undefined
}
