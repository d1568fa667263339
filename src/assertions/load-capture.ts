/** `loadCapture`: a capture as the input of a test. */
import type { Source } from '../bytes/source.ts'
import { CaptureRecord } from '../capture/record.ts'
import { Windows } from '../capture/windows.ts'
import type { Dissector, DissectorOptions } from '../dissect/dissector.ts'
import { CaptureError } from '../errors.ts'
import { loadNames, type NameSource } from '../names/load.ts'
import { Names } from '../names/names.ts'
import { dissectorOf } from '../packet/packet-maker.ts'
import { LoadedCapture } from './loaded-capture.ts'
import { type StoredBytes, storeBytes } from './stored-bytes.ts'

/**
 * Options of `loadCapture`.
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 *
 * const capture = await loadCapture('vxlan-cut.pcap', { name: 'router', onDamage: ({ code }) => console.log(code) }) // cut
 * console.log(capture.name, capture.frames) // router 115
 * ```
 */
export interface LoadCaptureOptions extends DissectorOptions {
  /** A dissector built before; otherwise one is built from `decodeAs` and `tunnels`. */
  readonly dissector?: Dissector
  /** Whose the addresses are: lists as `loadNames` takes them (a path, several, or their bytes), or what it gave. */
  readonly names?: NameSource | readonly NameSource[] | Names
  /** How messages call the capture; default: its path, or `capture`. */
  readonly name?: string
  /** Called instead of failing where a capture cannot be read on; what comes before the damage is loaded. */
  readonly onDamage?: (error: CaptureError) => void
  /** Bytes up to which a plain file is held in memory; a larger one is read again for each assertion. Default 64 MiB. */
  readonly held?: number
}

/**
 * Loads a capture, so that assertions about it need not wait: `expect(capture).toCarry(…)`. A path, bytes, a stream, or
 * an iterable of chunks, as `read` takes them. Bytes in memory are not copied and must not change.
 *
 * Files up to 64 MiB are held in memory, larger ones are read again for each assertion and must stay as they are.
 * @throws CaptureError where the capture cannot be read, or not to its end and `onDamage` is not given.
 * @throws UsageError for options that make no sense.
 * @example
 * ```js
 * import { loadCapture } from 'ovl-dissect'
 *
 * const capture = await loadCapture('vxlan.pcap')
 * console.log(capture.frames, capture.packets, capture.packet(15).summary.info) // 116 58 GET / HTTP/1.1
 * ```
 */
export async function loadCapture(source: Source, options: LoadCaptureOptions = {}): Promise<LoadedCapture> {
  const dissector = dissectorOf(options)
  const { held, onDamage } = options
  const names = await namesOf(options.names)
  const stored = await storeBytes(source, held)
  const { path } = stored
  const damage = stored.damage ?? damageOf(stored)
  if (damage !== undefined) {
    if (path !== undefined) damage.path ??= path
    const isPartial = damage.code !== 'not-a-capture' && damage.code !== 'unsupported'
    if (onDamage === undefined || !isPartial) throw damage
    onDamage(damage)
  }
  const name = options.name ?? (path === '-' ? 'standard input' : (path ?? 'capture'))
  return new LoadedCapture({ name, path, stored, dissector, names, damage })
}

async function namesOf(names: LoadCaptureOptions['names']): Promise<Names | undefined> {
  if (names === undefined || names instanceof Names) return names
  return loadNames(names)
}

/** Goes through the records once, so that no assertion meets damage. */
function damageOf(stored: StoredBytes): CaptureError | undefined {
  const windows = new Windows()
  const record = new CaptureRecord()
  try {
    for (const chunk of stored.chunks()) {
      windows.offer(chunk)
      while (windows.advance()) while (windows.reader.next(record));
    }
    windows.finish()
    return undefined
  } catch (error) {
    if (error instanceof CaptureError) return error
    throw error
  }
}
