/** A few thousand mutated packets through every target, and every capture that ever failed. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { beforeAll, expect, it } from 'vitest'
import type { Packet } from '../../src/packet/packet.ts'
import { attempt } from './attempt.ts'
import { captureOf } from './bytes.ts'
import { corpus, type Seed } from './corpus.ts'
import { mutated } from './mutate.ts'
import { Random } from './random.ts'
import { Shapes } from './shapes.ts'
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
  await attempt(made(SEED), TARGETS, { seed: SEED })
})

it('with shapes, nearly every kind of packet goes through, and the targets say how many', async () => {
  const tally = new Map<string, number>()
  const [all, some] = [new Set<string>(), new Set<string>()]
  const kinds = (into: Set<string>) => ({
    name: 'kinds',
    packet: ({ layers }: Packet) => {
      into.add(layers.join(' '))
    },
  })
  await attempt(made(SEED), [kinds(all)], { seed: SEED })
  await attempt(made(SEED), [kinds(some)], { seed: SEED, shapes: new Shapes(), tally })
  // What a connection was recognised as before makes a kind as well, and no shape.
  const missed = [...all].filter((kind) => !some.has(kind))
  expect(missed.length).toBeLessThan(all.size / 50)
  const again = new Shapes()
  for (let times = 0; times < 3; times++) await attempt(made(SEED), [kinds(some)], { seed: SEED, shapes: again, tally })
  // 2000 at most the first time each, far fewer of those that were seen.
  expect(tally.get('kinds')).toBeGreaterThan(2 * all.size)
  expect(tally.get('kinds')).toBeLessThan(2 * 2000)
})

it('a target that fails is told by name, and does not go unnoticed', async () => {
  const failing = { name: 'failing', packet: () => expect.fail('as it should') }
  await expect(attempt(made(SEED), [failing], { seed: SEED })).rejects.toThrow(/^failing: .*as it should/s)
})

for (const name of found)
  it(`${name}, which failed once`, async () => {
    const seed = Number(/-(\d+)-[0-9a-f]{8}\.pcapng$/.exec(name)?.[1] ?? SEED)
    await attempt(new Uint8Array(readFileSync(new URL(name, folder))), TARGETS, { seed })
  })
