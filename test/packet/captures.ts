/** The captures of fixtures/, and what is in them: records and packets to keep. */
import { readdirSync, readFileSync } from 'node:fs'
import { readRecords } from '../../src/capture/read-records.ts'
import type { CaptureRecord } from '../../src/capture/record.ts'
import { CaptureError } from '../../src/errors.ts'
import type { Packet } from '../../src/packet/packet.ts'
import { type PacketReadOptions, read } from '../../src/packet/read.ts'

const fixtures = new URL('../../fixtures/', import.meta.url)
const isCapture = (name: string) => /\.pcap(ng)?(\.gz)?$/.test(name)

/** Every capture, such as 'vxlan.pcap' and 'made/raw.pcap'. */
export const CAPTURES: readonly string[] = [
  ...readdirSync(fixtures).filter(isCapture),
  ...readdirSync(new URL('made/', fixtures))
    .filter(isCapture)
    .map((name) => `made/${name}`),
].sort()

export const captureUrl = (name: string): URL => new URL(name, fixtures)
export const captureBytes = (name: string): Uint8Array => new Uint8Array(readFileSync(captureUrl(name)))

/** Every packet of a capture, collected before any is looked at; of a cut file, those before the cut. */
export async function packetsOf(name: string, options: PacketReadOptions = {}): Promise<Packet[]> {
  return untilCut(read(captureUrl(name), options))
}

/** Every record of a capture. */
export async function recordsOf(name: string): Promise<CaptureRecord[]> {
  return untilCut(readRecords(captureUrl(name)))
}

/** Packet `number` of a capture, counted from 1. */
export async function packetOf(name: string, number: number, options: PacketReadOptions = {}): Promise<Packet> {
  const found = (await packetsOf(name, options))[number - 1]
  if (found === undefined) throw new Error(`${name} has no packet ${number}`)
  return found
}

async function untilCut<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  try {
    for await (const one of source) all.push(one)
  } catch (error) {
    if (!(error instanceof CaptureError) || error.code !== 'cut') throw error
  }
  return all
}
