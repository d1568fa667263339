/** What the tests do in the lab: run commands there, and listen at its router with the command reading along. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { COMMAND } from '../support/command.ts'

const SCRIPT = fileURLToPath(new URL('../../fixtures/lab/lab', import.meta.url))
export const INTERFACES = ['--ifname', '2=eth0', '--ifname', '3=eth1', '--ifname', '4=eth2']

function labName(): string {
  const name = process.env.LAB
  if (name === undefined) throw new Error('there is no lab: npm run test:lab builds it')
  return name
}

/** Runs `fixtures/lab/lab WORDS…`. */
export function lab(...words: string[]): void {
  const { status, stderr } = spawnSync(SCRIPT, words, { encoding: 'utf8', timeout: 30_000 })
  if (status !== 0) throw new Error(`lab ${words.join(' ')}: ${stderr}`)
}

/** Runs a command in a pod, a node or the router; whether it succeeded. */
export function at(place: string, ...command: string[]): boolean {
  return (
    spawnSync('ip', ['netns', 'exec', `${labName()}-${place}`, ...command], { stdio: 'ignore', timeout: 30_000 })
      .status === 0
  )
}

/** `tcpdump -U -w -` at the router, piped into the command: what it prints while both run. */
export class Listener {
  text = ''
  private readonly tcpdump: ChildProcess
  private readonly command: ChildProcess
  private heard = () => {}

  private constructor(filter: string, args: readonly string[]) {
    const where = ['netns', 'exec', `${labName()}-router`]
    const tcpdump = ['tcpdump', '-Z', 'root', '-n', '-U', '-B', '32768', '-i', 'any', '-w', '-', filter]
    this.tcpdump = spawn('ip', [...where, ...tcpdump], { stdio: ['ignore', 'pipe', 'pipe'] })
    this.command = spawn(process.execPath, [COMMAND, ...args], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, NO_COLOR: '1' },
    })
    this.tcpdump.stdout?.pipe(this.command.stdin as NodeJS.WritableStream)
    this.command.stdout?.on('data', (chunk: Buffer) => {
      this.text += chunk.toString('utf8')
      this.heard()
    })
  }

  /** Listens; resolves when tcpdump does. */
  static async open(filter: string, args: readonly string[]): Promise<Listener> {
    const listener = new Listener(filter, args)
    let said = ''
    // Read to its end: a closed pipe would end tcpdump at its next word.
    listener.tcpdump.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString('utf8')
      listener.heard()
    })
    await listener.until(
      () => said.includes('listening on'),
      10,
      () => `tcpdump: ${said}`,
    )
    return listener
  }

  get lines(): string[] {
    return this.text.split('\n').slice(0, -1)
  }

  /** The first line that fits, as soon as it is there; both programs still run then. */
  async line(pattern: RegExp, seconds = 10): Promise<string> {
    const find = () => this.lines.find((line) => pattern.test(line))
    await this.until(
      () => find() !== undefined,
      seconds,
      () => `no line ${pattern} in ${seconds} s, but:\n${this.text}`,
    )
    if (this.command.exitCode !== null) throw new Error('the command ended before it showed the line')
    return find() as string
  }

  /** Waits until something is so, looking whenever one of the programs has said something. */
  private async until(isSo: () => boolean, seconds: number, complaint: () => string): Promise<void> {
    const end = Date.now() + seconds * 1000
    while (!isSo()) {
      const left = end - Date.now()
      if (left <= 0) throw new Error(complaint())
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left)
        this.heard = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }

  /** Ends tcpdump; the command has all there is, prints the rest and ends. @returns its exit status */
  async close(): Promise<number | null> {
    if (this.command.exitCode !== null) return this.command.exitCode
    this.tcpdump.kill('SIGTERM')
    if (this.command.exitCode === null) await once(this.command, 'close')
    return this.command.exitCode
  }

  /** Ctrl-C, as a terminal gives it to all programs of a pipe. @returns the command's exit status */
  async interrupt(): Promise<number | null> {
    const closed = once(this.command, 'close')
    this.command.kill('SIGINT')
    this.tcpdump.kill('SIGINT')
    await closed
    return this.command.exitCode
  }
}
