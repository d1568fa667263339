/** What a diagnosis says: findings, each with the packets that show it. */

/**
 * error: traffic is lost or cannot work; warning: something that should not be so; info: good to know, nothing is broken.
 * @example
 * ```js
 * import { diagnose } from 'ovl-dissect'
 *
 * const { findings } = await diagnose('vxlan.pcap')
 * console.log(findings.map(({ severity }) => severity)) // [ 'info' ]
 * ```
 */
export type Severity = 'error' | 'warning' | 'info'

/** The worst first. */
export const SEVERITIES: readonly Severity[] = ['error', 'warning', 'info']

/**
 * A packet that shows a finding.
 * @example
 * ```js
 * import { diagnose } from 'ovl-dissect'
 *
 * const [lost] = (await diagnose('multi-node.pcap')).findings
 * console.log(lost.evidence.map(({ frame }) => frame).join()) // 13,50,93,140,173,206,239,272,305
 * ```
 */
export interface Evidence {
  /** Frame number in its capture, from 1. */
  readonly frame: number
  /** The capture; undefined for bytes in memory. */
  readonly file?: string
  /** What is to be seen there. Not escaped. */
  readonly text: string
}

/**
 * What a finding's words and numbers are made of, for programs: addresses, names, counts.
 * @example
 * ```js
 * import { diagnose } from 'ovl-dissect'
 *
 * const [tooBig] = (await diagnose('vxlan-fragneeded.pcap')).findings
 * const { mtu, overhead, fits } = tooBig.values
 * console.log(mtu, overhead, fits) // 1400 50 1350
 * ```
 */
export type Values = Readonly<Record<string, string | number | boolean | readonly (string | number)[]>>

/**
 * Something that is wrong in a capture, or good to know of it, with the packets that show it.
 * @example
 * ```js
 * import { diagnose } from 'ovl-dissect'
 *
 * const [{ code, title, sentence }] = (await diagnose('native-noreply.pcap')).findings
 * console.log(code, title) // OVL101 TCP connection unanswered
 * console.log(sentence) // 172.20.0.106 → 172.20.2.26:80: none of 4 connections was answered (10 SYNs in all); all left by if2
 * ```
 */
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

/**
 * A kind of finding, as `explain` tells of it.
 * @example
 * ```js
 * import { FINDING_KINDS } from 'ovl-dissect'
 *
 * const [{ code, severity, title }] = FINDING_KINDS
 * console.log(code, severity, title) // OVL101 error TCP connection unanswered
 * ```
 */
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
