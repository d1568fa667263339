/** The viewer at work: events change the state, states are painted, effects are carried out. */
import { constants } from 'node:os'
import type { Overview } from '../../analysis/overview.ts'
import type { CaptureError } from '../../errors.ts'
import { UsageError } from '../../errors.ts'
import { loadTables } from '../../render/table.ts'
import { Pages } from '../model/pages.ts'
import { searchJob } from '../model/search.ts'
import type { ViewInput } from '../model/view-input.ts'
import { ViewedCapture } from '../model/viewed-capture.ts'
import { ViewedFacts } from '../model/viewed-facts.ts'
import { screen } from '../screen.ts'
import type { Effect, ViewEvent } from '../state/events.ts'
import { contentRows } from '../state/geometry.ts'
import { update } from '../state/update.ts'
import { initialState, type ViewState } from '../state/view-state.ts'
import type { ThemeName } from '../theme.ts'
import { copied } from './copying.ts'
import { readKeepsakes, withFiles, writeKeepsakes } from './keepsakes.ts'
import { Terminal } from './terminal.ts'

/** How it ended. */
export interface Viewed {
  readonly overview: Overview
  /** Why the capture could not be read to its end. */
  readonly failure: CaptureError | undefined
  /** Whether all packets are in the overview. */
  readonly isWhole: boolean
  /** A file that the user wants to see next; undefined: he has seen enough. */
  readonly next: string | undefined
}

/** Milliseconds between two frames that only show that work goes on. */
const PROGRESS = 100
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Shows a capture until the user quits. @throws CaptureError, UsageError for what cannot be opened, before anything is shown. */
export async function runViewer(input: ViewInput, theme: ThemeName | undefined): Promise<Viewed> {
  await loadTables()
  const viewer = new Viewer(input, theme)
  return viewer.done
}

class Viewer {
  readonly done: Promise<Viewed>
  private readonly capture: ViewedCapture
  private readonly facts: ViewedFacts
  private readonly pages: Pages
  private readonly terminal: Terminal
  private state: ViewState
  private isPaintDue = false
  private progressTimer: NodeJS.Timeout | undefined
  private finish: (viewed: Viewed) => void = () => {}
  private fail: (error: unknown) => void = () => {}
  private isOver = false

  constructor(input: ViewInput, theme: ThemeName | undefined) {
    this.capture = new ViewedCapture(input, () => this.progressed())
    this.pages = new Pages(this.capture)
    this.facts = new ViewedFacts(this.capture, this.pages)
    const keepsakes = withFiles(readKeepsakes(), input.files)
    this.facts.recent = keepsakes.files
    this.done = new Promise((resolve, reject) => {
      this.finish = resolve
      this.fail = reject
    })
    this.terminal = new Terminal(
      input.files.includes('-'),
      (event) => this.guarded(() => this.happened(event)),
      () => this.end(undefined),
    )
    const own = this.terminal.hasColors ? 'dark' : 'none'
    this.state = initialState(this.terminal.size, theme ?? own, keepsakes.filters)
    if (input.filter !== '') {
      const { filter } = this.state
      this.state = {
        ...this.state,
        filter: { ...filter, text: input.filter, applied: input.filter, cursor: input.filter.length },
      }
    }
    if (input.isFolded) this.state = { ...this.state, isFolded: true }
    if (input.files.includes('-')) this.state = { ...this.state, isFollowing: true }
    for (const signal of SIGNALS) process.on(signal, this.signalled)
    process.on('uncaughtException', this.crashed)
    process.on('SIGCONT', this.continued)
    process.on('exit', this.exited)
    this.terminal.enter()
    this.guarded(() => this.paint())
  }

  private readonly signalled = (signal: (typeof SIGNALS)[number]) => {
    this.terminal.restore()
    process.exit(128 + constants.signals[signal])
  }
  private readonly crashed = (error: unknown) => this.end(undefined, error)
  private readonly exited = () => this.terminal.restore()
  private readonly continued = () => {
    if (this.isOver) return
    this.terminal.enter()
    this.schedulePaint()
  }

  /** An error in here gives the terminal back before it is reported. */
  private guarded(act: () => void): void {
    try {
      act()
    } catch (error) {
      this.end(undefined, error)
    }
  }

  private happened(event: ViewEvent): void {
    if (this.isOver) return
    const { state, effects } = update(this.state, event, this.facts)
    this.state = state
    for (const effect of effects) this.carryOut(effect)
    this.schedulePaint()
  }

  /** Once for all events that came together. */
  private schedulePaint(): void {
    if (this.isPaintDue) return
    this.isPaintDue = true
    queueMicrotask(() => {
      if (this.isPaintDue) this.guarded(() => this.paint())
    })
  }

  private paint(): void {
    this.isPaintDue = false
    if (this.isOver) return
    this.capture.look(this.state.list.top, contentRows(this.state, 'list'))
    this.terminal.paint(screen(this.state, this.facts), this.state.theme)
  }

  private progressed(): void {
    if (this.progressTimer !== undefined || this.isOver) return
    this.progressTimer = setTimeout(() => {
      this.progressTimer = undefined
      this.guarded(() => this.happened({ type: 'progress' }))
    }, PROGRESS)
  }

  private carryOut(effect: Effect): void {
    switch (effect.type) {
      case 'quit':
        this.end(undefined)
        return
      case 'open':
        this.end(effect.file)
        return
      case 'filter':
        this.capture.show(effect.text)
        return
      case 'page':
        this.pages.begin(effect.page, this.state, this.facts)
        return
      case 'fold':
        this.happened({ type: 'found', pane: 'list', at: this.capture.fold(effect.isFolded, effect.packet) })
        return
      case 'copy':
        this.copy(effect.what)
        return
      case 'search':
        this.capture.work(
          searchJob(effect, this.state, this.capture, this.facts, (event) => this.guarded(() => this.happened(event))),
        )
        return
      case 'suspend':
        this.terminal.restore()
        process.kill(process.pid, 'SIGSTOP')
    }
  }

  private copy(what: Extract<Effect, { type: 'copy' }>['what']): void {
    const message = copied(what, this.state, this.capture, this.facts, this.terminal)
    this.state = { ...this.state, message }
  }

  private end(next: string | undefined, error?: unknown): void {
    if (this.isOver) return
    this.isOver = true
    clearTimeout(this.progressTimer)
    for (const signal of SIGNALS) process.removeListener(signal, this.signalled)
    process.removeListener('uncaughtException', this.crashed)
    process.removeListener('SIGCONT', this.continued)
    this.terminal.close()
    process.removeListener('exit', this.exited)
    const { isWhole, analysis, frames } = this.capture
    this.capture.close()
    writeKeepsakes(withFiles({ filters: this.state.filter.history, files: this.facts.recent }, []))
    if (error !== undefined && !(error instanceof UsageError)) this.fail(error)
    else this.finish({ overview: analysis.overview, failure: frames.failure(), isWhole, next })
  }
}
