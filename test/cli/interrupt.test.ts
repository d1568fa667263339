/** Ctrl-C while a pipe is silent: what came until then is told at once, and what is written is whole. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { COMMAND } from '../support/command.ts'
import { fixture } from '../support/fixtures.ts'

const CAPTURE = readFileSync(fixture('vxlan.pcap'))
const folder = mkdtempSync(join(tmpdir(), 'ovl-interrupt.'))
const children = new Set<ChildProcess>()
afterAll(() => {
  for (const child of children) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

interface Ended {
  readonly status: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/**
 * Starts the command, writes `input` to it and leaves the pipe open; `interrupt` sends a signal when it waits for more, and
 * tells how it ended.
 */
function started(args: readonly string[], input: Uint8Array) {
  const child = spawn(process.execPath, [COMMAND, ...args], { env: { ...process.env, NO_COLOR: '1', TZ: 'UTC' } })
  children.add(child)
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  child.stdin.on('error', () => undefined)
  const closed = once(child, 'close')
  child.stdin.write(input)
  return {
    child,
    async ended(): Promise<Ended> {
      const [status, signal] = await closed
      children.delete(child)
      return { status, signal, stdout, stderr }
    },
    async interrupt(): Promise<Ended> {
      await idle(child)
      child.kill('SIGINT')
      return this.ended()
    },
  }
}

describe.concurrent('Ctrl-C while nothing comes', () => {
  it('the list ends with its table', async () => {
    const { status, signal, stdout, stderr } = await started(['-'], CAPTURE).interrupt()
    expect([status, signal]).toEqual([0, null])
    expect(stdout.split('\n').length).toBe(117)
    expect(stderr).toContain('116 frames = 58 packets')
  })

  it('flows prints the conversations so far', async () => {
    const { status, stdout } = await started(['flows', '-'], CAPTURE).interrupt()
    expect(status).toBe(0)
    expect(stdout).toContain('10 conversations of 58 packets')
  })

  it.each([
    [['diagnose', '-'], /^/],
    [['path', '--flow', '-'], /116 frames = 58 packets/],
    [['topology', '-'], /116 frames = 58 packets/],
    [['--summary', '-'], /116 frames = 58 packets/],
    [['-T', 'json', '-'], /\n\]\n$/],
  ] as const)('%j says what it has', async (args, words) => {
    const { status, stdout } = await started(args, CAPTURE).interrupt()
    expect(status).toBe(0)
    expect(stdout).toMatch(words)
    expect(stdout).toMatch(/\n$/)
  })

  it('a record that has come in part is left out without a word', async () => {
    const { status, stdout, stderr } = await started(['-', '-q'], CAPTURE.subarray(0, -5)).interrupt()
    expect(status).toBe(0)
    expect(stdout.split('\n').length).toBe(116)
    expect(stderr).toBe('')
  })

  it('of compressed captures, too', async () => {
    const { status, stderr } = await started(['flows', '-'], gzipSync(CAPTURE).subarray(0, -900)).interrupt()
    expect(stderr).toBe('')
    expect(status).toBe(0)
  })

  it('before anything has come there is nothing to complain of', async () => {
    const { status, signal, stderr } = await started(['flows', '-'], new Uint8Array(0)).interrupt()
    expect(stderr).toBe('')
    expect([status, signal]).toEqual([0, null])
  })

  it('-w leaves a whole capture of what came', async () => {
    const path = join(folder, 'silent.pcap')
    const { status } = await started(['-', '-w', path, '-q'], CAPTURE.subarray(0, -5)).interrupt()
    expect(status).toBe(0)
    expect(readFileSync(path).length).toBe(CAPTURE.length - lastRecord())
    expect(readdirSync(folder).filter((name) => name.includes('silent'))).toEqual(['silent.pcap'])
  })

  it('a named pipe ends as standard input does', async () => {
    const path = join(folder, 'named')
    execFileSync('mkfifo', [path])
    const run = started(['flows', path], new Uint8Array(0))
    const writer = spawn('bash', ['-c', `exec 3>"$1"; cat "$2" >&3; sleep 60`, 'bash', path, fixture('vxlan.pcap')])
    children.add(writer)
    const { status, stdout } = await run.interrupt()
    writer.kill('SIGKILL')
    expect(status).toBe(0)
    expect(stdout).toContain('10 conversations')
  })
})

describe.concurrent('Ctrl-C while a pipe is full', () => {
  it('what its writer hands out at the end is still read', async () => {
    // tcpdump does so: it writes what it holds when Ctrl-C comes.
    const run = started(['-', '-q'], CAPTURE.subarray(0, -lastRecord()))
    await idle(run.child)
    run.child.kill('SIGINT')
    run.child.stdin.end(CAPTURE.subarray(-lastRecord()))
    const { status, stdout } = await run.ended()
    expect(status).toBe(0)
    expect(stdout.split('\n').length).toBe(117)
  })

  it('a writer that does not stop is left, and lines are whole', async () => {
    const run = started(['-', '-q'], CAPTURE)
    const records = CAPTURE.subarray(24)
    const feed = () => {
      while (run.child.exitCode === null && run.child.stdin.write(records));
    }
    run.child.stdin.on('drain', feed)
    feed()
    await rows(run.child)
    run.child.kill('SIGINT')
    const { status, signal, stdout } = await run.ended()
    expect([status, signal]).toEqual([0, null])
    expect(stdout).toMatch(/\n$/)
    const widths = new Set(
      stdout
        .trimEnd()
        .split('\n', 1000)
        .map((line) => /^ *\d+ +\d+\.\d{6} /.test(line)),
    )
    expect([...widths]).toEqual([true])
  })

  it('and another signal: nothing that looks like a capture is left', async () => {
    const path = join(folder, 'second.pcap')
    const run = started(['-', '-w', path, '-q'], CAPTURE)
    await idle(run.child)
    run.child.kill('SIGINT')
    run.child.kill('SIGTERM')
    const { status } = await run.ended()
    expect(status).toBe(143)
    expect(existsSync(path)).toBe(false)
  })
})

const SIGINT_BIT = 1n << 1n

/** Waits until a command listens to Ctrl-C, and has had nothing to do for a while: what was written to it is read. */
async function idle({ pid, exitCode }: ChildProcess): Promise<void> {
  let spent = ''
  for (let quiet = 0; quiet < 3 && exitCode === null; ) {
    await wait(150)
    const caught = /^SigCgt:\s*(\w+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0'
    // Behind the name: the state first, and as 12th and 13th the times in user and in system.
    const [state, ...numbers] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ')
    const now = numbers.slice(10, 12).join(' ')
    const isWaiting = state === 'S' && (BigInt(`0x${caught}`) & SIGINT_BIT) !== 0n
    // On a busy machine a command may stand still because others run: then it does not sleep.
    quiet = isWaiting && now === spent ? quiet + 1 : 0
    spent = now
  }
}

/** Waits for the first rows. */
async function rows({ stdout }: ChildProcess): Promise<void> {
  if (stdout !== null) await once(stdout, 'data')
}

function lastRecord(): number {
  let [at, size] = [24, 0]
  while (at < CAPTURE.length) {
    size = 16 + CAPTURE.readUInt32LE(at + 8)
    at += size
  }
  return size
}
