/** A dissector: layers, the tables that join them, and what a user wants decoded as what. Immutable once built. */
import { UsageError } from '../errors.ts'
import type { Field } from './field.ts'
import type { Skim } from './landmarks.ts'
import type { Layer } from './layer.ts'
import { Tables } from './tables.ts'
import { Walk } from './walk.ts'

/**
 * `udp.port==8472,vxlan` as data.
 * @example
 * ```js
 * import { createDissector } from 'ovl-dissect'
 *
 * const dissector = createDissector({ decodeAs: [{ table: 'udp.port', port: 14789, layer: 'vxlan' }] })
 * console.log(dissector.layers.some(({ name }) => name === 'vxlan')) // true
 * ```
 */
export interface DecodeAs {
  readonly table: 'udp.port' | 'tcp.port'
  /** 0 to 65535. */
  readonly port: number
  /** Name of a layer: 'vxlan', 'geneve', 'http' … */
  readonly layer: string
}

/**
 * What is decoded, and on which ports.
 * @throws UsageError from whatever takes them, for a protocol or port that does not exist.
 * @example
 * ```js
 * import { read } from 'ovl-dissect'
 *
 * for await (const packet of read('vxlan.pcap', { tunnels: ['geneve'], applications: false })) {
 *   console.log(packet.tunnels.length, packet.layers) // 0 [ 'sll', 'ip', 'udp', 'data' ]
 * }
 * ```
 */
export interface DissectorOptions {
  /** Entries that add to the layers' own ports or replace them, applied in order. */
  readonly decodeAs?: readonly DecodeAs[]
  /** Only these tunnels are decoded, on their own ports and those of `decodeAs`; default: all. */
  readonly tunnels?: readonly string[]
  /**
   * False: walks end with the transport header, what it carries is data (entries of `decodeAs` apart). Enough for
   * addresses, ports and VNIs, and faster. Default true.
   */
  readonly applications?: boolean
}

/** Where a field is found: its layers, and the field of each that holds it. */
export interface FieldPlace {
  readonly layer: number
  /** The field itself, or the one it lies beneath. */
  readonly root: Field
  readonly field: Field
}

/**
 * What packets are decoded with. Immutable, and expensive enough to be made once: `createDissector` makes one.
 * @example
 * ```js
 * import { compileFilter, createDissector, read } from 'ovl-dissect'
 *
 * const dissector = createDissector({ tunnels: ['vxlan'] })
 * const filter = compileFilter('http.request', { dissector })
 * for await (const packet of read('vxlan.pcap', { dissector, filter })) {
 *   console.log(packet.number) // 15
 * }
 * ```
 */
export class Dissector {
  readonly tables: Tables
  readonly layers: readonly Layer[]
  private readonly places = new Map<string, FieldPlace[]>()

  /** `skim` must have been made from these layers. */
  constructor(layers: readonly Layer[], options: DissectorOptions = {}, skim?: Skim) {
    this.layers = layers
    this.tables = new Tables(layers, skim)
    if (options.tunnels !== undefined) {
      for (const layer of layers) {
        if (layer.role !== 'tunnel' || options.tunnels.includes(layer.name)) continue
        for (const table of ['udp.port', 'ip.proto'] as const) this.tables.clear(table, this.tables.find(layer.id))
      }
    }
    if (options.applications === false) this.tables.forgetApplications()
    for (const { table, port, layer } of options.decodeAs ?? []) {
      const number = this.tables.find(layer)
      if (number === 0) throw new UsageError(`there is no protocol "${layer}" to decode ${table} ${port} as`)
      if (!Number.isInteger(port) || port < 0 || port > 65_535)
        throw new UsageError(`${table} ${port} is not a port: 0 to 65535`)
      this.tables.set(table, port, number)
      const { role } = this.tables.layers[number] as Layer
      if (role !== 'application' && (role !== 'tunnel' || table !== 'udp.port')) this.tables.forgetSkim()
    }
    layers.forEach((layer, index) => {
      for (const root of layer.fields) this.place(root, root, index + 1)
    })
  }

  /** A new walk of this dissector, to be reused for many packets. */
  walk(): Walk {
    return new Walk(this.tables)
  }

  /** The layers and fields behind a name such as `vxlan.vni`; empty if there is none. */
  placesOf(name: string): readonly FieldPlace[] {
    return this.places.get(name) ?? []
  }

  /** Every name that `placesOf` knows. */
  fieldNames(): string[] {
    return [...this.places.keys()]
  }

  /** Every name once with its first place, in the order of the layers. */
  *fields(): Generator<{ readonly name: string; readonly layer: Layer; readonly field: Field }> {
    for (const [name, places] of this.places) {
      const place = places[0] as FieldPlace
      yield { name, layer: this.tables.layers[place.layer] as Layer, field: place.field }
    }
  }

  private place(field: Field, root: Field, layer: number): void {
    for (const name of [field.name, ...field.also]) {
      if (name === '') continue
      const known = this.places.get(name)
      const place = { layer, root, field }
      if (known === undefined) this.places.set(name, [place])
      else if (!known.some((other) => other.layer === layer && other.root === root)) known.push(place)
    }
    for (const child of [...field.children, ...field.members]) this.place(child, root, layer)
  }
}
