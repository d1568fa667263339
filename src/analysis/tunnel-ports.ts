/** Which tunnels a capture holds, by UDP destination port, and which other ports look as if they held one. */
import type { CaptureRecord } from '../capture/record.ts'
import type { Layer } from '../dissect/layer.ts'
import type { Walk } from '../dissect/walk.ts'
import { ownLayers } from './places.ts'

/** Ports that are looked into for a tunnel nobody named; a guess costs time, so not every packet's. */
const GUESSES = 64

export interface TunnelSeen {
  /** Name of the tunnel's layer. */
  readonly type: string
  /** UDP destination port. */
  readonly port: number
  readonly frames: number
}

export interface TunnelGuess {
  readonly type: string
  readonly port: number
}

export class TunnelPorts {
  private readonly frames = new Float64Array(65_536)
  private readonly layer = new Uint8Array(65_536)
  private readonly looked = new Uint8Array(65_536)
  private guessesLeft = GUESSES
  private readonly guessed: TunnelGuess[] = []

  add(record: CaptureRecord, walk: Walk): void {
    const tunnel = walk.firstTunnel
    if (tunnel > 0) {
      const port = record.view.getUint16((walk.start[tunnel - 1] as number) + 2)
      this.frames[port] = (this.frames[port] as number) + 1
      this.layer[port] = walk.layer[tunnel] as number
    } else if (this.guessesLeft > 0) {
      this.guess(record, walk)
    }
  }

  /** What occurs, the most frequent first. */
  seen(tables: Walk['tables']): TunnelSeen[] {
    const found: TunnelSeen[] = []
    this.frames.forEach((frames, port) => {
      if (frames > 0) found.push({ type: tables.layers[this.layer[port] as number]?.name ?? '', port, frames })
    })
    return found.sort((a, b) => b.frames - a.frames)
  }

  /** Ports whose payload looks like a tunnel; nothing was decoded because of it. */
  guesses(): readonly TunnelGuess[] {
    return this.guessed
  }

  private guess(record: CaptureRecord, walk: Walk): void {
    const { tables } = walk
    const depth = ownLayers(walk) - 1
    if (depth < 1 || walk.layer[depth] !== tables.data) return
    const before = tables.layers[walk.layer[depth - 1] as number] as Layer
    if (before.name !== 'udp') return
    const port = record.view.getUint16((walk.start[depth - 1] as number) + 2)
    if ((this.looked[port] as number) > 3) return
    this.looked[port] = (this.looked[port] as number) + 1
    this.guessesLeft--
    for (const layer of tables.layers) {
      if (
        layer?.role !== 'tunnel' ||
        !layer.recognise?.(record.view, walk.start[depth] as number, walk.end[depth] as number)
      )
        continue
      this.looked[port] = 255
      this.guessed.push({ type: layer.name, port })
      return
    }
  }
}
