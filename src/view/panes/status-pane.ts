/** The last line: where we are, and what has been seen so far. */
import { escapeText } from '../../render/escape.ts'
import { widthOf } from '../../render/width.ts'
import { fitLine, type Line, span } from '../line.ts'

export interface StatusPane {
  readonly columns: number
  /** In the order of their worth: those that do not fit are left out from the end. */
  readonly parts: readonly string[]
  /** 0 to 1; undefined: nobody knows; 1: there is nothing to wait for. */
  readonly progress: number | undefined
  readonly isBusy: boolean
  /** May quote what was typed or pasted, whatever it is: it is escaped here. */
  readonly message: { readonly text: string; readonly isBad: boolean } | undefined
}

export function statusPane({ columns, parts, progress, isBusy, message }: StatusPane): Line {
  const bar = isBusy ? `${progressText(progress)} ` : ''
  const room = columns - widthOf(bar)
  if (message !== undefined)
    return fitLine(
      [...fitLine([span(` ${escapeText(message.text)}`, message.isBad ? 'bad' : 'bar')], room), span(bar, 'bar-name')],
      columns,
    )
  let text = ''
  for (const part of parts) {
    const next = text === '' ? ` ${part}` : `${text}  ${part}`
    if (widthOf(next) + 1 > room) break
    text = next
  }
  return [...fitLine([span(text, 'bar')], room), span(bar, 'bar-name')]
}

const BAR = 12

function progressText(progress: number | undefined): string {
  if (progress === undefined) return 'reading …'
  return `${'█'.repeat(Math.round(progress * BAR)).padEnd(BAR, '░')} ${String(Math.floor(progress * 100)).padStart(2)} %`
}
