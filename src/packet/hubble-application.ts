/** HTTP and DNS as Hubble's flows have them: `flow.Layer7`, and the words beside it. */
import type { Dissector } from '../dissect/dissector.ts'
import type { Value } from '../dissect/node.ts'
import { RCODES, typeName } from '../layers/application/dns-numbers.ts'
import { type Dissection, layerAt, ownDepth } from './dissection.ts'
import { type Extractor, extractor } from './extract.ts'

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

const FIELDS = [
  'dns.flags.response',
  'dns.flags.rcode',
  'dns.qry.name',
  'dns.qry.type',
  'dns.resp.type',
  'dns.resp.ttl',
  'dns.a',
  'dns.aaaa',
  'dns.cname',
  'dns.time',
  'http.request.method',
  'http.request.full_uri',
  'http.request.uri',
  'http.request.version',
  'http.response.version',
  'http.response.code',
  'http.response_for.uri',
  'http.time',
] as const
type FieldName = (typeof FIELDS)[number]

/** Reads the innermost application of packets; fields are looked up once. */
export class HubbleApplications {
  private dissector: Dissector | undefined
  private readonly extractors = new Map<FieldName, Extractor>()

  /** Undefined where the packet is not the head of an HTTP message, nor a DNS message. */
  of(packet: Dissection): Application | undefined {
    const { walk } = packet
    const depth = ownDepth(walk) - 1
    for (let i = depth; i >= 0 && layerAt(walk, i).role === 'application'; i--) {
      const { name } = layerAt(walk, i)
      if (name !== 'http' && name !== 'dns') continue
      this.learn(packet.dissector)
      return name === 'http' ? this.httpOf(packet) : this.dnsOf(packet)
    }
    return undefined
  }

  private learn(dissector: Dissector): void {
    if (this.dissector === dissector) return
    this.dissector = dissector
    const known = new Set(dissector.fieldNames())
    for (const name of FIELDS) if (known.has(name)) this.extractors.set(name, extractor(dissector, name))
  }

  private all(packet: Dissection, name: FieldName): Value[] {
    return (
      this.extractors
        .get(name)?.(packet)
        .map(({ value }) => value) ?? []
    )
  }

  private first(packet: Dissection, name: FieldName): string | undefined {
    const value = this.all(packet, name)[0]
    return value === undefined ? undefined : String(value)
  }

  private httpOf(packet: Dissection): Application | undefined {
    const first = (name: FieldName) => this.first(packet, name)
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

  private dnsOf(packet: Dissection): Application | undefined {
    const texts = (name: FieldName) => this.all(packet, name).map(String)
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
}

/** `0.002633000` seconds → `2633000` nanoseconds. */
function latencyOf(text: string | undefined): string | undefined {
  const found = /^(\d+)\.(\d{9})$/.exec(text ?? '')
  return found === null ? undefined : `${found[1]}${found[2]}`.replace(/^0+(?=\d)/, '')
}
