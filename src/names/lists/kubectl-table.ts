/** The tables that kubectl prints without `-o json`; `-o wide` where only that has addresses. */
import type { Fact } from '../facts.ts'
import { linesOf } from './lines.ts'

/** A row by the words of its head: `IP`, `INTERNAL-IP`, `SECURITY IDENTITY`. */
type Row = ReadonlyMap<string, string>

/** What a table is, by columns that no other has, and what a row of it says. */
interface Table {
  readonly what: string
  readonly columns: readonly string[]
  readonly facts: (row: Row) => Fact[]
}

const TABLES: readonly Table[] = [
  { what: 'pods', columns: ['NAME', 'STATUS', 'IP', 'NODE'], facts: podRow },
  { what: 'nodes', columns: ['NAME', 'STATUS', 'INTERNAL-IP'], facts: nodeRow },
  { what: 'services', columns: ['NAME', 'TYPE', 'CLUSTER-IP'], facts: serviceRow },
  { what: 'endpointslices', columns: ['NAME', 'ADDRESSTYPE', 'PORTS', 'ENDPOINTS'], facts: endpointSliceRow },
  { what: 'endpoints', columns: ['NAME', 'ENDPOINTS'], facts: endpointsRow },
  { what: 'ciliumnodes', columns: ['NAME', 'CILIUMINTERNALIP', 'INTERNALIP'], facts: ciliumNodeRow },
  { what: 'ciliumendpoints', columns: ['NAME', 'SECURITY IDENTITY', 'IPV4'], facts: ciliumEndpointRow },
]

const HEAD = /^(NAMESPACE\s+)?NAME(\s+|$)/m

export function isKubectlTable(text: string): boolean {
  for (const line of linesOf(text)) if (tableOf(headOf(line)) !== undefined) return true
  return false
}

/** Head words without addresses: `kubectl get pods` without `-o wide`. */
export function isNarrowTable(text: string): boolean {
  return HEAD.test(text) && /^(NAMESPACE\s+)?NAME\s+(READY\s+STATUS|STATUS\s+ROLES)/m.test(text)
}

/** The facts of all tables in a text; one ends with an empty line or another head. */
export function kubectlTableFacts(text: string): Fact[] {
  const facts: Fact[] = []
  let head: readonly Column[] = []
  let table: Table | undefined
  for (const line of linesOf(text)) {
    const columns = headOf(line)
    if (columns.length > 0 || line.trim() === '') {
      head = columns
      table = tableOf(columns)
    } else if (table !== undefined) facts.push(...table.facts(rowOf(line, head)))
  }
  return facts
}

interface Column {
  readonly name: string
  readonly from: number
  readonly to: number
}

/** Columns begin where their heads do; heads are words of capitals, with single spaces inside. */
function headOf(line: string): readonly Column[] {
  if (!HEAD.test(line)) return []
  const found = [...line.matchAll(/\S+(?: \S+)*/g)]
  return found.map((one, index) => ({
    name: one[0],
    from: one.index,
    to: found[index + 1]?.index ?? Number.POSITIVE_INFINITY,
  }))
}

function tableOf(columns: readonly Column[]): Table | undefined {
  return TABLES.find((table) => table.columns.every((name) => columns.some((column) => column.name === name)))
}

function rowOf(line: string, head: readonly Column[]): Row {
  return new Map(head.map(({ name, from, to }) => [name, line.slice(from, to).trim()]))
}

const NOTHING = new Set(['<none>', '<pending>', '<unknown>', 'None', '', '<unset>'])

/** The words of a cell that are addresses or names. */
function listed(row: Row, name: string): string[] {
  return (row.get(name) ?? '').split(',').filter((word) => !NOTHING.has(word))
}

const one = (row: Row, name: string): string | undefined => listed(row, name)[0]

/** `pod/curl-pod` where several kinds were asked for. Without `-A` the namespace is not said. */
function nameOf(row: Row): { namespace: string; name: string } {
  return { namespace: one(row, 'NAMESPACE') ?? '', name: (row.get('NAME') ?? '').replace(/^[\w.]+\//, '') }
}

/** kubectl says why a container stopped where the pod has a phase. */
function phaseOf(status: string): string {
  if (status === 'Completed' || status === 'Succeeded') return 'Succeeded'
  return /^(Error|Failed|Evicted|OOMKilled|OutOf\w+|ContainerStatusUnknown|NodeLost)$/.test(status)
    ? 'Failed'
    : 'Running'
}

function podRow(row: Row): Fact[] {
  return [
    {
      kind: 'pod',
      ...nameOf(row),
      addresses: listed(row, 'IP'),
      node: one(row, 'NODE'),
      phase: phaseOf(row.get('STATUS') ?? ''),
    },
  ]
}

function nodeRow(row: Row): Fact[] {
  const addresses = [
    ...listed(row, 'INTERNAL-IP').map((address) => ({ address, role: 'internal' as const })),
    ...listed(row, 'EXTERNAL-IP').map((address) => ({ address, role: 'external' as const })),
  ]
  return [{ kind: 'node', name: nameOf(row).name, addresses, podCidrs: [], isCilium: false }]
}

function serviceRow(row: Row): Fact[] {
  return [{ kind: 'service', ...nameOf(row), addresses: [...listed(row, 'CLUSTER-IP'), ...listed(row, 'EXTERNAL-IP')] }]
}

function endpointsRow(row: Row): Fact[] {
  const { namespace, name } = nameOf(row)
  return listed(row, 'ENDPOINTS').flatMap((word): Fact[] => {
    const found = /^\[?([0-9a-fA-F:.]+?)\]?:(\d+)/.exec(word.trim())
    if (found === null) return []
    const port = Number(found[2])
    // The table does not say which protocol.
    const ports = ['tcp', 'udp', 'sctp'].map((protocol) => ({ port, protocol }))
    return [{ kind: 'backend', namespace, service: name, addresses: [found[1] as string], ports }]
  })
}

/** The service is the part of the name before what a controller made up: `webpod-c06b2`. */
function endpointSliceRow(row: Row): Fact[] {
  const { namespace, name } = nameOf(row)
  const ports = listed(row, 'PORTS').flatMap((port) =>
    /^\d+$/.test(port) ? ['tcp', 'udp', 'sctp'].map((protocol) => ({ port: Number(port), protocol })) : [],
  )
  const addresses = listed(row, 'ENDPOINTS').map((word) => word.replace(/ \+ .*/, ''))
  const service = /^(.+)-[a-z0-9]{5}$/.exec(name)?.[1] ?? name
  return [{ kind: 'backend', namespace, service, addresses, ports }]
}

function ciliumNodeRow(row: Row): Fact[] {
  const addresses = [
    ...listed(row, 'INTERNALIP').map((address) => ({ address, role: 'internal' as const })),
    ...listed(row, 'CILIUMINTERNALIP').map((address) => ({ address, role: 'router' as const })),
  ]
  return [{ kind: 'node', name: nameOf(row).name, addresses, podCidrs: [], isCilium: true }]
}

function ciliumEndpointRow(row: Row): Fact[] {
  const identity = Number(row.get('SECURITY IDENTITY'))
  const addresses = [...listed(row, 'IPV4'), ...listed(row, 'IPV6')]
  return [
    {
      kind: 'pod',
      ...nameOf(row),
      addresses,
      identity: Number.isInteger(identity) && identity > 0 ? identity : undefined,
    },
  ]
}
