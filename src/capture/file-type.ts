/** Which format a file that is to be written gets: by its extension, or as the user says. */
import { UsageError } from '../errors.ts'

export const FILE_TYPES = ['pcap', 'pcapng'] as const
export type FileType = (typeof FILE_TYPES)[number]

/**
 * pcap for `.pcap`, `.cap` and `.dmp`, otherwise pcapng, which holds everything.
 * @throws UsageError for the extension of compressed files: compressing is another program's work
 */
export function fileTypeOf(path: string): FileType {
  const compressed = /\.(gz|zst|bz2|xz|lz4)$/i.exec(path)
  if (compressed !== null)
    throw new UsageError(
      `${path}: captures are written uncompressed; leave ${compressed[0]} out, or compress -w - in a pipe`,
    )
  return /\.(pcap|cap|dmp)$/i.test(path) ? 'pcap' : 'pcapng'
}
