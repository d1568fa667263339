/** Which format a capture has, by its first bytes, and kind words for what is none. */
import { CaptureError } from '../errors.ts'
import { PCAP_MICROSECONDS, PCAP_MODIFIED, PCAP_NANOSECONDS, pcapReader } from './pcap.ts'
import { pcapngReader } from './pcapng.ts'
import { SECTION_HEADER } from './pcapng-blocks.ts'
import type { FormatReader } from './reader.ts'

const PCAP: ReadonlySet<number> = new Set([PCAP_MICROSECONDS, PCAP_NANOSECONDS, PCAP_MODIFIED])

/** How many bytes `openFormat` needs to decide. */
export const MAGIC_SIZE = 4

/**
 * Chooses the reader for a capture that begins with `bytes`; only the first four decide, more make for better hints.
 * @throws CaptureError 'not-a-capture' or 'unsupported' with what the bytes look like and what to do
 */
export function openFormat(bytes: Uint8Array): FormatReader {
  if (bytes.length < MAGIC_SIZE) throw tooFew(bytes)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (const littleEndian of [true, false]) {
    const magic = view.getUint32(0, littleEndian)
    if (PCAP.has(magic)) return pcapReader(littleEndian)
    if (magic === SECTION_HEADER) return pcapngReader()
    const variant = PCAP_VARIANTS.get(magic)
    if (variant !== undefined) {
      throw new CaptureError('unsupported', `this is ${variant}, which is not read: ${REWRITE}`, 0)
    }
  }
  throw notACapture(bytes)
}

const REWRITE = 'turn it into pcapng with editcap first'

const PCAP_VARIANTS: ReadonlyMap<number, string> = new Map([
  [0xa1b2c3cd, 'a pcap file in the variant of Navtel'],
  [0x1c0001ab, 'a pcap file in the variant of IXIA (lcap, software)'],
  [0x1c0001ac, 'a pcap file in the variant of IXIA (lcap, hardware)'],
])

/** How other kinds of files begin, in hexadecimal, and what to say of them. */
const OTHERS: readonly (readonly [string, string])[] = [
  ['736e6f6f70000000', `a snoop capture: ${REWRITE}`],
  ['6274736e6f6f7000', `a btsnoop capture: ${REWRITE}`],
  ['54525349464620646174612020202020', `a Sniffer capture: ${REWRITE}`],
  ['52545353', `a Network Monitor capture: ${REWRITE}`],
  ['474d4255', `a Network Monitor capture: ${REWRITE}`],
  ['1f8b', 'compressed with gzip twice: gunzip it once'],
  ['28b52ffd', 'compressed with zstd: unzstd it first'],
  ['425a68', 'compressed with bzip2: bunzip2 it first'],
  ['fd377a585a00', 'compressed with xz: unxz it first'],
  ['04224d18', 'compressed with lz4: unlz4 it first'],
  ['504b0304', 'a zip archive: unzip it first'],
]

function notACapture(bytes: Uint8Array): CaptureError {
  const first = toHex(bytes.subarray(0, 16))
  const hint = OTHERS.find(([start]) => first.startsWith(start))?.[1] ?? describeErf(bytes) ?? describeText(bytes)
  const shown = (first.slice(0, 16).match(/../g) ?? []).join(' ')
  const message = `not a pcap or pcapng capture: the file begins with ${shown}`
  return new CaptureError('not-a-capture', hint === undefined ? message : `${message}; it is ${hint}`, 0)
}

/** Of a record of Endace's ERF, from its first byte. */
const erf = { seconds: 4, type: 8, recordLength: 10, wireLength: 14, size: 16 }
const ERF_TYPES = 48
/** 1990 and a little before 2106. */
const ERF_SECONDS = [631_152_000, 4_290_000_000] as const

/** ERF has no magic number: two records whose numbers make sense, or one that is all of the file. */
function describeErf(bytes: Uint8Array): string | undefined {
  const next = erfLength(bytes, 0)
  if (next === 0 || (next !== bytes.length && erfLength(bytes, next) === 0)) return undefined
  return `probably an ERF capture: ${REWRITE}`
}

/** How long the record at `at` is, 0 if it is none. */
function erfLength(bytes: Uint8Array, at: number): number {
  if (bytes.length - at < erf.size) return 0
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, erf.size)
  const seconds = view.getUint32(erf.seconds, true)
  const type = view.getUint8(erf.type) & 0x7f
  const isOne = seconds > ERF_SECONDS[0] && seconds < ERF_SECONDS[1] && type >= 1 && type <= ERF_TYPES
  const length = view.getUint16(erf.recordLength)
  return isOne && length >= erf.size && view.getUint16(erf.wireLength) > 0 ? length : 0
}

function tooFew(bytes: Uint8Array): CaptureError {
  const message =
    bytes.length === 0
      ? 'not a capture: the file is empty, without even a file header'
      : `not a capture: the file has only ${bytes.length} bytes (${(toHex(bytes).match(/../g) ?? []).join(' ')})`
  return new CaptureError('not-a-capture', message, 0)
}

const WRITE_CAPTURE = 'write captures with tcpdump -w'

function describeText(bytes: Uint8Array): string | undefined {
  const sample = new TextDecoder('latin1').decode(bytes.subarray(0, 512))
  if (/[^\t\n\f\r\x1b -~\x80-\xff]/.test(sample)) return undefined
  if (/^\s*<(!doctype html|html|head|\?xml)/i.test(sample)) return 'a web page or XML, so perhaps a download went wrong'
  if (/^\s*[[{]/.test(sample)) return `JSON, not a capture; ${WRITE_CAPTURE}`
  if (/\bIP6? |\bARP[ ,]|\bEthernet\b|^\s*\d+ +\d+\.\d+ /.test(sample)) {
    return `the text that tcpdump or tshark prints, not a capture; ${WRITE_CAPTURE}`
  }
  return `text, not a capture; ${WRITE_CAPTURE}`
}

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}
