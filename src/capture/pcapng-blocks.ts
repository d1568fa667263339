/** The blocks of pcapng that are read: types, places of their fields, bounds of their lengths. */
import { MAX_BLOCK, MAX_DESCRIPTIONS, MAX_RECORD } from './reader.ts'

/** Type of a section header block, the same in both byte orders, so it serves as the magic number of the format. */
export const SECTION_HEADER = 0x0a0d0d0a
export const INTERFACE_DESCRIPTION = 1
export const OBSOLETE_PACKET = 2
export const SIMPLE_PACKET = 3
export const ENHANCED_PACKET = 6

/** Each block begins with its type and its length, and ends with its length once more. */
export const BLOCK_LENGTH = 4
export const BLOCK_HEADER_SIZE = 8
export const TRAILER_SIZE = 4

/** Places of fields, from the first byte of the block. */
export const SECTION_BYTE_ORDER = 8
export const SECTION_MAJOR = 12
export const SECTION_MINOR = 14
export const SECTION_OPTIONS = 24

export const INTERFACE_LINK_TYPE = 8
export const INTERFACE_SNAP_LENGTH = 12
export const INTERFACE_OPTIONS = 16

export const SIMPLE_ORIGINAL = 8
export const SIMPLE_DATA = 12

/** The obsolete packet block has the same fields at the same places, its interface in 16 bits. */
export const PACKET_INTERFACE = 8
export const PACKET_TIME_HIGH = 12
export const PACKET_TIME_LOW = 16
export const PACKET_CAPTURED = 20
export const PACKET_ORIGINAL = 24
export const PACKET_DATA = 28

/** Room for the fields and the options of a packet of the greatest length. */
const PACKET_OVERHEAD = 1024 * 1024

/** The length in bytes below which a block of this type cannot be. */
export function leastLength(type: number): number {
  if (type === ENHANCED_PACKET || type === OBSOLETE_PACKET) return PACKET_DATA + TRAILER_SIZE
  if (type === SIMPLE_PACKET) return SIMPLE_DATA + TRAILER_SIZE
  if (type === INTERFACE_DESCRIPTION) return INTERFACE_OPTIONS + TRAILER_SIZE
  if (type === SECTION_HEADER) return SECTION_OPTIONS + TRAILER_SIZE
  return BLOCK_HEADER_SIZE + TRAILER_SIZE
}

/** The length in bytes above which a block of this type is not believed. */
export function mostLength(type: number): number {
  if (isPacket(type)) return MAX_RECORD + PACKET_OVERHEAD
  return isRead(type) ? MAX_DESCRIPTIONS : MAX_BLOCK
}

/** Whether a block of this type is read; others are skipped. */
export function isRead(type: number): boolean {
  return isPacket(type) || type === INTERFACE_DESCRIPTION || type === SECTION_HEADER
}

function isPacket(type: number): boolean {
  return type === ENHANCED_PACKET || type === OBSOLETE_PACKET || type === SIMPLE_PACKET
}
