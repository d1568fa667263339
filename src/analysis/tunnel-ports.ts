/** Which tunnels a capture holds, by UDP destination port, and which other ports look as if they held one. */
import type { CaptureRecord } from '../capture/record.ts'
import { payloadLayer } from '../dissect/payload-layer.ts'
import type { Walk } from '../dissect/walk.ts'

/** Ports that are looked into for a tunnel nobody named; a guess costs time, so not every packet's. */
const GUESSES = 64

export interface TunnelSeen {
  /** Name of the tunnel's layer. */
  readonly type: string
  /** UDP destination port; undefined of a tunnel that lies right on IP (GRE). */
  readonly port: number | undefined
  readonly frames: number
}

/** `vxlan udp/8472`; `gre`. */
export const tunnelText = ({ type, port }: Pick<TunnelSeen, 'type' | 'port'>) =>
  port === undefined ? type : `${type} udp/${port}`

export interface TunnelGuess {
  readonly type: string
  readonly port: number
}

export class TunnelPorts {
  private readonly frames = new Float64Array(65_536)
  /** In the order of first sight. */
  private readonly ports: number[] = []
  private readonly layer = new Uint8Array(65_536)
  private readonly looked = new Uint8Array(65_536)
  /** By layer, of those without a port. */
  private readonly onIp = new Float64Array(256)
  private guessesLeft = GUESSES
  private isSettled = false
  private readonly guessed: TunnelGuess[] = []

  /** All packets have been added: those that are added again do not count. */
  settle(): void {
    this.isSettled = true
  }

  add(record: CaptureRecord, walk: Walk): void {
    if (this.isSettled) return
    const { tunnelPort, firstTunnelLayer } = walk.marks
    if (tunnelPort >= 0) {
      const frames = this.frames[tunnelPort] as number
      if (frames === 0) this.ports.push(tunnelPort)
      this.frames[tunnelPort] = frames + 1
      this.layer[tunnelPort] = firstTunnelLayer
    } else {
      if (walk.marks.tunnel >= 0) this.onIp[firstTunnelLayer] = (this.onIp[firstTunnelLayer] as number) + 1
      if (this.guessesLeft > 0) this.guess(record, walk)
    }
  }

  /** What occurs, the most frequent first. */
  seen(tables: Walk['tables']): TunnelSeen[] {
    const nameOf = (layer: number) => tables.layers[layer]?.name ?? ''
    const found: TunnelSeen[] = this.ports.map((port) => ({
      type: nameOf(this.layer[port] as number),
      port,
      frames: this.frames[port] as number,
    }))
    this.onIp.forEach((frames, layer) => {
      if (frames > 0) found.push({ type: nameOf(layer), port: undefined, frames })
    })
    return found.sort((a, b) => b.frames - a.frames || (a.port ?? 0) - (b.port ?? 0))
  }

  /** Ports whose payload looks like a tunnel; nothing was decoded because of it. */
  guesses(): readonly TunnelGuess[] {
    return this.guessed
  }

  private guess(record: CaptureRecord, walk: Walk): void {
    const { tables, marks } = walk
    if (marks.transportLayer !== tables.udp || payloadLayer(walk, record.view) !== tables.data) return
    const port = record.view.getUint16(marks.transport + 2)
    if ((this.looked[port] as number) > 3) return
    this.looked[port] = (this.looked[port] as number) + 1
    this.guessesLeft--
    for (const layer of tables.layers) {
      if (layer?.role !== 'tunnel' || !layer.recognise?.(record.view, marks.payload, marks.end)) continue
      this.looked[port] = 255
      this.guessed.push({ type: layer.name, port })
      return
    }
  }
}
