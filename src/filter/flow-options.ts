/** Hubble's way to select flows (`hubble observe --from-pod …`) as display filters. */
import { isIPv6 } from '../bytes/is-address.ts'
import { UsageError } from '../errors.ts'

export const FLOW_OPTIONS = [
  'pod',
  'from-pod',
  'to-pod',
  'node',
  'ip',
  'from-ip',
  'to-ip',
  'protocol',
  'identity',
] as const
export type FlowOptionName = (typeof FLOW_OPTIONS)[number]

export interface FlowOption {
  readonly name: FlowOptionName
  readonly value: string
  /** `--not` stood before it. */
  readonly isNegated: boolean
}

/** What is inside the tunnel, or the packet itself where there is none: a tunnel's own UDP is nobody's flow. */
const innermost = (protocol: string) => `inner.${protocol} or ${protocol} and not vni`

const PROTOCOLS: Readonly<Record<string, string>> = {
  tcp: innermost('tcp'),
  udp: innermost('udp'),
  icmp: `${innermost('icmp')} or ${innermost('icmpv6')}`,
  http: 'http',
  dns: 'dns',
}

/**
 * The display filter that options stand for: one of those with the same name must hold, all names together, and none of
 * the negated ones. @throws UsageError for a value that makes no sense.
 */
export function flowFilter(options: readonly FlowOption[]): string {
  const wanted = new Map<FlowOptionName, string[]>()
  const parts: string[] = []
  for (const { name, value, isNegated } of options) {
    const expression = expressionOf(name, value)
    if (isNegated) parts.push(`not (${expression})`)
    else wanted.set(name, [...(wanted.get(name) ?? []), expression])
  }
  return [...[...wanted.values()].map((either) => `(${either.join(' or ')})`), ...parts].join(' and ')
}

function expressionOf(name: FlowOptionName, value: string): string {
  switch (name) {
    case 'pod':
      return `${pod('src', value)} or ${pod('dst', value)}`
    case 'from-pod':
      return pod('src', value)
    case 'to-pod':
      return pod('dst', value)
    case 'node':
      return `node == ${quoted(value)}`
    case 'ip':
      return address('addr', name, value)
    case 'from-ip':
      return address('src', name, value)
    case 'to-ip':
      return address('dst', name, value)
    case 'identity':
      if (!/^\d+$/.test(value)) throw new UsageError(`--identity ${value}: an identity is a number`)
      return `identity == ${Number(value)}`
    case 'protocol':
      return protocolOf(value)
  }
}

/** `[namespace/]pod`, of which the beginning of the pod's name is enough. */
function pod(end: 'src' | 'dst', value: string): string {
  const slash = value.indexOf('/')
  const name = value.slice(slash + 1)
  const parts: string[] = []
  if (slash > 0) parts.push(`ovl.inner.${end}_namespace == ${quoted(value.slice(0, slash))}`)
  const size = Buffer.byteLength(name)
  parts.push(size === 0 ? `ovl.inner.${end}_pod` : `ovl.inner.${end}_pod[0:${size}] == ${quoted(name)}`)
  return `(${parts.join(' and ')})`
}

function address(end: 'addr' | 'src' | 'dst', option: string, value: string): string {
  if (!/^[0-9A-Fa-f.:]+(\/\d+)?$/.test(value))
    throw new UsageError(`--${option} ${value}: should be an address or a prefix such as 172.20.0.0/24`)
  return isIPv6(value.replace(/\/\d+$/, '')) ? `ipv6.${end} == ${value}` : `ip.${end} == ${value}`
}

function protocolOf(value: string): string {
  const known = Object.hasOwn(PROTOCOLS, value.toLowerCase()) ? PROTOCOLS[value.toLowerCase()] : undefined
  if (known !== undefined) return `(${known})`
  throw new UsageError(`--protocol ${value}: known are ${Object.keys(PROTOCOLS).join(', ')}`)
}

const quoted = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`
