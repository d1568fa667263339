/** Search in list, tree and bytes: text, /a regular expression/, or bytes in hexadecimal. */

import { addressText } from '../../render/address-cell.ts'
import type { ListRow } from '../../render/list.ts'
import { FrameReader } from '../frames/frame-reader.ts'
import type { Effect, ViewEvent } from '../state/events.ts'
import type { ViewState } from '../state/view-state.ts'
import type { Job } from './jobs.ts'
import { allKeys, treeRows } from './tree-rows.ts'
import type { ViewedCapture } from './viewed-capture.ts'
import type { ViewedFacts } from './viewed-facts.ts'

type Search = Extract<Effect, { type: 'search' }>

interface Wanted {
  readonly isText: (text: string) => boolean
  /** Bytes to look for; undefined: text is looked for. */
  readonly bytes: Buffer | undefined
  readonly raw: string
}

/** @throws SyntaxError for what is no regular expression */
export function wantedOf(text: string): Wanted {
  const hex = /^0x([0-9a-f]{2}(?:[ :]?[0-9a-f]{2})*)$/i.exec(text)
  const bytes = hex === null ? undefined : Buffer.from((hex[1] as string).replace(/[ :]/g, ''), 'hex')
  const regular = /^\/(.+)\/(i?)$/.exec(text)
  if (regular !== null) {
    const pattern = new RegExp(regular[1] as string, `${regular[2]}u`)
    return { isText: (one) => pattern.test(one), bytes, raw: text }
  }
  const lower = text.toLowerCase()
  return { isText: (one) => one.toLowerCase().includes(lower), bytes, raw: text }
}

/** Work that ends with an event: what was found, or that nothing was. */
export function searchJob(
  search: Search,
  state: ViewState,
  capture: ViewedCapture,
  facts: ViewedFacts,
  tell: (event: ViewEvent) => void,
): Job | undefined {
  let wanted: Wanted
  try {
    wanted = wantedOf(search.text)
  } catch (error) {
    tell({ type: 'message', text: (error as Error).message, isBad: true })
    return undefined
  }
  if (search.pane === 'tree') inTree(search, wanted, state, facts, tell)
  else if (search.pane === 'bytes') inBytes(search, wanted, state, facts, tell)
  else return inList(search, wanted, state, capture, tell)
  return undefined
}

const none = ({ text }: Search): ViewEvent => ({ type: 'message', text: `${text} is not found`, isBad: true })

function inList(
  search: Search,
  wanted: Wanted,
  state: ViewState,
  capture: ViewedCapture,
  tell: (event: ViewEvent) => void,
): Job {
  const step = search.isBackward ? -1 : 1
  const from = state.list.selected
  const reader = new FrameReader(capture.frames.store)
  let passed = 0
  const isIt = (row: number) => {
    if (wanted.bytes === undefined) return rowTexts(capture.row(row)).some(wanted.isText)
    const { bytes, start, end } = reader.at(capture.indexOf(row))
    return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).includes(wanted.bytes)
  }
  return {
    run(deadline) {
      const { shown } = capture
      while (performance.now() < deadline) {
        // All the way round, and at last the row where it began.
        if (++passed > shown) {
          tell(none(search))
          capture.work(undefined)
          return false
        }
        const row = (((from + step * passed) % shown) + shown) % shown
        if (!isIt(row)) continue
        capture.work(undefined)
        tell({ type: 'found', pane: 'list', at: row })
        return false
      }
      return true
    },
  }
}

/** What stands in a row, whole. */
function rowTexts({ outer, inner, protocol, info, vni, identity, place }: ListRow): string[] {
  const cells = [outer, inner].flatMap((cell) => (cell === undefined ? [] : [addressText(cell, undefined, 'both')]))
  return [...cells, protocol, info, vni === undefined ? '' : String(vni), identity ?? '', place ?? '']
}

function inTree(
  search: Search,
  wanted: Wanted,
  state: ViewState,
  facts: ViewedFacts,
  tell: (event: ViewEvent) => void,
): void {
  const detail = facts.detail(state)
  if (detail === undefined) return
  // As if all were open; what is found is then opened up to.
  const all = treeRows(detail, new Set(allKeys(detail)))
  const here = all.findIndex(({ key }) => key === facts.tree(state)[state.tree.cursor]?.key)
  const step = search.isBackward ? -1 : 1
  for (let passed = 1; passed <= all.length; passed++) {
    const row = all[(((here + step * passed) % all.length) + all.length) % all.length]
    if (row === undefined || !wanted.isText(row.text)) continue
    const open = allKeys(detail).filter((key) => row.key.startsWith(`${key}/`))
    const opened = treeRows(detail, new Set([...state.open, ...open]))
    tell({ type: 'found', pane: 'tree', at: opened.findIndex(({ key }) => key === row.key), open })
    return
  }
  tell(none(search))
}

function inBytes(
  search: Search,
  wanted: Wanted,
  state: ViewState,
  facts: ViewedFacts,
  tell: (event: ViewEvent) => void,
): void {
  const detail = facts.detail(state)
  if (detail === undefined) return
  const bytes = Buffer.from(detail.bytes.buffer, detail.bytes.byteOffset, detail.bytes.length)
  const needle = wanted.bytes ?? Buffer.from(wanted.raw)
  const from = Math.max(state.bytes.cursor, 0)
  const at = search.isBackward
    ? from > 0
      ? bytes.lastIndexOf(needle, from - 1)
      : -1
    : bytes.indexOf(needle, state.bytes.cursor + 1)
  const found = at >= 0 ? at : search.isBackward ? bytes.lastIndexOf(needle) : bytes.indexOf(needle)
  tell(found < 0 ? none(search) : { type: 'found', pane: 'bytes', at: found })
}
