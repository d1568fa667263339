/** A flow in one line, as `hubble observe` prints it (`-o compact`). */
import { reservedName } from '../names/reserved-identities.ts'
import { escapeText } from './escape.ts'

/** What of a flow the line shows; a flow as packet/hubble-flow.ts makes it is one. */
export interface CompactFlow {
  readonly IP?: { readonly source: string; readonly destination: string }
  readonly ethernet?: { readonly source: string; readonly destination: string }
  readonly l4?: {
    readonly TCP?: CompactPorts
    readonly UDP?: CompactPorts
  }
  readonly source?: CompactEndpoint
  readonly destination?: CompactEndpoint
  readonly source_service?: CompactService
  readonly destination_service?: CompactService
  readonly l7?: { readonly type: string; readonly http?: object; readonly dns?: object }
  readonly trace_observation_point?: string
  readonly verdict: string
  readonly is_reply?: boolean
  readonly Summary: string
}

interface CompactPorts {
  readonly source_port?: number
  readonly destination_port?: number
}

interface CompactEndpoint {
  readonly identity?: number
  readonly namespace?: string
  readonly pod_name?: string
}

interface CompactService {
  readonly name: string
  readonly namespace?: string
}

/**
 * `Nov 22 20:12:57.091: default/curl-pod:34586 (ID:3258) -> 172.20.2.115:80 (ID:14053) to-overlay TRACED (TCP Flags: SYN)`.
 * A reply has its ends exchanged and the arrow turned, and `<>` says that nobody knows. `time` is the text before it.
 */
export function hubbleLine(flow: CompactFlow, time: string): string {
  const ports = flow.l4?.TCP ?? flow.l4?.UDP
  const ends = flow.IP ?? flow.ethernet ?? { source: '', destination: '' }
  const hasIp = flow.IP !== undefined
  const from = endText(ends.source, hasIp ? flow.source : undefined, flow.source_service, ports?.source_port)
  const to = endText(
    ends.destination,
    hasIp ? flow.destination : undefined,
    flow.destination_service,
    ports?.destination_port,
  )
  const [left, right] = flow.is_reply === true ? [to, from] : [from, to]
  const arrow = flow.is_reply === undefined ? '<>' : flow.is_reply ? '<-' : '->'
  return escapeText(`${time}: ${left} ${arrow} ${right} ${typeText(flow)} ${flow.verdict} (${flow.Summary})`)
}

function endText(
  address: string,
  endpoint: CompactEndpoint | undefined,
  service: CompactService | undefined,
  port: number | undefined,
): string {
  const name = service?.name ?? endpoint?.pod_name
  const namespace = service === undefined ? endpoint?.namespace : service.namespace
  const host = name === undefined ? address : namespace === undefined ? name : `${namespace}/${name}`
  const withPort = port === undefined ? host : `${host.includes(':') ? `[${host}]` : host}:${port}`
  const identity = endpoint?.identity ?? 0
  return `${withPort} (${reservedName(identity) ?? `ID:${identity}`})`
}

/** `to-overlay`, `http-request`; Hubble's word for what has no type is in capitals. */
function typeText({ l7, trace_observation_point: point }: CompactFlow): string {
  if (l7 !== undefined) return `${l7.http === undefined ? 'dns' : 'http'}-${l7.type.toLowerCase()}`
  return point === undefined ? 'UNKNOWN' : point.toLowerCase().replaceAll('_', '-')
}
