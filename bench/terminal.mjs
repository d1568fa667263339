/** A terminal for measurements: tmux makes it, and its control mode tells at once what a program paints. */
import { spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

/** Milliseconds a program is given to end by itself. */
const FAREWELL = 3000

let terminals = 0

/** One program in a terminal of its own. `stop` ends it, whatever has happened. */
export class MeasuredTerminal {
  static #open = new Set()
  #socket = `ovl-dissect-bench-${process.pid}-${++terminals}`
  #client
  #answers = []
  #block
  #listeners = new Set()

  /** @param {{ columns: number, rows: number, environment?: Readonly<Record<string, string>> }} options */
  constructor({ columns, rows, environment = {} }) {
    const set = Object.entries(environment).flatMap(([name, value]) => ['-e', `${name}=${value}`])
    const tmux = ['-L', this.#socket, '-f', '/dev/null']
    // The first window only keeps the server alive; its size is that of all that follow.
    const made = spawnSync('tmux', [...tmux, 'new-session', '-d', '-x', `${columns}`, '-y', `${rows}`, ...set, 'cat'])
    if (made.status !== 0) throw new Error(`tmux cannot make a terminal: ${made.stderr ?? made.error}`)
    MeasuredTerminal.#open.add(this)
    this.#client = spawn('tmux', [...tmux, '-C', 'attach', '-f', 'ignore-size'], { stdio: ['pipe', 'pipe', 'ignore'] })
    this.#answers.push(() => {})
    createInterface({ input: this.#client.stdout, crlfDelay: 0 }).on('line', (line) => this.#heard(line))
  }

  /** Ends all terminals that are still there. */
  static stopAll() {
    for (const terminal of MeasuredTerminal.#open) terminal.stop()
  }

  /** Starts a program in place of what ran; resolves to when (performance.now()). */
  async start(command) {
    await this.#ask('set-option -g window-size manual')
    await this.#ask('set-option -g remain-on-exit on')
    const began = performance.now()
    await this.#ask(`respawn-pane -k ${quoted(`exec ${command}`)}`)
    return began
  }

  /** Sends keys by tmux's names: `j`, `Down`, `Enter`. Does not wait. */
  keys(...keys) {
    this.#client.stdin.write(`send-keys ${keys.map(quoted).join(' ')}\n`)
    this.#answers.push(() => {})
  }

  /** Milliseconds from `since` until output comes of which `test` holds; NaN: it did not in `patience` milliseconds. */
  painted(test, since, patience = 5000) {
    return new Promise((resolve) => {
      const done = (value) => {
        clearTimeout(timer)
        this.#listeners.delete(listener)
        resolve(value)
      }
      let text = ''
      const listener = (chunk) => {
        text += chunk
        if (test(text)) done(performance.now() - since)
      }
      const timer = setTimeout(() => done(Number.NaN), patience)
      this.#listeners.add(listener)
    })
  }

  /** Milliseconds from `since` until the screen says something; NaN: it did not in `patience` milliseconds. */
  async shown(words, since, patience) {
    const end = performance.now() + patience
    while (performance.now() < end) {
      const screen = await this.screen()
      if (screen.includes(words)) return performance.now() - since
      await this.painted(() => true, since, 100)
    }
    return Number.NaN
  }

  /** The screen as text. */
  async screen() {
    return (await this.#ask('capture-pane -p')).join('\n')
  }

  /** Most memory that the program has had, in MB. */
  async memory() {
    const status = readFileSync(`/proc/${await this.pid()}/status`, 'utf8')
    return (Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) * 1024) / 1e6
  }

  /** The program's process number. */
  async pid() {
    const [pid] = await this.#ask("display-message -p '#{pane_pid}'")
    return Number(pid)
  }

  /** Asks the program to end, and ends it. */
  async end(...keys) {
    this.keys(...keys)
    const until = performance.now() + FAREWELL
    while (performance.now() < until) {
      const [isDead] = await this.#ask("display-message -p '#{pane_dead}'")
      if (isDead === '1') break
      await this.painted(() => true, 0, 100)
    }
    this.stop()
  }

  stop() {
    MeasuredTerminal.#open.delete(this)
    spawnSync('tmux', ['-L', this.#socket, 'kill-server'])
    this.#client.kill()
  }

  #ask(command) {
    return new Promise((resolve) => {
      this.#answers.push(resolve)
      this.#client.stdin.write(`${command}\n`)
    })
  }

  /** A line of tmux's control mode: see CONTROL MODE in tmux(1). */
  #heard(line) {
    if (line.startsWith('%begin ')) this.#block = []
    else if (line.startsWith('%end ') || line.startsWith('%error ')) {
      const lines = this.#block ?? []
      this.#block = undefined
      this.#answers.shift()?.(lines)
    } else if (line.startsWith('%output ')) {
      const text = unescaped(line.slice(line.indexOf(' ', 8) + 1))
      for (const listener of this.#listeners) listener(text)
    } else this.#block?.push(line)
  }
}

process.on('exit', () => MeasuredTerminal.stopAll())
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130))

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`

/** Control characters and backslashes come as three octal digits. */
const unescaped = (text) => text.replace(/\\(\d{3})/g, (_, digits) => String.fromCharCode(Number.parseInt(digits, 8)))
