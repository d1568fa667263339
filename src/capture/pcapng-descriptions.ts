/** Section header and interface description blocks of pcapng. draft-ietf-opsawg-pcapng, sections 4.1 and 4.2. */
import { CaptureError } from '../errors.ts'
import { INTERFACE_LINK_TYPE, INTERFACE_SNAP_LENGTH, SECTION_MAJOR, SECTION_MINOR } from './pcapng-blocks.ts'
import { Clock, DEFAULT_RESOLUTION } from './pcapng-clock.ts'
import { joined, OPT_COMMENT, type OptionCursor } from './pcapng-options.ts'
import type { Section } from './reader.ts'
import type { CaptureInterface } from './record.ts'

const SHB_HARDWARE = 2
const SHB_OS = 3
export const SHB_USERAPPL = 4
export const IF_NAME = 2
export const IF_DESCRIPTION = 3
export const IF_TSRESOL = 9
export const IF_FILTER = 11
export const IF_TSOFFSET = 14

/** First byte of an if_filter that is a text; others are compiled filters. */
const FILTER_TEXT = 0

/** An interface, and the way it counts time. */
export interface DescribedInterface {
  readonly facts: CaptureInterface
  readonly clock: Clock
}

/** A section to which interfaces are added while it is read. */
export interface OpenSection extends Section {
  readonly interfaces: CaptureInterface[]
}

/**
 * Reads the section header block at `view[at]`, `offset` bytes into the file; `options` stands before its options.
 * @throws CaptureError 'unsupported' for another major version than 1
 */
export function describeSection(
  options: OptionCursor,
  view: DataView,
  at: number,
  offset: number,
  littleEndian: boolean,
): OpenSection {
  const major = view.getUint16(at + SECTION_MAJOR, littleEndian)
  const version = `${major}.${view.getUint16(at + SECTION_MINOR, littleEndian)}`
  if (major !== 1) {
    const message = `the section at byte ${offset} is of pcapng version ${version}, only 1.x is read`
    throw new CaptureError('unsupported', message, offset)
  }
  let comment: string | undefined
  let hardware: string | undefined
  let system: string | undefined
  let application: string | undefined
  while (options.next()) {
    if (options.code === OPT_COMMENT) comment = joined(comment, options.text())
    else if (options.code === SHB_HARDWARE) hardware = options.text()
    else if (options.code === SHB_OS) system = options.text()
    else if (options.code === SHB_USERAPPL) application = options.text()
  }
  const byteOrder = littleEndian ? 'little-endian' : 'big-endian'
  return { offset, byteOrder, version, interfaces: [], comment, hardware, system, application }
}

/** Reads the interface description block at `view[at]`; `options` stands before its options. */
export function describeInterface(
  options: OptionCursor,
  view: DataView,
  at: number,
  id: number,
  littleEndian: boolean,
): DescribedInterface {
  let name: string | undefined
  let description: string | undefined
  let filter: string | undefined
  let resolution = DEFAULT_RESOLUTION
  let secondsAhead = 0
  while (options.next()) {
    if (options.code === IF_NAME) name = options.text()
    else if (options.code === IF_DESCRIPTION) description = options.text()
    else if (options.code === IF_TSRESOL) resolution = options.byte()
    else if (options.code === IF_TSOFFSET) secondsAhead = options.signed64()
    else if (options.code === IF_FILTER) filter = options.textOfKind(FILTER_TEXT) ?? filter
  }
  const clock = new Clock(resolution, secondsAhead)
  const linkType = view.getUint16(at + INTERFACE_LINK_TYPE, littleEndian)
  const snapLength = view.getUint32(at + INTERFACE_SNAP_LENGTH, littleEndian)
  const { ticksPerSecond } = clock
  return { facts: { id, linkType, snapLength, name, description, filter, ticksPerSecond }, clock }
}
