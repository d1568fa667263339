/** What a diagnosis says: findings, each with the packets that show it. */

export const SEVERITIES = ['error', 'warning', 'info'] as const
/** error: traffic is lost or cannot work; warning: something that should not be so; info: good to know, nothing is broken. */
export type Severity = (typeof SEVERITIES)[number]

/** A packet that shows a finding. */
export interface Evidence {
  /** Frame number in its capture, from 1. */
  readonly frame: number
  /** The capture; undefined for bytes in memory. */
  readonly file?: string
  /** What is to be seen there. Not escaped. */
  readonly text: string
}

/** What a finding's words and numbers are made of, for programs: addresses, names, counts. */
export type Values = Readonly<Record<string, string | number | boolean | readonly (string | number)[]>>

export interface Finding {
  /** `OVL101`; it never changes its meaning. */
  readonly code: string
  readonly severity: Severity
  /** The kind of finding, in a few words. */
  readonly title: string
  /** What happened here, in one sentence. Names come from lists and packets and are not escaped; likewise below. */
  readonly sentence: string
  /** Why, as far as a capture can tell: never certain. */
  readonly likely: string
  /** What to look at next, a command or a place each. */
  readonly next: readonly string[]
  /** Packets that it is about; copies that further interfaces saw are not counted. */
  readonly packets: number
  /** The first of them, at most 100. */
  readonly evidence: readonly Evidence[]
  readonly values: Values
}

/** A kind of finding, as `explain` tells of it. */
export interface FindingKind {
  readonly code: string
  readonly title: string
  /** The worst that it can be. */
  readonly severity: Severity
  /** What it means, and how it is told from what is healthy. */
  readonly meaning: string
  readonly likely: string
  readonly next: readonly string[]
}

/** The worst first. */
export function compareSeverities(a: Severity, b: Severity): number {
  return SEVERITIES.indexOf(a) - SEVERITIES.indexOf(b)
}

/** Whether `severity` is `least` or worse. */
export function isAtLeast(severity: Severity, least: Severity): boolean {
  return SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(least)
}
