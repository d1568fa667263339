/** The library's door to findings: what is wrong in a capture, or in several that were made of the same traffic. */
import { aheadOf, type Preparation, prepare } from '../analysis/path-reading.ts'
import { type CapturePoint, capturePoints } from '../analysis/paths.ts'
import { SameFiles } from '../bytes/same-files.ts'
import type { Source } from '../bytes/source.ts'
import { scanMerged } from '../capture/merge.ts'
import { scanRecords } from '../capture/read-records.ts'
import type { Dissector, DissectorOptions } from '../dissect/dissector.ts'
import { skimPacket } from '../dissect/walk.ts'
import { CaptureError } from '../errors.ts'
import type { Names } from '../names/names.ts'
import type { Route } from '../names/routes.ts'
import { dissectorOf } from '../packet/packet-maker.ts'
import { Diagnosis, type DiagnosisResult } from './diagnosis.ts'
import type { CaptureView } from './scene.ts'

/**
 * What is known besides the captures. Several findings are told with names only.
 * @example
 * ```js
 * import { diagnose, loadNames } from 'ovl-dissect'
 *
 * const options = { names: await loadNames('k8s'), links: new Map([[3, 'eth1'], [4, 'eth2']]) }
 * const [lost] = (await diagnose('multi-node.pcap', options)).findings
 * console.log(lost.values.places) // [ 'in on eth1', 'in on eth2' ]
 * ```
 */
export interface DiagnoseOptions extends DissectorOptions {
  /** A dissector built before; otherwise one is built from `decodeAs` and `tunnels`. */
  readonly dissector?: Dissector
  /** Names for nodes, pods and identities, from `loadNames`; several findings are told with names only. */
  readonly names?: Names | undefined
  /** Interface names by index of the machine that captured; of several captures, of those that have none of their own. */
  readonly links?: ReadonlyMap<number, string> | undefined
  /** Its routes; likewise. */
  readonly routes?: readonly Route[] | undefined
}

/**
 * Reads captures once and says what is wrong in them. Captures of the same traffic from several places are told as one,
 * by their times: give a list of paths, or of captures with the names of their machines, as for `paths`. A capture that is cut or damaged is judged up to there, and that is a finding.
 *
 * @throws CaptureError for what is no capture, or cannot be opened.
 * @throws UsageError for options that make no sense.
 * @example
 * ```js
 * import { diagnose } from 'ovl-dissect'
 *
 * const captures = ['multi-node-ctr.pcap', { source: 'multi-node.pcap', name: 'router' }]
 * const { findings } = await diagnose(captures)
 * for (const { code, packets } of findings.slice(0, 1)) console.log(code, packets) // OVL201 9
 * ```
 */
export async function diagnose(
  source: Source | readonly (CapturePoint | string)[],
  options: DiagnoseOptions = {},
): Promise<DiagnosisResult> {
  const points = capturePoints(source)
  const sources = points.map((point) => point.source)
  const dissector = dissectorOf(options)
  const { names, links, routes } = options
  const same = new SameFiles(sources)
  const prepared = await prepare(sources, dissector)
  same.check()
  const captures = points.map((point) => ({ links, routes, ...captureView(point) }))
  const diagnosis = new Diagnosis({ tables: dissector.tables, names, captures, prepared })
  await readInto(diagnosis, sources, { dissector, prepared })
  return diagnosis.result()
}

export interface ReadIntoOptions {
  readonly dissector: Dissector
  /** What `prepare` said of several captures. */
  readonly prepared: Preparation | undefined
  /** Asked now and then, with the offset in the file that is read. */
  readonly isStopped?: (offset: number) => boolean
}

/** Feeds a diagnosis. @throws CaptureError as `diagnose`. */
export async function readInto(
  diagnosis: Diagnosis,
  sources: readonly Source[],
  { dissector, prepared, isStopped = () => false }: ReadIntoOptions,
): Promise<void> {
  const walk = dissector.walk()
  walk.rehearse()
  const fail = (error: unknown, file: number) => {
    if (!(error instanceof CaptureError) || !isPartial(error)) throw error
    diagnosis.fail(error, file)
  }
  const [first, ...others] = sources
  if (first !== undefined && others.length === 0) {
    await scanRecords(first, (record) => {
      skimPacket(walk, record.view, record.start, record.end, record.originalLength, record.linkType)
      diagnosis.add(record, walk)
      if (record.number % LOOK === 0 && isStopped(record.offset)) return false
    }).catch((error: unknown) => fail(error, 0))
    return
  }
  await scanMerged(
    sources,
    (record, file) => {
      skimPacket(walk, record.view, record.start, record.end, record.originalLength, record.linkType)
      diagnosis.add(record, walk, file)
      if (record.number % LOOK === 0 && isStopped(record.offset)) return false
    },
    { onError: fail, ahead: aheadOf(prepared) },
  )
}

/** Frames between two looks whether it is to stop. */
const LOOK = 65_536

/** Whether something of the capture was there to be judged. */
const isPartial = ({ code }: CaptureError) => code === 'cut' || code === 'damaged' || code === 'too-large'

/** What a diagnosis needs to know of a capture. */
export function captureView({ source, name, interface: own, links, routes }: CapturePoint): CaptureView {
  return {
    ...(typeof source === 'string' && { path: source }),
    ...(name !== undefined && { name }),
    ...(own !== undefined && { interface: own }),
    ...(links !== undefined && { links }),
    ...(routes !== undefined && { routes }),
  }
}
