/** What the measurements share: child processes with their time and memory, medians, tables, goals. */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A path of the project. */
export const inProject = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url))

export const COMMAND = inProject('dist/ovl-dissect.cjs')

/** Whether `--check` was given: goals that are missed then fail the run. */
export const isCheck = process.argv.includes('--check')

/** Rounds that were asked for with `--rounds N`. */
export function roundsOr(usual) {
  const at = process.argv.indexOf('--rounds')
  return at < 0 ? usual : Number(process.argv[at + 1])
}

export const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1]

const TIME = '/usr/bin/time'

/** Lets a Node process tell its peak memory itself, where there is no `time` that does. */
const PEAK_HOOK =
  'import{writeFileSync}from"node:fs";process.on("exit",()=>writeFileSync(process.env.OVL_PEAK,String(process.resourceUsage().maxRSS)))'

/**
 * Runs a command and throws its output away.
 * @param {readonly string[]} command
 * @param {{ output?: 'null' | 'pipe' }} options a pipe is read by this process, as fast as it can
 * @returns {Promise<{ seconds: number, peak: number | undefined }>} peak: most resident memory in MiB
 */
export async function run(command, { output = 'null' } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'ovl-bench-'))
  const file = join(folder, 'peak')
  const hasTime = existsSync(TIME)
  const [program, ...rest] = command
  const isNode = program === process.execPath
  const hook = `data:text/javascript,${encodeURIComponent(PEAK_HOOK)}`
  const whole = hasTime
    ? [TIME, '-f', '%M', '-o', file, ...command]
    : [program, ...(isNode ? ['--import', hook] : []), ...rest]
  try {
    const begin = process.hrtime.bigint()
    const child = spawn(whole[0], whole.slice(1), {
      stdio: ['ignore', output === 'pipe' ? 'pipe' : 'ignore', 'pipe'],
      env: { ...process.env, OVL_PEAK: file },
    })
    child.stdout?.resume()
    let said = ''
    child.stderr.on('data', (chunk) => {
      said += chunk
    })
    const status = await new Promise((done, failed) => child.on('error', failed).on('close', done))
    const seconds = Number(process.hrtime.bigint() - begin) / 1e9
    if (status !== 0) throw new Error(`${command.join(' ')} ended with ${status}: ${said}`)
    const peak = existsSync(file) ? Number(readFileSync(file, 'utf8').trim().split('\n').pop()) / 1024 : undefined
    return { seconds, peak }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/**
 * Runs commands in turn (A B C, A B C, …), so that a busy machine is equally unfair to all of them.
 * @param {number} rounds
 * @param {readonly { command: readonly string[], output?: 'null' | 'pipe' }[]} contestants
 * @returns {Promise<{ seconds: number, peak: number | undefined, times: number[] }[]>} medians, and the largest peak
 */
export async function interleaved(rounds, contestants) {
  const results = contestants.map(() => ({ times: [], peaks: [] }))
  for (let round = 0; round < rounds; round++) {
    for (const [index, { command, output }] of contestants.entries()) {
      const { seconds, peak } = await run(command, output === undefined ? {} : { output })
      results[index].times.push(seconds)
      if (peak !== undefined) results[index].peaks.push(peak)
    }
  }
  return results.map(({ times, peaks }) => ({
    seconds: median(times),
    peak: peaks.length === 0 ? undefined : Math.max(...peaks),
    times,
  }))
}

/** The median of the rounds' ratios: how many times as long `a` takes as `b`. */
export const ratio = (a, b) => median(a.times.map((time, round) => time / b.times[round]))

/** Prints rows under each other in columns; the first row is the head. */
export function printTable(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => String(row[column]).length)))
  for (const row of rows)
    console.log(
      row
        .map((cell, column) => String(cell).padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    )
}

/** Prints whether goals are reached; with `--check` a missed one makes the process fail. */
export function judge(goals) {
  console.log()
  for (const { what, isReached, measured } of goals) {
    console.log(`${isReached ? 'reached' : 'MISSED '}  ${what}: ${measured}`)
    if (!isReached && isCheck) process.exitCode = 1
  }
}

/** Where a program is; undefined: it is not installed. */
export function installed(program) {
  const { status, stdout, error } = spawnSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' })
  return error === undefined && status === 0 ? stdout.trim() : undefined
}

/** Machine and versions. */
export function environment() {
  const processors = cpus()
  const packageOf = (name) => JSON.parse(readFileSync(inProject(`node_modules/${name}/package.json`), 'utf8')).version
  return [
    `${processors.length} x ${processors[0]?.model.trim() ?? 'unknown processor'}`,
    `Node ${process.versions.node} (V8 ${process.versions.v8})`,
    `pcap-parser ${packageOf('pcap-parser')}`,
    `benny ${packageOf('benny')}`,
  ].join(', ')
}
