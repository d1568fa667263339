/** The tables that join layers: link type, EtherType, IP protocol, UDP and TCP port → layer number. */
import type { Skim } from './landmarks.ts'
import type { Layer, LayerRepeats, TableName } from './layer.ts'

type Step = Layer['step']

/** Roles as small integers, for the hot path. */
export const RoleNumber = { link: 1, network: 2, transport: 3, tunnel: 4, application: 5 } as const

/** A media type that a body may have: exact (`application/json`) or a family (`text/`). */
export interface MediaType {
  readonly text: Uint8Array
  readonly layer: number
}

/**
 * Everything the hot path looks up, in typed arrays. Layer numbers start at 1; 0 is "no layer". Frozen in effect once
 * the dissector that owns it is built.
 */
export class Tables {
  readonly layers: readonly (Layer | undefined)[]
  readonly steps: readonly Step[]
  readonly roles: Uint8Array
  /** 1 for headers that stand between an IP header and the transport header. */
  readonly isExtension: Uint8Array
  /** The short way to the landmarks of common packets, if these layers have one. */
  skim: Skim | undefined
  readonly linkType = new Uint8Array(65_536)
  readonly etherType = new Uint8Array(65_536)
  readonly ipProtocol = new Uint8Array(256)
  readonly udpPort = new Uint8Array(65_536)
  readonly tcpPort = new Uint8Array(65_536)
  /** Layers asked, in order, whether they know a TCP payload on a port without an entry. */
  tcpRecognisers: Uint8Array
  /** How rows of each layer repeat. */
  readonly repeats: readonly (LayerRepeats | undefined)[]
  readonly media: readonly MediaType[]
  /** The layer of bytes that nobody claims. */
  readonly data: number
  readonly ethernet: number
  readonly ipv4: number
  readonly ipv6: number
  /** IPv6's fragment header. */
  readonly ipv6Fragment: number
  readonly arp: number
  readonly udp: number
  readonly tcp: number

  constructor(layers: readonly Layer[], skim: Skim | undefined) {
    if (layers.length > 255) throw new RangeError('a dissector holds at most 255 layers')
    this.layers = [undefined, ...layers]
    this.steps = [stepNowhere, ...layers.map((layer) => layer.step)]
    this.roles = Uint8Array.from([0, ...layers.map((layer) => RoleNumber[layer.role])])
    this.isExtension = Uint8Array.from([0, ...layers.map((layer) => (isExtension(layer) ? 1 : 0))])
    this.repeats = [undefined, ...layers.map((layer) => layer.repeats)]
    this.skim = skim
    const media: MediaType[] = []
    const recognisers: number[] = []
    layers.forEach((layer, index) => {
      for (const [table, key] of layer.attach) {
        if (table === 'media') media.push({ text: new TextEncoder().encode(key), layer: index + 1 })
        else this.set(table, key, index + 1)
      }
      if (layer.recognise !== undefined && layer.role === 'application') recognisers.push(index + 1)
    })
    this.media = media
    this.tcpRecognisers = Uint8Array.from(recognisers)
    this.data = this.find('data')
    this.ethernet = this.find('eth')
    this.ipv4 = this.find('ip')
    this.ipv6 = this.find('ipv6')
    this.ipv6Fragment = this.find('ipv6.fraghdr')
    this.arp = this.find('arp')
    this.udp = this.find('udp')
    this.tcp = this.find('tcp')
  }

  /** The number of the layer with this id; 0 if the dissector has none. */
  find(id: string): number {
    const index = this.layers.findIndex((layer) => layer?.id === id)
    return index < 0 ? 0 : index
  }

  /** Enters a layer under a number, over whatever stood there. */
  set(table: TableName, key: number, layer: number): void {
    this.array(table)[key] = layer
  }

  /** Takes a layer out of one table. */
  clear(table: TableName, layer: number): void {
    const array = this.array(table)
    for (let key = 0; key < array.length; key++) if (array[key] === layer) array[key] = 0
  }

  /** Leaves UDP and TCP payloads, but for tunnels, to data. */
  forgetApplications(): void {
    for (const ports of [this.udpPort, this.tcpPort]) {
      for (let port = 0; port < ports.length; port++) {
        if (this.roles[ports[port] as number] === RoleNumber.application) ports[port] = 0
      }
    }
    this.tcpRecognisers = new Uint8Array(0)
  }

  /** For ports that hold what the short way does not expect there. */
  forgetSkim(): void {
    this.skim = undefined
  }

  private array(table: TableName): Uint8Array {
    switch (table) {
      case 'link.type':
        return this.linkType
      case 'ethertype':
        return this.etherType
      case 'ip.proto':
        return this.ipProtocol
      case 'udp.port':
        return this.udpPort
      case 'tcp.port':
        return this.tcpPort
    }
  }
}

/** A network header that names no ends of its own, found by its number in the header before. */
function isExtension(layer: Layer): boolean {
  return layer.role === 'network' && layer.ends === undefined && layer.attach.some(([table]) => table === 'ip.proto')
}

const stepNowhere: Step = (_view, at) => at
