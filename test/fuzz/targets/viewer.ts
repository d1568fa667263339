/** The viewer: whatever keys, clicks and sizes come, every screen is printable and as large as its terminal. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { lineText, lineWidth } from '../../../src/view/line.ts'
import { screen } from '../../../src/view/screen.ts'
import type { ViewEvent } from '../../../src/view/state/events.ts'
import { KEYS } from '../../../src/view/state/keys.ts'
import { update } from '../../../src/view/state/update.ts'
import { viewed } from '../../view/capture.ts'
import type { Random } from '../random.ts'
import { hold, holdPrintable, type Target } from '../target.ts'

const EVENTS = 60
const NAMES = KEYS.flatMap(({ keys }) => keys)
const TYPED = ['enter', 'escape', 'tab', 'backspace', 'vni == 3258', 'tcp ', '\u202e', '\u0007', '1']
const ACTIONS = ['left', 'right', 'drag', 'release', 'wheel-up', 'wheel-down'] as const

function event(random: Random): ViewEvent {
  const which = random.below(20)
  if (which === 0) return { type: 'resize', size: { columns: 1 + random.below(220), rows: 1 + random.below(60) } }
  if (which < 4)
    return { type: 'mouse', action: random.pick(ACTIONS), column: random.below(220), row: random.below(60) }
  if (which === 4) return { type: 'paste', text: random.pick(TYPED) }
  return { type: 'key', key: random.onceIn(5) ? random.pick(TYPED) : random.pick(NAMES) }
}

export const viewer: Target = {
  name: 'viewer',
  onceIn: 4,
  async capture(bytes, random) {
    const folder = mkdtempSync(join(tmpdir(), 'ovl-fuzz-view.'))
    const file = join(folder, 'fuzzed.pcapng')
    writeFileSync(file, bytes)
    const { capture, facts, state: first } = await viewed([file])
    try {
      let state = first
      for (let times = 0; times < EVENTS; times++) {
        const change = update(state, event(random), facts)
        state = change.state
        for (const effect of change.effects) if (effect.type === 'filter') capture.show(effect.text)
        const lines = screen(state, facts)
        hold(lines.length <= state.size.rows, `${lines.length} lines on ${state.size.rows}`)
        for (const line of lines) {
          hold(
            lineWidth(line) <= state.size.columns,
            `${lineWidth(line)} cells on ${state.size.columns}: ${lineText(line)}`,
          )
          holdPrintable(lineText(line), 'screen')
        }
      }
    } finally {
      capture.close()
      rmSync(folder, { recursive: true, force: true })
    }
  },
}
