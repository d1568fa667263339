/**
 * A condition and what is known of its answer before other packets have been asked: many packets of a large file can be
 * passed over because of their headers alone.
 */
import type { Dissection } from '../packet/dissection.ts'

export type Matcher = (packet: Dissection) => boolean

export interface Judgement {
  readonly matches: Matcher
  /** Says no only where `matches` would, whatever other packets tell; undefined: it cannot say no. */
  readonly mayMatch: Matcher | undefined
  /** Says yes only where `matches` would, whatever other packets tell; undefined: it cannot say yes. */
  readonly mustMatch: Matcher | undefined
  /**
   * Numbers of the applications' layers of which one has to be in a packet that matches; undefined: it may be any packet.
   */
  readonly applications: ReadonlySet<number> | undefined
}

/** What depends on headers alone is known from the start. */
export function known(matches: Matcher): Judgement {
  return { matches, mayMatch: matches, mustMatch: matches, applications: undefined }
}

/** What depends on more. */
export function unknown(matches: Matcher, applications: ReadonlySet<number> | undefined): Judgement {
  return { matches, mayMatch: undefined, mustMatch: undefined, applications }
}

export function all(parts: readonly Judgement[]): Judgement {
  const may = parts.flatMap(({ mayMatch }) => mayMatch ?? [])
  const must = parts.flatMap(({ mustMatch }) => mustMatch ?? [])
  return {
    matches: both(parts.map(({ matches }) => matches)),
    mayMatch: may.length === 0 ? undefined : both(may),
    mustMatch: must.length < parts.length ? undefined : both(must),
    applications: parts.find(({ applications }) => applications !== undefined)?.applications,
  }
}

export function any(parts: readonly Judgement[]): Judgement {
  const may = parts.flatMap(({ mayMatch }) => mayMatch ?? [])
  const must = parts.flatMap(({ mustMatch }) => mustMatch ?? [])
  const applications = parts.flatMap((part) => part.applications ?? [])
  return {
    matches: either(parts.map(({ matches }) => matches)),
    mayMatch: may.length < parts.length ? undefined : either(may),
    mustMatch: must.length === 0 ? undefined : either(must),
    applications:
      applications.length < parts.length ? undefined : new Set(applications.flatMap((numbers) => [...numbers])),
  }
}

/** An odd number of them. */
export function odd(parts: readonly Judgement[]): Judgement {
  const matches: Matcher = (packet) => parts.reduce((is, part) => part.matches(packet) !== is, false)
  return parts.every((part) => part.mayMatch === part.matches) ? known(matches) : unknown(matches, undefined)
}

export function not({ matches, mayMatch, mustMatch }: Judgement): Judgement {
  const negated: Matcher = (packet) => !matches(packet)
  if (mayMatch === matches) return known(negated)
  return {
    matches: negated,
    mayMatch: mustMatch && ((packet) => !mustMatch(packet)),
    mustMatch: mayMatch && ((packet) => !mayMatch(packet)),
    applications: undefined,
  }
}

function both(parts: readonly Matcher[]): Matcher {
  const [first, second] = parts as [Matcher, Matcher]
  if (parts.length === 1) return first
  return parts.length === 2
    ? (packet) => first(packet) && second(packet)
    : (packet) => parts.every((part) => part(packet))
}

export function either(parts: readonly Matcher[]): Matcher {
  const [first, second] = parts as [Matcher, Matcher]
  if (parts.length === 1) return first
  return parts.length === 2
    ? (packet) => first(packet) || second(packet)
    : (packet) => parts.some((part) => part(packet))
}
