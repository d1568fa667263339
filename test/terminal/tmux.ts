import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { COMMAND } from '../support/command.ts'

const ROOT = new URL('../..', import.meta.url).pathname
/** Milliseconds until a screen that is waited for must be there; a busy machine is slow. */
const PATIENCE = 20_000

let sessions = 0

/** A shell in a terminal of its own, of a given size, in which the command runs. */
export class Tmux {
  readonly state = mkdtempSync(join(tmpdir(), 'ovl-dissect-test-'))
  private readonly socket = `ovl-dissect-test-${process.pid}-${++sessions}`

  /** `line`: what the shell is told, after the command's path: `$OVL fixtures/vxlan.pcap`. */
  constructor(columns: number, rows: number, line: string, environment: Readonly<Record<string, string>> = {}) {
    const settings = {
      TZ: 'UTC',
      LC_ALL: 'C.UTF-8',
      PS1: '$ ',
      XDG_STATE_HOME: this.state,
      NODE: process.execPath,
      COMMAND,
      OVL: `${process.execPath} ${COMMAND}`,
      ...environment,
    }
    const set = Object.entries(settings).flatMap(([name, value]) => ['-e', `${name}=${value}`])
    this.tmux(
      '-f',
      '/dev/null',
      'new-session',
      '-d',
      '-x',
      String(columns),
      '-y',
      String(rows),
      ...set,
      '-c',
      ROOT,
      'bash --norc --noprofile',
    )
    const colors = environment.COLORTERM === undefined ? '' : `export COLORTERM=${environment.COLORTERM}; `
    // tmux says which terminal it is to what runs in it, so that comes last.
    this.type(`export TERM=${environment.TERM ?? 'screen-256color'}; unset CI COLORTERM; ${colors}clear; ${line}`)
    this.keys('Enter')
  }

  /** Keys by tmux's names: `Down`, `Enter`, `Escape`, `C-f`. */
  keys(...keys: readonly string[]): void {
    for (const key of keys) this.tmux('send-keys', key)
  }

  type(text: string): void {
    this.tmux('send-keys', '-l', text)
  }

  /** The screen as text, without blanks at the ends of lines. */
  screen(): string {
    return this.tmux('capture-pane', '-p').replace(/ +$/gm, '')
  }

  /** The screen with its colours. */
  coloredScreen(): string {
    return this.tmux('capture-pane', '-p', '-e')
  }

  /** Waits until the screen says `what`. Returns the screen. */
  async until(what: string | RegExp | ((screen: string) => boolean)): Promise<string> {
    const isThere = (screen: string) =>
      typeof what === 'function' ? what(screen) : typeof what === 'string' ? screen.includes(what) : what.test(screen)
    const end = performance.now() + PATIENCE
    for (;;) {
      const screen = this.screen()
      if (isThere(screen)) return screen
      if (performance.now() > end) throw new Error(`${what} never came; the screen is\n${screen}`)
      await setTimeout(40)
    }
  }

  /** The screen when it has not changed for a while. */
  async settled(): Promise<string> {
    let before = ''
    for (let same = 0; same < 4; ) {
      await setTimeout(60)
      const now = this.screen()
      same = now === before ? same + 1 : 0
      before = now
    }
    return before
  }

  resize(columns: number, rows: number): void {
    this.tmux('resize-window', '-x', String(columns), '-y', String(rows))
  }

  /** What tmux knows of the pane, such as `alternate_on`, `cursor_flag`, `mouse_any_flag`. */
  flag(name: string): string {
    return this.tmux('display-message', '-p', `#{${name}}`).trim()
  }

  /** Process numbers of what runs in the shell. */
  children(): number[] {
    const shell = this.flag('pane_pid')
    try {
      return execFileSync('pgrep', ['-P', shell], { encoding: 'utf8' }).trim().split('\n').map(Number)
    } catch {
      return []
    }
  }

  stop(): void {
    try {
      this.tmux('kill-server')
    } catch {
      // It has ended with its last window.
    }
    // The viewer may still be writing what it keeps.
    rmSync(this.state, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
  }

  tmux(...args: readonly string[]): string {
    return execFileSync('tmux', ['-L', this.socket, ...args], {
      encoding: 'utf8',
      env: { ...process.env, TERM: 'xterm-256color', LC_ALL: 'C.UTF-8' },
    })
  }
}
