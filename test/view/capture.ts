import { setImmediate } from 'node:timers/promises'
import { createProgram, type RawOptions, type Runners } from '../../src/cli/program.ts'
import { settingsOf } from '../../src/cli/settings.ts'
import { viewInputOf } from '../../src/cli/view-input.ts'
import { loadNames } from '../../src/names/load.ts'
import { loadTables } from '../../src/render/table.ts'
import { Pages } from '../../src/view/model/pages.ts'
import { ViewedCapture } from '../../src/view/model/viewed-capture.ts'
import { ViewedFacts } from '../../src/view/model/viewed-facts.ts'
import { initialState, type ViewState } from '../../src/view/state/view-state.ts'

export interface Viewed {
  readonly capture: ViewedCapture
  readonly facts: ViewedFacts
  readonly pages: Pages
  readonly state: ViewState
  /** Waits until all work is done that the visible rows need. */
  settle(): Promise<void>
}

/** A capture as the viewer has it, without a terminal. `args` are those of the command. */
export async function viewed(args: readonly string[], size = { columns: 120, rows: 40 }): Promise<Viewed> {
  await loadTables()
  const { files, options } = await parsed(args)
  const lists = Array.isArray(options.names) ? options.names : []
  const names = lists.length === 0 ? undefined : await loadNames(lists)
  const capture = new ViewedCapture(viewInputOf(settingsOf(files, options, names)), () => {})
  const pages = new Pages(capture)
  const facts = new ViewedFacts(capture, pages)
  const state = initialState(size, 'dark')
  const settle = async () => {
    for (let idle = 0; idle < 3; ) {
      const before = [capture.total, capture.shown, capture.progress].join()
      for (let turn = 0; turn < 20; turn++) await setImmediate()
      idle = capture.progress === 1 && [capture.total, capture.shown, capture.progress].join() === before ? idle + 1 : 0
    }
  }
  await settle()
  return { capture, facts, pages, state, settle }
}

async function parsed(args: readonly string[]): Promise<{ files: string[]; options: RawOptions }> {
  let found: { files: string[]; options: RawOptions } | undefined
  const show = async (files: string[], options: RawOptions) => {
    found = { files, options }
  }
  await createProgram('0', { show } as unknown as Runners).parseAsync(args as string[], { from: 'user' })
  if (found === undefined) throw new Error('the command did not run')
  return found
}
