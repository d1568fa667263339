/**
 * `cilium-dbg bpf ipcache list` as text and `-o json`: prefix, identity and tunnel endpoint, as one agent sees them;
 * and `cilium-dbg ip list`, which knows names of pods too.
 */
import type { CacheFact, Fact } from '../facts.ts'
import { at, numberAt, textAt, type Unknown } from '../unknown.ts'
import { linesOf } from './lines.ts'

/** `172.20.0.158/32   identity=3258 encryptkey=0 tunnelendpoint=0.0.0.0 flags=<none>`. */
const ROW = /^\s*(\S+\/\d{1,3})\s+(identity=.*)$/

export const isIpcacheText = (text: string) => /^[ \t]*\S+\/\d{1,3}\s+identity=\d+/m.test(text)

export function ipcacheFacts(text: string): Fact[] {
  const facts: Fact[] = []
  for (const line of linesOf(text)) {
    const found = ROW.exec(line)
    const fact = found === null ? undefined : rowFact(found[1] as string, found[2] as string)
    if (fact !== undefined) facts.push(fact)
  }
  return facts
}

/** `{"172.20.0.158/32": ["identity=3258 encryptkey=0 …"]}`. */
export function isIpcacheObject(object: Unknown): boolean {
  const [first] = Object.entries(object)
  return first !== undefined && /^\S+\/\d{1,3}$/.test(first[0]) && /^identity=\d+/.test(wordsOf(first[1]))
}

export function ipcacheObjectFacts(object: Unknown): Fact[] {
  return Object.entries(object).flatMap(([prefix, value]) => rowFact(prefix, wordsOf(value)) ?? [])
}

const wordsOf = (value: unknown) => (Array.isArray(value) ? String(value[0]) : String(value))

function rowFact(prefix: string, words: string): CacheFact | undefined {
  const identity = /\bidentity=(\d+)/.exec(words)?.[1]
  if (identity === undefined) return undefined
  const endpoint = /\btunnelendpoint=(\S+)/.exec(words)?.[1]
  const isDirect = endpoint === '0.0.0.0' || endpoint === '::'
  return cacheFact(prefix, Number(identity), isDirect ? undefined : endpoint, isDirect)
}

function cacheFact(prefix: string, identity: number, tunnelEndpoint: string | undefined, isDirect = false): CacheFact {
  return { kind: 'cache', prefix, identity, tunnelEndpoint, isDirect }
}

/** An element of `cilium-dbg ip list -o json`. */
export function isIpListElement(object: Unknown): boolean {
  return textAt(object, 'cidr') !== undefined && numberAt(object, 'identity') !== undefined
}

export function ipListElementFacts(object: Unknown): Fact[] {
  const prefix = textAt(object, 'cidr')
  const identity = numberAt(object, 'identity')
  if (prefix === undefined || identity === undefined) return []
  const metadata = at(object, 'metadata')
  const name = textAt(metadata, 'name')
  const host = textAt(object, 'hostIP')
  // For what is on the agent's own node its own address stands here.
  const facts: Fact[] = [cacheFact(prefix, identity, host)]
  if (textAt(metadata, 'source') === 'k8s' && name !== undefined) {
    const namespace = textAt(metadata, 'namespace') ?? 'default'
    facts.push({ kind: 'pod', namespace, name, addresses: [addressOf(prefix)], nodeAddress: host, identity })
  }
  return facts
}

const addressOf = (prefix: string) => prefix.replace(/\/\d+$/, '')

/** `IP  IDENTITY  SOURCE`: identities in numbers (`-n`) or as labels over several lines. */
export const isIpListText = (text: string) => /^IP\s+IDENTITY\s+SOURCE/m.test(text)

const IP_LIST_ROW = /^(\S+\/\d{1,3})\s+(\d+|reserved:[\w-]+|\S+)/

export function ipListFacts(text: string, reservedNumber: (label: string) => number | undefined): Fact[] {
  const facts: Fact[] = []
  for (const line of linesOf(text)) {
    const [, prefix = '', word] = IP_LIST_ROW.exec(line) ?? []
    if (word === undefined) continue
    const identity = /^\d+$/.test(word) ? Number(word) : reservedNumber(word)
    if (identity !== undefined) facts.push(cacheFact(prefix, identity, undefined))
  }
  return facts
}
