/** GENEVE options that a receiver must know and may not. RFC 8926 section 3.5. */
import { hex } from '../bytes/integers.ts'
import { geneveClassName } from '../dissect/numbers/geneve-classes.ts'
import { geneveOptionMeaning } from '../layers/tunnel/geneve-meaning.ts'
import { wayEnds } from './end-text.ts'
import type { FindingKind } from './finding.ts'
import { Frames } from './frames.ts'
import type { Family, Scene, Watcher } from './scene.ts'
import type { Sighting } from './sighting.ts'
import { counted } from './speaker.ts'
import { Subjects } from './subjects.ts'

export const criticalOption: FindingKind = {
  code: 'OVL502',
  title: 'unknown critical GENEVE option',
  severity: 'warning',
  meaning:
    'A GENEVE packet has an option with the critical bit that ovl-dissect does not know. A receiver that does not know it either must drop the packet.',
  likely: 'sender and receiver are different products, or versions that do not understand each other',
  next: ['which product has registered this option class? https://www.iana.org/assignments/nvo3'],
}

const FIXED_SIZE = 8
const OPTION_HEADER = 4
const CRITICAL = 0x80

/** One option of a GENEVE header. */
export interface GeneveOption {
  readonly class: number
  readonly type: number
  /** First byte of its header, and its length with the header. */
  readonly at: number
  readonly length: number
}

/** Calls `visit` for each option of the packet's last tunnel, if that is a GENEVE with whole options. */
export function eachGeneveOption(seen: Sighting, geneve: number, visit: (option: GeneveOption) => void): void {
  const { tunnel, tunnelLayer } = seen.walk.marks
  if (tunnel < 0 || tunnelLayer !== geneve || tunnel + FIXED_SIZE > seen.record.end) return
  const { view } = seen
  const size = (view.getUint8(tunnel) & 0x3f) * 4
  if (size === 0) return
  const end = tunnel + FIXED_SIZE + size
  if (end > seen.record.end) return
  for (let at = tunnel + FIXED_SIZE; at + OPTION_HEADER <= end; ) {
    const length = OPTION_HEADER + (view.getUint8(at + 3) & 0x1f) * 4
    if (at + length > end) return
    visit({ class: view.getUint16(at), type: view.getUint8(at + 2), at, length })
    at += length
  }
}

/** The number of the GENEVE layer. */
export const geneveLayer = ({ tables }: Scene) => tables.layers.findIndex((layer) => layer?.name === 'geneve')

interface Unknown {
  readonly class: number
  readonly type: number
  readonly source: string
  readonly destination: string
  readonly frames: Frames
}

export const geneveOptions: Family = {
  kinds: [criticalOption],
  begin: (scene) => new OptionWatcher(scene),
}

class OptionWatcher implements Watcher {
  private readonly scene: Scene
  private readonly geneve: number
  private readonly subjects: Subjects<Unknown>

  constructor(scene: Scene) {
    this.scene = scene
    this.subjects = new Subjects(scene)
    this.geneve = geneveLayer(scene)
  }

  watch(seen: Sighting): void {
    if (seen.isRepeat) return
    eachGeneveOption(seen, this.geneve, (option) => {
      if ((option.type & CRITICAL) === 0) return
      if (geneveOptionMeaning(seen.view, option.at, option.length) !== undefined) return
      const { source, destination } = wayEnds(seen)
      const { class: owner, type } = option
      this.subjects
        .of(`${owner} ${type} ${source} ${destination}`, () => ({
          ...{ class: owner, type, source, destination },
          frames: new Frames(),
        }))
        ?.frames.see(seen)
    })
  }

  *findings() {
    const { speak } = this.scene
    for (const { class: owner, type, source, destination, frames } of this.subjects) {
      const name = geneveClassName(owner)
      const option = `class 0x${hex(owner, 4)}${name === undefined ? '' : ` (${name})`}, type 0x${hex(type, 2)}`
      yield this.scene.finding(criticalOption, {
        sentence: `${speak.end(source)} → ${speak.end(destination)}: ${counted(frames.count, 'packet')} with an unknown critical option, ${option}`,
        frames,
        shows: option,
        values: { source, destination, class: owner, type },
      })
    }
  }
}
