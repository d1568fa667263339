/** Words for what findings name: ends, interfaces, VNIs, frames. Nothing is escaped: that is for who prints. */
import type { AddressOwner, Names } from '../names/names.ts'
import type { FrameAt } from './frames.ts'
import type { CaptureView } from './scene.ts'
import type { SeenInterfaces } from './sighting.ts'

/** How ends are called in sentences. */
export type SentenceNames = 'auto' | 'name' | 'both' | 'address'

export class Speaker {
  readonly names: Names | undefined
  private readonly interfaces: SeenInterfaces
  private readonly captures: readonly CaptureView[]
  private readonly style: SentenceNames

  constructor(
    names: Names | undefined,
    interfaces: SeenInterfaces,
    captures: readonly CaptureView[],
    style: SentenceNames = 'auto',
  ) {
    this.names = names
    this.interfaces = interfaces
    this.captures = captures
    this.style = style
  }

  owner(address: string): AddressOwner | undefined {
    return this.names?.address(address)
  }

  /** `default/curl-pod`; the address where no list names it. */
  end(address: string): string {
    const owner = this.owner(address)
    // What is only derived does not tell this address from others.
    const isNamed = owner !== undefined && (owner.derived !== true || owner.kind !== 'pod')
    if (!isNamed || this.style === 'address') return address
    return this.style === 'both' ? `${owner.name} (${address})` : owner.name
  }

  /** `default/curl-pod:80`, `[fd00::1]:80`. */
  endWithPort(address: string, port: number): string {
    const end = this.end(address)
    return end === address && address.includes(':') ? `[${address}]:${port}` : `${end}:${port}`
  }

  /** `k8s-w0`: the node that an address is, or on which its pod runs; the address itself if nobody says. */
  node(address: string): string {
    return this.owner(address)?.node ?? address
  }

  /** `eth1`, `if3`; undefined for captures that say nothing of interfaces. */
  interface(number: number): string | undefined {
    const seen = this.interfaces.all[number]
    if (seen === undefined) return undefined
    if (seen.index !== undefined) return this.captures[seen.file]?.links?.get(seen.index) ?? `if${seen.index}`
    const { name, id } = seen.interface
    const own = name ?? this.captures[seen.file]?.interface
    return own ?? (this.interfaces.all.length > 1 ? `interface ${id}` : undefined)
  }

  /** `3258 curl-pod`. */
  vni(vni: number, port: number): string {
    const name = this.names?.identity(vni, port)?.shortName
    return name === undefined ? String(vni) : `${vni} (${name})`
  }

  /** `frame 13`, `frame 13 of router` where there are several captures. */
  frame({ frame, file }: FrameAt): string {
    return this.captures.length > 1 ? `frame ${frame} of ${this.capture(file)}` : `frame ${frame}`
  }

  /** The name of the machine, or the path of its capture. */
  capture(file: number): string {
    const { name, path } = this.captures[file] ?? {}
    return name ?? path ?? 'the capture'
  }

  /** The machine that made a capture: `the router` if it forwards, unless its name is known. */
  machine(file: number, isForwarding: boolean): string {
    const { name } = this.captures[file] ?? {}
    const own = isForwarding ? 'the router' : 'the machine that captured'
    if (name !== undefined) return name
    return this.captures.length > 1 ? `${own} (${this.capture(file)})` : own
  }

  /** The capture as an argument of a command. */
  file(file = 0): string {
    const path = this.captures[file]?.path
    return path === undefined || path === '-' ? 'FILE' : word(path)
  }
}

/** Text as one word of a shell: what stands in a list or a path is not to be run. */
export function word(text: string): string {
  return /^[\w./@%+=:,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}

/** `1 ping`, `2 pings`. */
export const counted = (count: number, one: string, many = `${one}s`) => `${count} ${count === 1 ? one : many}`

/** `a`, `a and b`, `a, b and c`; of more than `most`, how many are left out. */
export function listed(words: readonly string[], most = 4): string {
  if (words.length > most) return `${words.slice(0, most).join(', ')} and ${words.length - most} more`
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}

/** `250 ms`, `12.3 s` from nanoseconds. */
export function span(nanoseconds: number): string {
  if (nanoseconds >= 10e9) return `${(nanoseconds / 1e9).toFixed(0)} s`
  if (nanoseconds >= 1e9) return `${(nanoseconds / 1e9).toFixed(1)} s`
  return nanoseconds >= 1e6 ? `${(nanoseconds / 1e6).toFixed(0)} ms` : `${(nanoseconds / 1e3).toFixed(0)} µs`
}
