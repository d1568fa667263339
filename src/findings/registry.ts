/** All families of findings, one line each. */
import { checksums } from './checksums.ts'
import { configuration } from './configuration.ts'
import { damage } from './damage.ts'
import { directReturns } from './direct-return.ts'
import { dnsErrors } from './dns-errors.ts'
import { encrypted } from './encrypted.ts'
import type { FindingKind } from './finding.ts'
import { fragments } from './fragments.ts'
import { geneveOptions } from './geneve-options.ts'
import { icmpErrors } from './icmp-errors.ts'
import { identities } from './identities.ts'
import { lost } from './lost.ts'
import { misplacedEnds } from './misplaced-ends.ts'
import { mixedTunnelPorts } from './mixed-ports.ts'
import { offload } from './offload.ts'
import { portSpreads } from './port-spread.ts'
import { resets } from './resets.ts'
import { returnPaths } from './return-paths.ts'
import type { Family } from './scene.ts'
import { serviceLookups } from './service-lookups.ts'
import { tunnelChanges } from './tunnel-change.ts'
import { tunnelHeaders } from './tunnel-headers.ts'
import { unanswered } from './unanswered.ts'
import { unknownNodes } from './unknown-nodes.ts'
import { wayOut } from './way-out.ts'

export const FAMILIES: readonly Family[] = [
  wayOut,
  returnPaths,
  icmpErrors,
  fragments,
  offload,
  checksums,
  tunnelHeaders,
  geneveOptions,
  directReturns,
  mixedTunnelPorts,
  portSpreads,
  tunnelChanges,
  configuration,
  encrypted,
  unknownNodes,
  misplacedEnds,
  identities,
  // What others may explain comes after them.
  lost,
  unanswered,
  resets,
  dnsErrors,
  serviceLookups,
  damage,
]

/**
 * Every kind of finding, by its code.
 * @example
 * ```js
 * import { FINDING_KINDS } from 'ovl-dissect'
 *
 * console.log(FINDING_KINDS.find(({ code }) => code === 'OVL201').title) // lost between hops
 * ```
 */
export const FINDING_KINDS: readonly FindingKind[] = FAMILIES.flatMap(({ kinds }) => kinds).sort((a, b) =>
  a.code < b.code ? -1 : 1,
)

/** The kind with a code, in any spelling of letters; undefined if there is none. */
export function findingKind(code: string): FindingKind | undefined {
  const wanted = code.trim().toUpperCase()
  return FINDING_KINDS.find((kind) => kind.code === wanted)
}
