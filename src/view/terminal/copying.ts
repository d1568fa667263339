/** Copying: to the clipboard by way of the terminal, and to a file that is always there. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { packetToJson } from '../../packet/json.ts'
import { Packet } from '../../packet/packet.ts'
import { hexLines, treeLines } from '../../render/tree.ts'
import type { ViewedCapture } from '../model/viewed-capture.ts'
import type { ViewedFacts } from '../model/viewed-facts.ts'
import type { CopyKind, ViewState } from '../state/view-state.ts'
import { stateFile } from './keepsakes.ts'
import type { Terminal } from './terminal.ts'

/** Copies, and says where to. */
export function copied(
  what: CopyKind,
  state: ViewState,
  capture: ViewedCapture,
  facts: ViewedFacts,
  terminal: Terminal,
): ViewState['message'] {
  const text = copyText(what, state, capture, facts)
  if (text === undefined) return { text: 'there is nothing to copy here', isBad: true }
  const path = stateFile('copied.txt')
  const size = text.length === 1 ? 'a character' : `${text.length} characters`
  const isInClipboard = terminal.clipboard(text)
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    writeFileSync(path, text.endsWith('\n') ? text : `${text}\n`, { mode: 0o600 })
    return { text: `${size} copied${isInClipboard ? ' to the clipboard and' : ''} to ${path}`, isBad: false }
  } catch {
    return {
      text: isInClipboard ? `${size} copied to the clipboard` : `${path} cannot be written`,
      isBad: !isInClipboard,
    }
  }
}

function copyText(what: CopyKind, state: ViewState, capture: ViewedCapture, facts: ViewedFacts): string | undefined {
  const detail = facts.detail(state)
  const row = facts.tree(state)[state.tree.cursor]
  if (detail === undefined) return undefined
  switch (what) {
    case 'field':
      return row?.text
    case 'filter':
      return facts.fieldFilter(state)
    case 'text':
      return treeLines(detail.nodes, detail.bytes).join('\n')
    case 'hex':
      return hexLines(detail.bytes).join('\n')
    case 'json': {
      const { selected } = state.list
      const { dissector, record, walk, notes, clock, names } = capture.dissect(
        capture.indexOf(selected),
        selected,
        true,
      )
      const context = { ...(notes && { notes }), ...(clock && { clock }), names }
      return JSON.stringify(packetToJson(new Packet(dissector, record, context, walk)), null, 2)
    }
  }
}
