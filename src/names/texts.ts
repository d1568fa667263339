/** Lists that are plain text, by what stands in them. One text may hold several. */
import { stripVTControlCharacters } from 'node:util'
import type { Fact } from './facts.ts'
import { endpointListFacts, isEndpointListText, isStatusText, statusFacts } from './lists/agent-text.ts'
import { hostFacts, isHosts } from './lists/hosts.ts'
import { identityListFacts, isIdentityListText } from './lists/identity-list.ts'
import { ipcacheFacts, ipListFacts, isIpcacheText, isIpListText } from './lists/ipcache.ts'
import { isKubectlTable, isNarrowTable, kubectlTableFacts } from './lists/kubectl-table.ts'
import { isServiceListText, serviceListFacts } from './lists/service-list.ts'
import type { Understood } from './objects.ts'
import { reservedNumber } from './reserved-identities.ts'

interface TextList {
  readonly what: string
  readonly is: (text: string) => boolean
  readonly facts: (text: string) => Fact[]
}

const LISTS: readonly TextList[] = [
  { what: 'ipcache', is: isIpcacheText, facts: ipcacheFacts },
  { what: 'identity list', is: isIdentityListText, facts: identityListFacts },
  { what: 'IP list', is: isIpListText, facts: (text) => ipListFacts(text, reservedNumber) },
  { what: 'endpoint list', is: isEndpointListText, facts: endpointListFacts },
  { what: 'service list', is: isServiceListText, facts: serviceListFacts },
  { what: 'status', is: isStatusText, facts: statusFacts },
  { what: 'kubectl table', is: isKubectlTable, facts: kubectlTableFacts },
]

/** Lists that are known to hold no names, and what to give instead. */
const OF_NO_USE: readonly { readonly is: (text: string) => boolean; readonly hint: string }[] = [
  {
    is: (text) => /^\d+:\s+\S+: <|^\S+\s+(UP|DOWN|UNKNOWN)\s/m.test(text),
    hint: 'these are interfaces of one machine: give them with --links, if it is the one that captured',
  },
  {
    is: (text) => /^(default|\S+\/\d+) (via|dev) /m.test(text),
    hint: 'these are routes of one machine: give them with --links, if it is the one that captured',
  },
  {
    is: (text) => /^(TCP|UDP|ICMP|ICMPv6) (IN|OUT) \S+ -> |XLATE_(SRC|DST)/m.test(text),
    hint: 'these are connections, not names. Give the output of: cilium-dbg bpf ipcache list',
  },
  {
    is: (text) => /^Key\s+Value\s+State\s+Error/m.test(text) || /^(Revnat|\[?\S+\]?:\d+, \d+ ->)/m.test(text),
    hint: 'this is a raw map. Give the output of: cilium-dbg bpf ipcache list',
  },
  {
    is: isNarrowTable,
    hint: 'this table has no addresses. Give the same with -o json, or with -o wide',
  },
]

/** Everything that a text says; empty if it is no list that is known. */
export function understandText(coloured: string): Understood[] {
  const text = stripVTControlCharacters(coloured).replaceAll('\r', '')
  const found = LISTS.filter((list) => list.is(text)).map(({ what, facts }) => ({ what, facts: facts(text) }))
  if (found.length > 0) return found
  return isHosts(text) ? [{ what: 'hosts', facts: hostFacts(text) }] : []
}

/** Why a text that is no list is none; undefined: it is of no known kind. */
export function textHint(coloured: string): string | undefined {
  const text = stripVTControlCharacters(coloured)
  return OF_NO_USE.find((list) => list.is(text))?.hint
}
