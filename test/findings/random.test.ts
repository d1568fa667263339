/** Damaged packets: nothing throws because of them, and what is said of them stays within bounds. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { readRecords } from '../../src/capture/read-records.ts'
import { CaptureRecord } from '../../src/capture/record.ts'
import { skimPacket } from '../../src/dissect/walk.ts'
import { Diagnosis } from '../../src/findings/diagnosis.ts'
import { KEPT_FRAMES } from '../../src/findings/frames.ts'
import { defaultDissector } from '../../src/layers/create-dissector.ts'
import { fixture, LAB_CAPTURES } from '../support/fixtures.ts'
import { lab } from './found.ts'

const CAPTURES = LAB_CAPTURES.filter((name) => name.endsWith('.pcap') && !/-be|-nano|-cut/.test(name))
const known = await lab()

/** A little-endian capture with random bytes of its packets changed, and some of its packets cut. */
function spoilt(name: string, seed: number): Buffer {
  const random = generator(seed)
  const bytes = Buffer.from(readFileSync(fixture(name)))
  const parts = [bytes.subarray(0, 24)]
  for (let at = 24; at < bytes.length; ) {
    const length = bytes.readUInt32LE(at + 8)
    const data = bytes.subarray(at + 16, at + 16 + length)
    for (let flips = random(6); flips > 0; flips--) data[random(Math.min(length, 160))] = random(256)
    const kept = random(4) === 0 ? data.subarray(0, random(length + 1)) : data
    const head = Buffer.from(bytes.subarray(at, at + 16))
    head.writeUInt32LE(kept.length, 8)
    parts.push(head, kept)
    at += 16 + length
  }
  return Buffer.concat(parts)
}

function generator(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/** Each frame in a buffer of its own, so that whoever reads beyond its end is found out. */
async function judged(name: string, seed: number) {
  const dissector = defaultDissector()
  const walk = dissector.walk()
  const { names, links, routes } = seed % 2 === 0 ? known : { names: undefined, links: undefined, routes: undefined }
  const diagnosis = new Diagnosis({ tables: dissector.tables, names, captures: [{ links, routes }] })
  for await (const record of readRecords(spoilt(name, seed))) {
    const own = Object.assign(new CaptureRecord(), record)
    own.bytes = record.bytes.slice(record.start, record.end)
    own.view = new DataView(own.bytes.buffer, own.bytes.byteOffset, own.bytes.length)
    own.start = 0
    own.end = own.bytes.length
    skimPacket(walk, own.view, 0, own.end, own.originalLength, own.linkType)
    diagnosis.add(own, walk)
  }
  return diagnosis.result()
}

describe('spoilt packets', () => {
  test.each(CAPTURES)('of %s are judged without an error', async (name) => {
    for (let seed = 1; seed <= 12; seed++) {
      const { findings, frames, packets } = await judged(name, seed)
      expect(packets).toBeLessThanOrEqual(frames)
      for (const { evidence, sentence, packets: count } of findings) {
        expect(evidence.length).toBeLessThanOrEqual(Math.min(KEPT_FRAMES, Math.max(count, 1)))
        for (const { frame } of evidence) expect(frame >= 1 && frame <= frames, sentence).toBe(true)
        expect(sentence).not.toMatch(/undefined|NaN|\[object|Infinity/)
      }
    }
  })
})
