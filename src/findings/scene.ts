/** What all watchers of one diagnosis share: tables that several of them go by, and what the user told. */
import type { Copies } from '../analysis/copies.ts'
import { TableFinder } from '../analysis/packet-finder.ts'
import type { PairTable } from '../analysis/pair-table.ts'
import type { Preparation } from '../analysis/path-reading.ts'
import { PathTable } from '../analysis/path-table.ts'
import type { Tables } from '../dissect/tables.ts'
import type { CaptureError } from '../errors.ts'
import type { Names } from '../names/names.ts'
import type { Route } from '../names/routes.ts'
import type { Evidence, Finding, FindingKind, Severity, Values } from './finding.ts'
import { evidenceOf, type Frames } from './frames.ts'
import { PairSights } from './pair-sights.ts'
import type { Asked } from './request.ts'
import { Requests } from './requests.ts'
import { SeenInterfaces, type Sighting } from './sighting.ts'
import { type SentenceNames, Speaker } from './speaker.ts'

/** A capture and what is known of the machine it was made on. */
export interface CaptureView {
  /** Undefined for bytes in memory. */
  readonly path?: string | undefined
  /** How the machine is called. */
  readonly name?: string | undefined
  /** Interface of a capture that does not say on which it was made. */
  readonly interface?: string | undefined
  /** Interface names by index. */
  readonly links?: ReadonlyMap<number, string> | undefined
  readonly routes?: readonly Route[] | undefined
}

/** What the user told about the captures. */
export interface SceneOptions {
  readonly tables: Tables
  readonly names?: Names | undefined
  readonly captures: readonly CaptureView[]
  /** `name` or `auto`: names instead of addresses; `both`: beside them; `address`: none in sentences. */
  readonly nameStyle?: SentenceNames | undefined
  /** Of several captures: how their clocks differ. */
  readonly prepared?: Preparation | undefined
}

/** The part of a finding that differs from one to the next. */
export interface FindingWords {
  readonly severity?: Severity
  readonly sentence: string
  readonly likely?: string
  readonly next?: readonly string[]
  readonly frames: Frames
  /** What frames show that have no words of their own. */
  readonly shows: string
  readonly values: Values
}

/** Watches frames for one kind of finding, or a few of one family. */
export interface Watcher {
  /** Takes a frame in; nothing of it may be kept. */
  watch?(seen: Sighting): void
  /** What was found; asked once, at the end. */
  findings(): Iterable<Finding>
}

export interface Family {
  readonly kinds: readonly FindingKind[]
  begin(scene: Scene): Watcher
}

const NO_LINKS: ReadonlyMap<number, string> = new Map()
const MAX_CAUSES = 4096
/** What goes on for so long (ns) after a request has had time for its answer. */
const PATIENCE = 1e9

export class Scene {
  readonly tables: Tables
  readonly names: Names | undefined
  readonly captures: readonly CaptureView[]
  /** Which frames are one packet, and which way it took. */
  readonly paths: PathTable
  readonly copies: Copies
  readonly pairs: PairTable
  readonly sights = new PairSights()
  readonly requests = new Requests()
  readonly interfaces = new SeenInterfaces()
  readonly speak: Speaker
  /** For each capture, nanoseconds of the clock of its first and last frame. */
  readonly began: number[] = []
  readonly ended: number[] = []
  /** For each capture, how many frames it has so far. */
  readonly frames: number[] = []
  /** Captures that could not be read to their end, by their number. */
  readonly errors = new Map<number, CaptureError>()
  /** How often something was seen that no finding tells of, since a table was full. */
  untold = 0

  /** Codes of findings that explain why requests between two ends were not answered. */
  private readonly causes = new Map<string, string>()

  constructor({ tables, names, captures, nameStyle, prepared }: SceneOptions) {
    this.tables = tables
    this.names = names
    this.captures = captures
    const finder = new TableFinder(prepared?.began)
    this.copies = finder.copies
    this.pairs = finder.pairs
    const linksOf = (file: number) => captures[file]?.links ?? NO_LINKS
    this.paths = new PathTable({ ...prepared, finder, linksOf, isTimed: false })
    this.speak = new Speaker(names, this.interfaces, captures, nameStyle)
  }

  finding(kind: FindingKind, { frames, shows, severity, ...words }: FindingWords): Finding {
    const { code, title, likely, next } = kind
    const evidence: Evidence[] = evidenceOf(frames, this.captures, shows)
    return {
      code,
      severity: severity ?? kind.severity,
      title,
      likely,
      next,
      ...words,
      packets: frames.count,
      evidence,
    }
  }

  /** Notes that a finding explains why what `source` sends to `destination` is not answered. */
  explain(source: string, destination: string, code: string): void {
    if (this.causes.size < MAX_CAUSES) this.causes.set(`${source} ${destination}`, code)
  }

  /** The code of a finding that explains it, of those that were made before. */
  causeOf(source: string, destination: string): string | undefined {
    return this.causes.get(`${source} ${destination}`)
  }

  /** Whether the answer to a request would have been seen: it was sent again, or its capture goes on long enough. */
  hadTime({ sends, first, file }: Asked): boolean {
    return sends > 1 || (this.ended[file] ?? Number.NaN) - first >= PATIENCE
  }

  /** Seconds since the first frame of the captures, as a list of them shows it. */
  secondsAt(now: number): string {
    return ((now - Math.min(...this.began)) / 1e9).toFixed(6)
  }
}
