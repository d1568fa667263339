/** The fuzzer: packets of the fixtures, mutated, a few thousand at a time as a capture, through all targets. */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { attempt, Failure } from './attempt.ts'
import { captureOf } from './bytes.ts'
import { corpus, type Frame } from './corpus.ts'
import { mutated } from './mutate.ts'
import { Random } from './random.ts'
import { Shapes } from './shapes.ts'
import type { Target } from './target.ts'
import { TARGETS } from './targets.ts'

const HELP = `npm run fuzz -- [options]
  --seconds N     how long (default 60)          --packets N   until so many packets, however long that takes
  --seed N        start here (default: the time) --target NAME only this one, repeatable: ${TARGETS.map(({ name }) => name).join(', ')}
  --replay FILE   a capture that a failure left  --log FILE    a line of progress a minute, there too
  --keep-going    on to the next capture after a failure`

const PACKETS = 4000
const MINUTE = 60_000
const FOUND = new URL('found/', import.meta.url)

export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string' },
      packets: { type: 'string' },
      seed: { type: 'string' },
      target: { type: 'string', multiple: true },
      replay: { type: 'string' },
      log: { type: 'string' },
      'keep-going': { type: 'boolean' },
      help: { type: 'boolean' },
    },
  })
  if (values.help === true) {
    console.log(HELP)
    return 0
  }
  const chosen = values.target
  const targets = chosen === undefined ? TARGETS : TARGETS.filter(({ name }) => chosen.includes(name))
  if (targets.length === 0) throw new Error(`no such target; there are ${TARGETS.map(({ name }) => name).join(', ')}`)
  const seed = Number(values.seed ?? Date.now() % 2 ** 32)
  if (values.replay !== undefined) {
    await attempt(new Uint8Array(readFileSync(values.replay)), targets, { seed })
    console.log(`${values.replay}: nothing is wrong`)
    return 0
  }
  const budget = {
    packets: Number(values.packets ?? Number.POSITIVE_INFINITY),
    until: values.packets === undefined ? Date.now() + Number(values.seconds ?? 60) * 1000 : Number.POSITIVE_INFINITY,
  }
  const keepsGoing = values['keep-going'] === true
  const { failures } = await fuzz(
    { targets, areChosen: chosen !== undefined, seed, budget, keepsGoing },
    teller(values.log),
  )
  console.log(`${failures === 0 ? 1 : 0} passed, ${failures} failed`)
  return failures === 0 ? 0 : 1
}

export interface Fuzzing {
  readonly targets: readonly Target[]
  /** Whether every packet goes through every target; otherwise what costs most gets packets of new shapes and a few others. */
  readonly areChosen: boolean
  readonly seed: number
  /** Ends with whichever comes first; `until` in milliseconds of the clock. */
  readonly budget: { readonly packets: number; readonly until: number }
  readonly keepsGoing: boolean
}

export interface Fuzzed {
  readonly packets: number
  readonly failures: number
  /** Packets that went through each target. */
  readonly tally: ReadonlyMap<string, number>
}

/** Mutates packets until the budget is spent; what fails is kept in found/. */
export async function fuzz(
  { targets, areChosen, seed, budget, keepsGoing }: Fuzzing,
  tell: (line: string) => void,
): Promise<Fuzzed> {
  const seeds = await corpus()
  tell(
    `seed ${seed}; ${seeds.length} packets of the fixtures are mutated; targets: ${targets.map(({ name }) => name).join(', ')}`,
  )
  const began = Date.now()
  let told = began
  let [packets, failures] = [0, 0]
  const shapes = areChosen ? undefined : new Shapes()
  const tally = new Map<string, number>()
  // Every capture has a seed of its own: a failure is made again without those before it.
  for (let number = seed; packets < budget.packets && Date.now() < budget.until; number++) {
    const random = new Random(number)
    const frames = Array.from({ length: PACKETS }, () => mutated(seeds, random))
    const capture = captureOf(frames, random)
    packets += frames.length
    // Drawn apart, so that the capture is the same whatever it is put through.
    const drawn = new Random(~number)
    const due = areChosen ? targets : targets.filter(({ onceIn = 1 }) => drawn.onceIn(onceIn))
    try {
      await attempt(capture, due, { seed: number, ...(shapes === undefined ? {} : { shapes }), tally })
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      failures++
      const path = await keep(error, frames, capture, targets, number)
      tell(
        `FAILED with seed ${number}: ${error.message}\n  npm run fuzz -- --replay ${path} --target ${error.target} --seed ${number}`,
      )
      if (!keepsGoing) break
    }
    if (Date.now() - told < MINUTE) continue
    told = Date.now()
    tell(`${progress(packets, failures, began)}; ${tallyText(tally)}`)
  }
  tell(`${progress(packets, failures, began)}; seed ${seed}; ${tallyText(tally)}`)
  return { packets, failures, tally }
}

function progress(packets: number, failures: number, began: number): string {
  const seconds = (Date.now() - began) / 1000
  const memory = Math.round(process.memoryUsage.rss() / 2 ** 20)
  return `${packets} mutated packets in ${Math.round(seconds)} s (${Math.round(packets / seconds)}/s), ${failures} failures, ${memory} MiB resident`
}

/** How many packets each target was put through. */
function tallyText(tally: ReadonlyMap<string, number>): string {
  return [...tally].map(([name, count]) => `${name} ${count}`).join(', ')
}

function teller(log: string | undefined): (line: string) => void {
  return (line) => {
    const text = `${new Date().toISOString().slice(0, 19)}Z ${line}`
    console.log(text)
    if (log !== undefined) writeFileSync(log, `${text}\n`, { flag: 'a' })
  }
}

/** Saves the capture that failed, of one packet if one is enough. */
async function keep(
  failure: Failure,
  frames: readonly Frame[],
  capture: Uint8Array,
  targets: readonly Target[],
  seed: number,
): Promise<string> {
  const failing = targets.filter(({ name }) => name === failure.target)
  let smallest = capture
  for (const frame of frames) {
    const alone = captureOf([frame], new Random(seed))
    const isEnough = await attempt(alone, failing, { seed }).then(
      () => false,
      () => true,
    )
    if (!isEnough) continue
    smallest = alone
    break
  }
  mkdirSync(FOUND, { recursive: true })
  const digest = createHash('sha256').update(smallest).digest('hex').slice(0, 8)
  // The seed is what a target draws its events and texts from.
  const path = fileURLToPath(new URL(`${failure.target}-${seed}-${digest}.pcapng`, FOUND))
  writeFileSync(path, smallest)
  return path
}
