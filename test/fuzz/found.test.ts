/** A few thousand mutated packets through every target, and every capture that ever failed. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { beforeAll, expect, it } from 'vitest'
import { attempt } from './attempt.ts'
import { captureOf } from './bytes.ts'
import { corpus, type Seed } from './corpus.ts'
import { mutated } from './mutate.ts'
import { Random } from './random.ts'
import { TARGETS } from './targets.ts'

const SEED = 1
const folder = new URL('found/', import.meta.url)
const found = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.pcapng')) : []
let seeds: Seed[]

beforeAll(async () => {
  seeds = await corpus()
  expect(seeds.length).toBeGreaterThan(500)
})

function made(seed: number): Uint8Array {
  const random = new Random(seed)
  const frames = Array.from({ length: 2000 }, () => mutated(seeds, random))
  return captureOf(frames, random)
}

it('the same seed makes the same capture', () => {
  expect(Buffer.from(made(SEED)).equals(made(SEED))).toBe(true)
  expect(Buffer.from(made(SEED)).equals(made(SEED + 1))).toBe(false)
})

it('mutated packets harm no target', async () => {
  await attempt(made(SEED), TARGETS, SEED)
})

it('a target that fails is told by name, and does not go unnoticed', async () => {
  const failing = { name: 'failing', packet: () => expect.fail('as it should') }
  await expect(attempt(made(SEED), [failing], SEED)).rejects.toThrow(/^failing: .*as it should/s)
})

for (const name of found)
  it(`${name}, which failed once`, async () => {
    await attempt(new Uint8Array(readFileSync(new URL(name, folder))), TARGETS, SEED)
  })
