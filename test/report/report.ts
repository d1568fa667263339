/** What is held, in one table: captures read, fields and filters compared, packets mutated, limits. All of it is counted by doing it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { scanRecords } from '../../src/capture/read-records.ts'
import { CaptureError } from '../../src/errors.ts'
import { fuzz } from '../fuzz/fuzz.ts'
import { TARGETS } from '../fuzz/targets.ts'
import { FILTERS } from '../support/filters.ts'
import { fixture, LAB_CAPTURES, MADE_CAPTURES } from '../support/fixtures.ts'
import { type Comparison, compareFields } from '../truth/compare-fields.ts'
import { compareFilters } from '../truth/compare-filters.ts'
import { compareReassembled, copiesOf, REASSEMBLED_CAPTURES } from '../truth/compare-reassembled.ts'
import { type Limit, type Line, lines } from './lines.ts'

const HELP = `npm run report -- [options]     some minutes; needs npm run build
  --packets N   mutated packets (default 40000)     --seed N   what they are drawn from (default: the time)
  --part N      limits are tried with an Nth of the full size (default 100; 1 takes hours)
  --full        20 million mutated packets, and limits at full size
  --no-limits   without the limits, which take most of the time`

const ALL_CAPTURES: readonly string[] = [
  ...LAB_CAPTURES,
  ...MADE_CAPTURES,
  ...readdirSync(fixture('reassembly')).map((name) => `reassembly/${name}`),
]

/** Prints the table; 1 when something is not held, else 0. */
export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      packets: { type: 'string' },
      seed: { type: 'string' },
      part: { type: 'string' },
      full: { type: 'boolean' },
      'no-limits': { type: 'boolean' },
      help: { type: 'boolean' },
    },
  })
  if (values.help === true) {
    console.log(HELP)
    return 0
  }
  const isFull = values.full === true
  const packets = Number(values.packets ?? (isFull ? 20_000_000 : 40_000))
  const seed = Number(values.seed ?? Date.now() % 2 ** 32)
  const part = Number(values.part ?? (isFull ? 1 : 100))
  const found = [
    await readAll(),
    await compareAll('fields of frames as they were captured', [...LAB_CAPTURES, ...MADE_CAPTURES], compareFields),
    await compareAll('fields of packets put together', await seenOnce(), compareReassembled),
    await compareAll(
      `${FILTERS.length} display filters, in each capture`,
      [...LAB_CAPTURES, ...MADE_CAPTURES],
      compareFilters,
    ),
    ...(await mutateAll(packets, seed)),
    ...(values['no-limits'] === true ? [] : limitLines(await tryLimits(part), part)),
  ]
  for (const line of lines(found)) console.log(line)
  return found.every(({ isHeld }) => isHeld) ? 0 : 1
}

async function readAll(): Promise<Line> {
  let frames = 0
  const broken: string[] = []
  let cut = 0
  for (const capture of ALL_CAPTURES) {
    try {
      await scanRecords(fixture(capture), () => void frames++)
    } catch (error) {
      if (!(error instanceof CaptureError)) throw error
      if (error.code === 'cut') cut++
      else broken.push(`${capture}: ${error.message}`)
    }
  }
  const measured = `${count(ALL_CAPTURES.length)} files, ${count(frames)} frames; ${cut} cut, ${broken.length} not readable`
  return { what: 'captures read', measured, isHeld: broken.length === 0, failures: broken }
}

/** Copies on a second interface are told apart from what was sent again, which tshark does not. */
async function seenOnce(): Promise<string[]> {
  const once: string[] = []
  for (const capture of REASSEMBLED_CAPTURES) if ((await copiesOf(capture)).size === 0) once.push(capture)
  return once
}

async function compareAll(
  what: string,
  captures: readonly string[],
  compare: (capture: string) => Promise<Comparison>,
): Promise<Line> {
  let [values, frames, onPurpose] = [0, 0, 0]
  const failures: string[] = []
  for (const capture of captures) {
    const compared = await compare(capture)
    values += compared.values
    frames += compared.frames
    onPurpose += compared.onPurpose
    failures.push(...compared.found.map((one) => `${capture}: ${one}`))
  }
  return {
    what: `compared with tshark: ${what}`,
    measured: `${count(values)} values of ${count(frames)} frames in ${captures.length} files; ${count(onPurpose)} differ on purpose, ${failures.length} otherwise`,
    isHeld: values > 0 && failures.length === 0,
    failures,
  }
}

async function mutateAll(packets: number, seed: number): Promise<Line[]> {
  const budget = { packets, until: Number.POSITIVE_INFINITY }
  const said: string[] = []
  const done = await fuzz({ targets: TARGETS, areChosen: false, seed, budget, keepsGoing: true }, (line) =>
    said.push(line),
  )
  const failures = said.filter((line) => line.includes('FAILED'))
  return [
    {
      what: 'packets mutated',
      measured: `${count(done.packets)} from seed ${seed}, ${done.failures} failures`,
      isHeld: done.failures === 0,
      failures,
    },
    ...TARGETS.map(({ name }) => {
      const measured = count(done.tally.get(name) ?? 0)
      const isHeld = !failures.some((line) => line.includes(`: ${name}: `))
      return { what: `  through ${name}`, measured, isHeld, failures: [] }
    }),
  ]
}

/** What bench/hostile.mjs makes too much of, and what came of it. */
async function tryLimits(part: number): Promise<Limit[]> {
  const script = fileURLToPath(new URL('../../bench/hostile.mjs', import.meta.url))
  const child = spawn(process.execPath, [script, '--part', String(part), '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString()
  })
  const [status] = await once(child, 'close')
  const tried = text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Limit)
  if (tried.length === 0) throw new Error(`bench/hostile.mjs tried nothing, and ended with ${status}`)
  return tried
}

/** A line for each thing that was made too much, with its worst. */
function limitLines(tried: readonly Limit[], part: number): Line[] {
  const groups = new Map<string, Limit[]>()
  for (const run of tried) {
    // The viewer has a limit of its own, and so a line of its own.
    const [name = '', command] = run.what.split('; ')
    const key = command === 'viewer' ? run.what : name
    groups.set(key, [...(groups.get(key) ?? []), run])
  }
  return [...groups].map(([name, runs]) => {
    const worst = runs.reduce((most, run) => (run.mebibytes > most.mebibytes ? run : most))
    const missed = runs.filter(({ isHeld }) => !isHeld)
    const of = runs.length === 1 ? '' : `, ${runs.length} commands, most: ${worst.what.split('; ')[1]}`
    return {
      what: `limit: ${name}`,
      measured: `${Math.ceil(worst.mebibytes)} MiB of ${worst.limit}${of} (size 1/${part})`,
      isHeld: missed.length === 0,
      failures: missed.map(({ what, mebibytes, status }) => `${what}: ${Math.ceil(mebibytes)} MiB, status ${status}`),
    }
  })
}

function count(number: number): string {
  return number.toLocaleString('en-US')
}
