/** The help: every key of the table, and what else there is to know. */
import { fitTo } from '../../render/width.ts'
import { type Line, span } from '../line.ts'
import { KEYS } from '../state/keys.ts'

const KEY_COLUMN = 18

export function helpLines(): Line[] {
  const keys = KEYS.map(
    ({ keys: names, help }): Line => [span(`  ${fitTo(names.join(' '), KEY_COLUMN)}`, 'tunnel'), span(help)],
  )
  return [
    [span('Keys', 'header')],
    ...keys,
    [span('')],
    [span('In the filter', 'header')],
    ...FILTER_HELP.map(row),
    [span('')],
    [span('On pages', 'header')],
    ...PAGE_HELP.map(row),
    [span('')],
    [span('Mouse', 'header')],
    ...MOUSE_HELP.map(row),
    [span('')],
    [span('Colours', 'header')],
    [
      span('  '),
      span('outer', 'outer'),
      span(': what routers read; '),
      span('tunnel', 'tunnel'),
      span(': VXLAN or GENEVE; '),
      span('inner', 'inner'),
      span(': what the pods sent'),
    ],
    [span('  '), span('dimmed', 'copy'), span(': a frame that was seen before, on another interface')],
  ]
}

const row = ([keys, text]: readonly [string, string]): Line => [
  span(`  ${fitTo(keys, KEY_COLUMN)}`, 'tunnel'),
  span(text),
]

const FILTER_HELP: readonly (readonly [string, string])[] = [
  ['tab', 'takes the first that is offered; down and up choose another'],
  ['enter', 'applies it; an empty one shows all packets'],
  ['up down', 'filters that were used before'],
  ['escape', 'back to the list, nothing changed'],
]

const PAGE_HELP: readonly (readonly [string, string])[] = [
  ['/ ctrl-f', 'search; n N the next, the one before'],
  ['enter', 'the packets of a conversation or an address; goes to a packet; opens a file'],
  ['tab d', 'of a stream: both directions, the client, the server'],
  ['x h', 'of a stream: text or bytes'],
  ['escape q', 'back to the packets'],
]

const MOUSE_HELP: readonly (readonly [string, string])[] = [
  ['click', 'selects a packet, a field, a byte; on [+] opens it'],
  ['wheel', 'scrolls'],
  ['right click', 'what can be done with it'],
  ['drag a line', 'makes a pane larger'],
  ['shift with it', 'is for the terminal: select, copy, paste'],
]
