/** How much memory the command takes at most, while it reads what is written to it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { COMMAND } from '../support/command.ts'

export interface Ran {
  readonly status: number | null
  readonly stderr: string
  /** Bytes on standard output; they are not kept. */
  readonly printed: number
  /** The last bytes of standard output. */
  readonly tail: string
  /** Most memory that the process had at any time, in MiB. */
  readonly mebibytes: number
}

const MARK = 'peak-of-memory '
const TAIL = 4096
/**
 * Says at the end what the most was: the kernel's high-water mark of this program alone. (`maxRSS` of `resourceUsage` starts
 * with that of the program that started it.)
 */
const REPORT = `data:text/javascript,import{readFileSync}from'node:fs';process.on('exit',()=>process._rawDebug('${MARK}'+/VmHWM:\\s+(\\d+)/.exec(readFileSync('/proc/self/status','utf8'))[1]))`

export async function run(args: readonly string[], input: Iterable<Uint8Array> = []): Promise<Ran> {
  const child = spawn(process.execPath, ['--import', REPORT, COMMAND, ...args], {
    env: { ...process.env, NO_COLOR: '1', TZ: 'UTC' },
  })
  let [stderr, tail, printed] = ['', '', 0]
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk.length
    tail = (tail + chunk.toString('utf8', Math.max(chunk.length - TAIL, 0))).slice(-TAIL)
  })
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8')
  })
  // Whoever has read enough ends before all is written.
  child.stdin.on('error', () => undefined)
  const closed = once(child, 'close')
  for (const chunk of input) {
    if (child.exitCode !== null || child.stdin.destroyed) break
    if (!child.stdin.write(chunk)) await Promise.race([once(child.stdin, 'drain').catch(() => undefined), closed])
  }
  child.stdin.end()
  await closed
  const [, kibibytes] = new RegExp(`${MARK}(\\d+)`).exec(stderr) ?? []
  return {
    status: child.exitCode,
    stderr: stderr.replace(new RegExp(`${MARK}\\d+\\n`), ''),
    printed,
    tail,
    mebibytes: Number(kibibytes) / 1024,
  }
}
