/** `--sides`: outer and inner of single packets beside each other, with what the packet's other frames show. */
import { hex } from '../../bytes/integers.ts'
import { decimalText, difference } from '../../bytes/time.ts'
import { type Node, walkNodes } from '../../dissect/node.ts'
import { layerAt } from '../../packet/dissection.ts'
import { packetNames } from '../../packet/name-fields.ts'
import { namedSide, withNames } from '../../packet/packet-names.ts'
import { sidesOf } from '../../packet/sides.ts'
import { summaryOf } from '../../packet/summary.ts'
import { layerNode } from '../../packet/tree.ts'
import { type SidesModel, sidesText } from '../../render/sides.ts'
import { BoundedMap } from '../../streams/bounded-map.ts'
import type { Output } from '../output.ts'
import { placeWords } from '../place-words.ts'
import type { Settings } from '../settings.ts'
import type { Shown } from './session.ts'

/** Packets whose sightings are remembered, and seconds that a shown packet waits for its copies. */
const REMEMBERED = 4096
const PATIENCE_SECONDS = 1

interface Sighting {
  readonly frame: number
  readonly words: string
}

interface Waiting {
  readonly frame: number
  readonly original: number
  readonly seconds: number
  readonly model: SidesModel
}

export class SidesPrinter {
  private readonly settings: Settings
  private readonly output: Output
  private readonly sightings = new BoundedMap<number, Sighting[]>(REMEMBERED)
  private readonly waiting: Waiting[] = []

  constructor(settings: Settings, output: Output) {
    this.settings = settings
    this.output = output
  }

  /** Every packet must pass here, shown or not: copies tell of each other. */
  show(shown: Shown): void {
    const { packet, isCopy, isSelected, overview } = shown
    const { record, walk } = packet
    this.release(record.seconds - PATIENCE_SECONDS)
    const original = isCopy ? overview.copies.original : record.number
    const names = packetNames(packet)
    const sides = withNames(sidesOf(record, walk), names)
    const place = placeWords(packet.record, packet.file ?? '', this.settings)
    const ttl = (
      sides.outer?.ip ?? ('version' in (sides.network ?? {}) ? (sides.network as { ttl?: number }) : undefined)
    )?.ttl
    const words = [`#${record.number}`, place, ttl === undefined ? undefined : `TTL ${ttl}`]
      .filter((word) => word !== undefined)
      .join(' ')
    const known = this.sightings.get(original)
    if (known === undefined) this.sightings.set(original, [{ frame: record.number, words }])
    else known.push({ frame: record.number, words })
    if (!isSelected) return
    const only =
      sides.outer === undefined
        ? namedSide(
            {
              ...(sides.network && 'version' in sides.network && { ip: sides.network }),
              ...(sides.transport && { transport: sides.transport }),
            },
            names?.inner,
          )
        : undefined
    const { protocol, info } = summaryOf(packet)
    const since = decimalText(difference(record, packet.clock?.first ?? record), 6)
    const title = [`#${record.number}`, record.hasTime ? since : undefined, place, protocol, info]
      .filter((word) => word !== undefined && word !== '')
      .join('  ')
    const model: SidesModel = {
      title,
      outer: sides.outer,
      inner: sides.inner,
      tunnels: sides.tunnels,
      only,
      length: record.originalLength,
      copies: [],
      optionWords: optionWords(shown),
      identity: names?.identity?.name,
      notes: names?.notes ?? [],
    }
    this.waiting.push({ frame: record.number, original, seconds: record.seconds, model })
  }

  /** Prints what has waited since before `seconds`; all of it at the end. */
  release(seconds = Number.POSITIVE_INFINITY): void {
    while (this.waiting.length > 0 && (this.waiting[0] as Waiting).seconds < seconds) {
      const { frame, original, model } = this.waiting.shift() as Waiting
      const copies = (this.sightings.get(original) ?? []).filter((one) => one.frame !== frame).map((one) => one.words)
      this.output.line(sidesText({ ...model, copies }, this.settings.style, this.settings.width))
    }
  }
}

/** What tunnel options say, where their meaning is known. */
function optionWords({ packet }: Shown): string[] {
  const { walk } = packet
  const words: string[] = []
  for (let depth = 0; depth < walk.depth && depth < walk.quote; depth++) {
    if (layerAt(walk, depth).role !== 'tunnel') continue
    for (const node of walkNodes(layerNode(packet, depth).children)) {
      if (/^.*, Class: /.test(node.text) && node.field === undefined) words.push(...meaningOf(node))
    }
  }
  return words
}

/** Its name and what it says; of an unknown one, class and type. */
function meaningOf(node: Node): string[] {
  const details = [...walkNodes(node.children)]
    .filter(({ field }) => field?.name.startsWith('ovl.'))
    .map(({ text }) => text)
  if (details.length > 0) return [`option ${node.text.split(', Class:')[0]}`, ...details]
  const [owner, type] = ['geneve.option.class', 'geneve.option.type'].map(
    (name) => [...walkNodes(node.children)].find(({ field }) => field?.name === name)?.value,
  )
  return [`option class 0x${hex(Number(owner), 4)} type 0x${hex(Number(type), 2)}`]
}
