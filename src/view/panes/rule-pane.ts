/** The lines between panes. */
import { cut, widthOf } from '../../render/width.ts'
import { type Line, span } from '../line.ts'

/** `── Bytes 0x0042 ─────`, brighter where its pane has the focus. */
export function rule(title: string, columns: number, isFocused: boolean): Line {
  const text = title === '' ? '' : ` ${cut(title, Math.max(columns - 6, 0))} `
  const role = isFocused ? 'rule-focused' : 'rule'
  return [span('──', role), span(text, role), span('─'.repeat(Math.max(columns - 2 - widthOf(text), 0)), role)]
}
