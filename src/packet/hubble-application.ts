/** HTTP and DNS as Hubble's flows have them: `flow.Layer7`, and the words beside it. */
import { type Value, walkNodes } from '../dissect/node.ts'
import { RCODES, typeName } from '../layers/application/dns-numbers.ts'
import { type Dissection, layerAt, ownDepth } from './dissection.ts'
import { layerNode } from './tree.ts'

export interface Layer7 {
  readonly type: 'REQUEST' | 'RESPONSE'
  /** A 64-bit number, so text in proto3's JSON. */
  readonly latency_ns?: string
  readonly dns?: {
    readonly query?: string
    readonly ips?: readonly string[]
    readonly ttl?: number
    readonly cnames?: readonly string[]
    readonly rcode?: number
    readonly qtypes?: readonly string[]
    readonly rrtypes?: readonly string[]
  }
  readonly http?: {
    readonly code?: number
    readonly method?: string
    readonly url?: string
    readonly protocol?: string
  }
}

export interface Application {
  readonly layer7: Layer7
  readonly summary: string
}

/** Values of one layer's fields by name. */
type Fields = ReadonlyMap<string, readonly Value[]>

/** Undefined where the packet is not the head of an HTTP message, nor a DNS message. */
export function hubbleApplication(packet: Dissection): Application | undefined {
  const { walk } = packet
  for (let depth = ownDepth(walk) - 1; depth >= 0 && layerAt(walk, depth).role === 'application'; depth--) {
    const { name } = layerAt(walk, depth)
    // All fields in one go: each alone would decode the message again.
    if (name === 'http') return httpOf(fieldsAt(packet, depth))
    if (name === 'dns') return dnsOf(fieldsAt(packet, depth))
  }
  return undefined
}

function fieldsAt(packet: Dissection, depth: number): Fields {
  const fields = new Map<string, Value[]>()
  for (const { field, value } of walkNodes(layerNode(packet, depth).children)) {
    if (field === undefined || value === undefined) continue
    const known = fields.get(field.name)
    if (known === undefined) fields.set(field.name, [value])
    else known.push(value)
  }
  return fields
}

function httpOf(fields: Fields): Application | undefined {
  const first = (name: string) => fields.get(name)?.map(String)[0]
  const method = first('http.request.method')
  if (method !== undefined) {
    const url = first('http.request.full_uri') ?? first('http.request.uri') ?? ''
    const protocol = first('http.request.version') ?? ''
    return { layer7: { type: 'REQUEST', http: { method, url, protocol } }, summary: `${protocol} ${method} ${url}` }
  }
  const code = Number(first('http.response.code'))
  if (!Number.isFinite(code)) return undefined
  const protocol = first('http.response.version') ?? ''
  const url = first('http.response_for.uri')
  const latency = latencyOf(first('http.time'))
  const http = { code, ...(url !== undefined && { url }), protocol }
  const passed = latency === undefined ? '' : ` ${Math.floor(Number(latency) / 1e6)}ms`
  const summary = `${protocol} ${code}${passed}${url === undefined ? '' : ` (${url})`}`
  return { layer7: { type: 'RESPONSE', ...(latency !== undefined && { latency_ns: latency }), http }, summary }
}

function dnsOf(fields: Fields): Application | undefined {
  const texts = (name: string) => fields.get(name)?.map(String) ?? []
  const asked = texts('dns.qry.name')[0]
  if (asked === undefined) return undefined
  // Cilium writes names with the dot of the root.
  const query = `${asked}.`
  const qtypes = texts('dns.qry.type').map((type) => typeName(Number(type)))
  if (texts('dns.flags.response')[0] !== '1')
    return { layer7: { type: 'REQUEST', dns: { query, qtypes } }, summary: `DNS Query ${query} ${qtypes.join(',')}` }
  const ips = [...texts('dns.a'), ...texts('dns.aaaa')]
  const cnames = texts('dns.cname').map((name) => `${name}.`)
  const rrtypes = texts('dns.resp.type').map((type) => typeName(Number(type)))
  const rcode = Number(texts('dns.flags.rcode')[0] ?? 0)
  const ttl = Number(texts('dns.resp.ttl')[0] ?? 0)
  const latency = latencyOf(texts('dns.time')[0])
  const answers = [
    ...(ips.length > 0 ? [`"${ips.join(',')}"`] : []),
    ...(cnames.length > 0 ? [`CNAMEs: "${cnames.join(',')}"`] : []),
  ]
  const answer = rcode === 0 ? answers.join(' ') : `RCode: ${RCODES[rcode] ?? rcode}`
  const dns = {
    query,
    ...(ips.length > 0 && { ips }),
    ...(ttl !== 0 && { ttl }),
    ...(cnames.length > 0 && { cnames }),
    ...(rcode !== 0 && { rcode }),
    qtypes,
    ...(rrtypes.length > 0 && { rrtypes }),
  }
  const summary = `DNS Answer ${answer} TTL: ${ttl} (Query ${query} ${qtypes.join(',')})`
  return { layer7: { type: 'RESPONSE', ...(latency !== undefined && { latency_ns: latency }), dns }, summary }
}

/** `0.002633000` seconds → `2633000` nanoseconds. */
function latencyOf(text: string | undefined): string | undefined {
  const found = /^(\d+)\.(\d{9})$/.exec(text ?? '')
  return found === null ? undefined : `${found[1]}${found[2]}`.replace(/^0+(?=\d)/, '')
}
